import { EVERYBODY, ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type Routes } from './routes.js';

export const routes: Routes = {
  'msg/newest_seq': { body: () => ({ userID: 'member' }), expect: ONLY_MEMBER_SELF },
  'msg/pull_msg_by_seq': {
    body: ({ chatID }) => ({ userID: 'member', seqRanges: [{ conversationID: chatID, begin: 1, end: 3, num: 3 }] }),
    expect: ONLY_MEMBER_SELF,
  },
  'user/get_users': { body: () => ({ pagination: { pageNumber: 1, showNumber: 1 } }), expect: EVERYBODY },
  'user/account_check': { body: () => ({ checkUserIDs: ['member'] }), expect: ONLY_APP_ADMIN },
  'user/user_register': {
    body: ({ fresh }) => ({ secret: 'openIM123', users: [{ userID: fresh(), nickname: 'new' }] }),
    expect: EVERYBODY,
    elsewhere: 'with a secret it asks for no token, without one for an administrator: test/e2e/v3/users.e2e.ts',
  },
  'auth/parse_token': { body: () => ({ token: 'x' }), expect: 1503, open: true },
  'auth/user_token': {
    body: () => ({ secret: 'openIM123', platformID: 1, userID: 'member' }),
    expect: EVERYBODY,
    open: true,
  },
  'auth/get_admin_token': {
    body: () => ({ secret: 'openIM123', userID: 'openIMAdmin' }),
    expect: EVERYBODY,
    open: true,
  },
  'auth/get_user_token': { body: () => ({ platformID: 2, userID: 'member' }), expect: ONLY_APP_ADMIN },
  'auth/force_logout': { body: () => ({ platformID: 2, userID: 'member' }), expect: ONLY_APP_ADMIN },
};
