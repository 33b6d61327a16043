import { listOrNull, v3Answer } from '../../../dialects/v3-fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import type { Page } from '../../../core/pages.js';
import { type Changes, changesView, type FullIDs, fullIDsView, type KnownVersion } from '../../../sync/views.js';
import type { Conversation } from '../../conversation.entity.js';
import type { SetConversations } from '../conversation-settings.service.js';
import type { DeleteConversations } from '../conversations.service.js';
import type { SortedConversation, SortedList, SortedListQuery } from '../sorted-conversations.service.js';
import { unreadOf } from '../standing.js';
import { conversationView } from './conversation.view.js';
import {
  DeleteConversationsV3,
  GetAllConversationsV3,
  GetConversationsV3,
  GetConversationV3,
  GetFullConversationIDsV3,
  GetIncrementalConversationsV3,
  GetOwnerConversationV3,
  GetSortedConversationListV3,
  OfUserV3,
  SetConversationsV3,
  UpdateConversationsByUserV3,
} from './v3-requests.js';

/** Source of all of these: contract/v3/conversation.md. */

const SAMPLE_CONVERSATION = {
  ownerUserID: 'openIM123456',
  conversationID: 'si_openIM123456_openIM654321',
  recvMsgOpt: 0,
  conversationType: 1,
  userID: 'openIM654321',
  groupID: '',
  isPinned: true,
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
};

const SAMPLE_STAMP = { version: 3, versionID: '66f1c4d8a1b2c3d4e5f60718' };

const listView = (conversations: readonly Conversation[]): readonly object[] | null =>
  listOrNull(conversations.map(conversationView));

export const getConversationV3: V3Speech<{ ownerUserID: string; conversationID: string }, Conversation> = {
  request: GetConversationV3,
  answer: (conversation) => ({ conversation: conversationView(conversation) }),
  sample: {
    request: { ownerUserID: 'openIM123456', conversationID: 'si_openIM123456_openIM654321' },
    answer: v3Answer({ conversation: SAMPLE_CONVERSATION }),
  },
};

export const getConversationsV3: V3Speech<{ ownerUserID: string; conversationIDs: string[] }, Conversation[]> = {
  request: GetConversationsV3,
  answer: (conversations) => ({ conversations: listView(conversations) }),
  sample: {
    request: { ownerUserID: 'openIM123456', conversationIDs: ['si_openIM123456_openIM654321'] },
    answer: v3Answer({ conversations: [SAMPLE_CONVERSATION] }),
  },
};

export const getAllConversationsV3: V3Speech<string, Conversation[]> = {
  request: GetAllConversationsV3,
  answer: (conversations) => ({ conversations: listView(conversations) }),
  sample: { request: { ownerUserID: 'openIM123456' }, answer: v3Answer({ conversations: [SAMPLE_CONVERSATION] }) },
};

export const getOwnerConversationV3: V3Speech<
  { userID: string; page: Page },
  { total: number; conversations: Conversation[] }
> = {
  request: GetOwnerConversationV3,
  answer: ({ total, conversations }) => ({ total, conversations: listView(conversations) }),
  sample: {
    request: { userID: 'openIM123456', pagination: { pageNumber: 1, showNumber: 300 } },
    answer: v3Answer({ total: 1, conversations: [SAMPLE_CONVERSATION] }),
  },
};

export const getSortedConversationListV3: V3Speech<SortedListQuery, SortedList> = {
  request: GetSortedConversationListV3,
  answer: ({ total, unread, conversations }) => ({
    conversationTotal: total,
    unreadTotal: unread,
    conversationElems: listOrNull(conversations.map(sortedView)),
  }),
  sample: {
    request: { userID: 'openIM123456', pagination: { pageNumber: 1, showNumber: 20 } },
    answer: v3Answer({
      conversationTotal: 1,
      unreadTotal: 1,
      conversationElems: [
        {
          conversationID: 'si_openIM123456_openIM654321',
          recvMsgOpt: 0,
          unreadCount: 1,
          IsPinned: true,
          msgInfo: {
            serverMsgID: '5d41402abc4b2a76b9719d911017c592',
            clientMsgID: '7d793037a0760186574b0282f2f435e7',
            sessionType: 1,
            sendID: 'openIM654321',
            recvID: 'openIM123456',
            senderName: 'system2',
            faceURL: '',
            groupID: '',
            groupName: '',
            groupFaceURL: '',
            groupType: 0,
            groupMemberCount: 0,
            LatestMsgRecvTime: 1700000000000,
            msgFrom: 100,
            contentType: 101,
            content: '{"content":"hello"}',
            ex: '',
          },
        },
      ],
    }),
  },
};

