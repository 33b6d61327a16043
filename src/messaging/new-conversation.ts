import { SessionType } from '../core/protocol.js';
import type { Conversation } from './conversation.entity.js';
import type { Message } from './message.entity.js';

/** What a message tells of its conversation. */
export type Opening = Pick<Message, 'conversationID' | 'sessionType' | 'sendID' | 'recvID' | 'groupID'>;

/** Two pairs of users can share the ID of a conversation (`a_b` with `c`, `a` with `b_c`); a message is one pair's. */
export function concerns({ groupID, sendID, recvID }: Opening, userID: string): boolean {
  return groupID !== '' || userID === sendID || userID === recvID;
}

/** The conversation a message belongs to, as one of its users has it. */
export function conversationWith(
  ownerUserID: string,
  { conversationID, sessionType, sendID, recvID, groupID }: Opening,
): Conversation {
  const userID = groupID ? '' : ownerUserID === sendID ? recvID : sendID;
  return newConversation({ ownerUserID, conversationID, conversationType: sessionType, userID, groupID });
}

/** A conversation in which nothing was set. */
export function newConversation(
  given: Pick<Conversation, 'ownerUserID' | 'conversationID'> &
    Partial<Pick<Conversation, 'conversationType' | 'userID' | 'groupID'>>,
): Conversation {
  return {
    conversationType: given.groupID ? SessionType.group : SessionType.single,
    userID: '',
    groupID: '',
    recvMsgOpt: 0,
    isPinned: false,
    isPrivateChat: false,
    burnDuration: 0,
    groupAtType: 0,
    attachedInfo: '',
    ex: '',
    minSeq: 0,
    maxSeq: 0,
    isMsgDestruct: false,
    msgDestructTime: 0,
    latestMsgDestructTime: 0,
    createTime: Date.now(),
    ...given,
  };
}
