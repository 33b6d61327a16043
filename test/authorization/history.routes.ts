import { ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type Routes } from './routes.js';

const SELF_SYNC = { IsSyncSelf: true, IsSyncOther: false };

export const routes: Routes = {
  'msg/newest_seq': { body: () => ({ userID: 'member' }), expect: ONLY_MEMBER_SELF },
  'msg/pull_msg_by_seq': {
    body: ({ chatID }) => ({
      userID: 'member',
      seqRanges: [{ conversationID: chatID, begin: 1, end: 3, num: 3 }],
      order: 0,
    }),
    expect: ONLY_MEMBER_SELF,
  },
  // The message is the member's own; that nobody else may revoke it is in history-revoke.e2e.ts.
  'msg/revoke_msg': {
    body: ({ chatID }) => ({ conversationID: chatID, seq: 2, userID: 'member' }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/mark_msgs_as_read': {
    body: ({ chatID }) => ({ conversationID: chatID, seqs: [1], userID: 'member' }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/mark_conversation_as_read': {
    body: ({ chatID }) => ({ conversationID: chatID, userID: 'member', hasReadSeq: 3 }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/set_conversation_has_read_seq': {
    body: ({ chatID }) => ({ conversationID: chatID, userID: 'member', hasReadSeq: 3 }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/get_conversations_has_read_and_max_seq': {
    body: ({ chatID }) => ({ userID: 'member', conversationIDs: [chatID] }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/clear_conversation_msg': {
    body: ({ chatID }) => ({ conversationIDs: [chatID], userID: 'member', deleteSyncOpt: SELF_SYNC }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/user_clear_all_msg': {
    body: () => ({ userID: 'member', deleteSyncOpt: SELF_SYNC }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/delete_msgs': {
    body: ({ chatID }) => ({ conversationID: chatID, userID: 'member', seqs: [1], deleteSyncOpt: SELF_SYNC }),
    expect: ONLY_MEMBER_SELF,
  },
  'msg/delete_msg_phsical_by_seq': {
    body: ({ chatID }) => ({ conversationID: chatID, seqs: [1] }),
    expect: ONLY_APP_ADMIN,
  },
  'msg/delete_msg_physical': {
    body: ({ chatID }) => ({ conversationIDs: [chatID], timestamp: 1 }),
    expect: ONLY_APP_ADMIN,
  },
};