/** `IsPinned` and `LatestMsgRecvTime` have capitals here and nowhere else. */
function sortedView({ standing, message, sender, group }: SortedConversation): object {
  return {
    conversationID: standing.conversationID,
    recvMsgOpt: standing.recvMsgOpt,
    unreadCount: unreadOf(standing),
    IsPinned: standing.isPinned,
    msgInfo: message
      ? {
          serverMsgID: message.serverMsgID,
          clientMsgID: message.clientMsgID,
          sessionType: message.sessionType,
          sendID: message.sendID,
          recvID: message.recvID,
          senderName: sender?.nickname ?? message.senderNickname,
          faceURL: sender?.faceURL ?? message.senderFaceURL,
          groupID: message.groupID,
          groupName: group?.group.groupName ?? '',
          groupFaceURL: group?.group.faceURL ?? '',
          groupType: group?.group.groupType ?? 0,
          groupMemberCount: group?.memberCount ?? 0,
          LatestMsgRecvTime: message.sendTime,
          msgFrom: message.msgFrom,
          contentType: message.contentType,
          content: message.content,
          ex: message.ex,
        }
      : null,
  };
}

export const setConversationsV3: V3Speech<SetConversations, void> = {
  request: SetConversationsV3,
  sample: {
    request: {
      userIDs: ['openIM123456'],
      conversation: {
        conversationID: 'si_openIM123456_openIM654321',
        conversationType: 1,
        userID: 'openIM654321',
        isPinned: true,
      },
    },
    answer: v3Answer(),
  },
};

export const updateConversationsByUserV3: V3Speech<{ userID: string; ex: string | undefined }, void> = {
  request: UpdateConversationsByUserV3,
  sample: { request: { userID: 'openIM123456', ex: '{"folder":"work"}' }, answer: v3Answer() },
};

export const deleteConversationsV3: V3Speech<DeleteConversations, void> = {
  request: DeleteConversationsV3,
  sample: { request: { ownerUserID: 'openIM123456', needDeleteTime: 365 }, answer: v3Answer() },
};

/** The IDs of some of a user's conversations. */
export const conversationIDsV3: V3Speech<string, string[]> = {
  request: OfUserV3,
  answer: (conversationIDs) => ({ conversationIDs: listOrNull(conversationIDs) }),
  sample: {
    request: { userID: 'openIM123456' },
    answer: v3Answer({ conversationIDs: ['si_openIM123456_openIM654321'] }),
  },
};

export const getFullConversationIDsV3: V3Speech<{ userID: string; idHash: bigint }, FullIDs> = {
  request: GetFullConversationIDsV3,
  answer: (full) => fullIDsView(full, 'conversationIDs'),
  sample: {
    request: { userID: 'openIM123456', idHash: 0 },
    answer: v3Answer({ ...SAMPLE_STAMP, equal: false, conversationIDs: ['si_openIM123456_openIM654321'] }),
  },
};

export const getIncrementalConversationsV3: V3Speech<{ userID: string; known: KnownVersion }, Changes<Conversation>> = {
  request: GetIncrementalConversationsV3,
  answer: (changes) => changesView(changes, conversationView),
  sample: {
    request: { userID: 'openIM123456', versionID: SAMPLE_STAMP.versionID, version: 2 },
    answer: v3Answer({ ...SAMPLE_STAMP, full: false, delete: null, insert: null, update: [SAMPLE_CONVERSATION] }),
  },
};
