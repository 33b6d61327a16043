import { Int, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { Friend } from '../../friends/friend.entity.js';
import { userInfoView } from '../../users/wire/v3-views.js';
import { groupInfoView } from '../../groups/wire/v3-views.js';
import { conversationView } from '../../messaging/conversations/wire/conversation.view.js';
import { messageView } from '../../messaging/wire/message.view.js';
import { protobufType } from '../../protobuf/protobuf.js';
import type { ActiveConversation, ActiveConversations } from '../jssdk.service.js';

/** Source of all of these: contract/v3/jssdk.md. */

/** Conversations answered when no count is given, or one out of range. */
const DEFAULT_COUNT = 100;
const MAX_COUNT = 500;

export class GetActiveConversationsV3 implements Wire<number> {
  @Text({ need: 'optional', max: 255, description: 'Ignored: always the caller.' }) ownerUserID?: string;
  @Int({
    need: 'optional',
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    description: `1 to ${MAX_COUNT}; anything else is ${DEFAULT_COUNT}.`,
    example: 20,
  })
  count: number = 0;

  toInput(): number {
    return this.count > 0 && this.count <= MAX_COUNT ? this.count : DEFAULT_COUNT;
  }
}

export class GetConversationsJssdkV3 implements Wire<string[]> {
  @Text({ need: 'optional', max: 255, description: 'Ignored: always the caller.' }) ownerUserID?: string;
  @TextList({ need: 'optional', max: 1_000, example: ['si_openIM123456_openIM654321'] }) conversationIDs: string[] = [];

  toInput(): string[] {
    return this.conversationIDs;
  }
}

/** The list is empty, and not null, when there were conversations but none with a message. */
function activeView({ unread, conversations, none }: ActiveConversations): object {
  const list = conversations.map(conversationMsgView);
  return { unreadCount: unread, conversations: none ? listOrNull(list) : list };
}

/** ConversationMsg. */
function conversationMsgView({ conversation, standing, lastMessage, peer, group }: ActiveConversation): object {
  return {
    conversation: conversationView(conversation),
    lastMsg: messageView(lastMessage),
    user: peer ? userInfoView(peer.user) : null,
    friend: peer?.friend ? friendOnlyView(peer.friend) : null,
    group: group ? groupInfoView(group) : null,
    maxSeq: standing.maxSeq,
    readSeq: standing.readSeq,
  };
}

/** FriendInfoOnly: in milliseconds. */
function friendOnlyView(friend: Friend): object {
  return {
    ownerUserID: friend.ownerUserID,
    friendUserID: friend.friendUserID,
    remark: friend.remark,
    createTime: friend.createTime,
    addSource: friend.addSource,
    operatorUserID: friend.operatorUserID,
    ex: friend.ex,
    isPinned: friend.isPinned,
  };
}

const SAMPLE_ANSWER = v3Answer({
  unreadCount: 1,
  conversations: [
    {
      conversation: {
        ownerUserID: 'openIM123456',
        conversationID: 'si_openIM123456_openIM654321',
        recvMsgOpt: 0,
        conversationType: 1,
        userID: 'openIM654321',
        groupID: '',
        isPinned: false,
        attachedInfo: '',
        isPrivateChat: false,
        groupAtType: 0,
        ex: '',
        burnDuration: 0,
        minSeq: 0,
        maxSeq: 0,
        msgDestructTime: 0,
        latestMsgDestructTime: -62135596800000,
        isMsgDestruct: false,
      },
      lastMsg: {
        sendID: 'openIM654321',
        recvID: 'openIM123456',
        groupID: '',
        clientMsgID: '7d793037a0760186574b0282f2f435e7',
        serverMsgID: '5d41402abc4b2a76b9719d911017c592',
        senderPlatformID: 1,
        senderNickname: 'system2',
        senderFaceURL: '',
        sessionType: 1,
        msgFrom: 100,
        contentType: 101,
        content: 'eyJjb250ZW50IjoiaGVsbG8ifQ==',
        seq: 1,
        sendTime: 1700000000000,
        createTime: 1700000000000,
        status: 2,
        isRead: false,
        offlinePushInfo: null,
        atUserIDList: null,
        attachedInfo: '',
        ex: '',
      },
      user: {
        userID: 'openIM654321',
        nickname: 'system2',
        faceURL: '',
        ex: '',
        createTime: 1699241222762,
        appMangerLevel: 1,
        globalRecvMsgOpt: 0,
      },
      friend: null,
      group: null,
      maxSeq: 1,
      readSeq: 0,
    },
  ],
});

/** An unreadCount of 0, in so many bytes. */
const NOTHING_UNREAD = Uint8Array.of(0x08, 0x00);

/** Writes an answer, and never in no bytes at all: the JavaScript client takes that for no answer, and fails. */
function answerIn(name: string): { encode(message: object): Uint8Array } {
  const type = protobufType(name);
  return {
    encode: (message) => {
      const bytes = type.encode(message);
      return bytes.length > 0 ? bytes : NOTHING_UNREAD;
    },
  };
}

export const getActiveConversationsV3: V3Speech<number, ActiveConversations> = {
  request: GetActiveConversationsV3,
  answer: activeView,
  protobuf: {
    request: protobufType('GetActiveConversationsReq'),
    answer: answerIn('GetActiveConversationsResp'),
  },
  sample: { request: { count: 20 }, answer: SAMPLE_ANSWER },
};

export const getConversationsJssdkV3: V3Speech<string[], ActiveConversations> = {
  request: GetConversationsJssdkV3,
  answer: activeView,
  protobuf: { request: protobufType('GetConversationsReq'), answer: answerIn('GetConversationsResp') },
  sample: { request: { conversationIDs: ['si_openIM123456_openIM654321'] }, answer: SAMPLE_ANSWER },
};
