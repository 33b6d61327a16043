import { EVERYBODY, ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type RouteRow, type Routes } from './routes.js';

const ofMember = (body: () => object): RouteRow => ({ body, expect: ONLY_MEMBER_SELF });
/** Names in it are replaced as all names in bodies are. */
const CHAT = 'si_member_owner';
const WEEK = { start: 1_700_000_000_000, end: 1_700_604_800_000 };
const PAGE = { pagination: { pageNumber: 1, showNumber: 10 } };

/** Everybody reads and sets his own conversations; the JavaScript client's reads are always the caller's own. */
export const routes: Routes = {
  'conversation/get_conversation': ofMember(() => ({ ownerUserID: 'member', conversationID: CHAT })),
  'conversation/get_conversations': ofMember(() => ({ ownerUserID: 'member', conversationIDs: [CHAT] })),
  'conversation/get_all_conversations': ofMember(() => ({ ownerUserID: 'member' })),
  'conversation/get_owner_conversation': ofMember(() => ({ userID: 'member', ...PAGE })),
  'conversation/get_sorted_conversation_list': ofMember(() => ({ userID: 'member', ...PAGE })),
  'conversation/set_conversations': ofMember(() => ({
    userIDs: ['member'],
    conversation: { conversationID: CHAT, conversationType: 1, userID: 'owner', isPinned: true },
  })),
  'conversation/update_conversations_by_user': ofMember(() => ({ userID: 'member', ex: 'x' })),
  'conversation/delete_conversations': ofMember(() => ({ ownerUserID: 'member', conversationIDs: [CHAT] })),
  'conversation/get_not_notify_conversation_ids': ofMember(() => ({ userID: 'member' })),
  'conversation/get_pinned_conversation_ids': ofMember(() => ({ userID: 'member' })),
  'conversation/get_full_conversation_ids': ofMember(() => ({ userID: 'member', idHash: 0 })),
  'conversation/get_incremental_conversations': ofMember(() => ({ userID: 'member', versionID: '', version: 0 })),
  'jssdk/get_active_conversations': { body: () => ({ ownerUserID: 'member', count: 10 }), expect: EVERYBODY },
  'jssdk/get_conversations': {
    body: () => ({ ownerUserID: 'member', conversationIDs: [CHAT] }),
    expect: EVERYBODY,
  },
  'statistics/user/register': { body: () => WEEK, expect: ONLY_APP_ADMIN },
  'statistics/group/create': { body: () => WEEK, expect: ONLY_APP_ADMIN },
  'statistics/user/active': { body: () => ({ ...WEEK, ...PAGE }), expect: ONLY_APP_ADMIN },
  'statistics/group/active': { body: () => ({ ...WEEK, ...PAGE }), expect: ONLY_APP_ADMIN },
};
