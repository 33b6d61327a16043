import type { Conversation } from '../../conversation.entity.js';

/** Milliseconds of the year 1: what the original writes for a moment that never was. */
const NEVER = -62_135_596_800_000;

/** Conversation, every member always there. Source: contract/v3/common.md section 12. */
export function conversationView(conversation: Conversation): object {
  return {
    ownerUserID: conversation.ownerUserID,
    conversationID: conversation.conversationID,
    recvMsgOpt: conversation.recvMsgOpt,
    conversationType: conversation.conversationType,
    userID: conversation.userID,
    groupID: conversation.groupID,
    isPinned: conversation.isPinned,
    attachedInfo: conversation.attachedInfo,
    isPrivateChat: conversation.isPrivateChat,
    groupAtType: conversation.groupAtType,
    ex: conversation.ex,
    burnDuration: conversation.burnDuration,
    minSeq: conversation.minSeq,
    maxSeq: conversation.maxSeq,
    msgDestructTime: conversation.msgDestructTime,
    latestMsgDestructTime: conversation.latestMsgDestructTime || NEVER,
    isMsgDestruct: conversation.isMsgDestruct,
  };
}
