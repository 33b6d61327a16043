import { EVERYBODY, ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type RouteRow, type Routes } from './routes.js';

const member = { userID: 'member' };
const page = { pagination: { pageNumber: 1, showNumber: 1 } };
const command = { ...member, type: 1, uuid: 'kept' };

/** May, and then hears that there is no such thing. */
const found = (expect: RouteRow['expect']): RouteRow['expect'] =>
  Object.fromEntries(Object.entries(expect).map(([caller, code]) => [caller, code === 0 ? 1004 : code])) as never;

export const routes: Routes = {
  'auth/user_token': {
    body: () => ({ secret: 'openIM123', platformID: 1, userID: 'member' }),
    expect: EVERYBODY,
    open: true,
  },
  'auth/get_admin_token': {
    body: () => ({ secret: 'openIM123', userID: 'openIM654321' }),
    expect: EVERYBODY,
    open: true,
  },
  // Of nobody, because a token for somebody would end his others.
  'auth/get_user_token': {
    body: (world) => ({ userID: world.fresh(), platformID: 1 }),
    expect: found(ONLY_APP_ADMIN),
  },
  'auth/parse_token': { body: () => ({ token: 'none' }), expect: 1503, open: true },
  'auth/force_logout': { body: (world) => ({ userID: world.fresh(), platformID: 1 }), expect: ONLY_APP_ADMIN },

  'user/user_register': {
    body: (world) => ({ users: [{ userID: world.fresh().replaceAll(/\W/g, '_'), nickname: 'new' }] }),
    expect: ONLY_APP_ADMIN,
  },
  'user/account_check': { body: () => ({ checkUserIDs: ['member'] }), expect: ONLY_APP_ADMIN },
  'user/get_users': { body: () => page, expect: EVERYBODY },
  'user/get_users_info': { body: () => ({ userIDs: ['member'] }), expect: EVERYBODY },
  'user/get_all_users_uid': { body: () => page, expect: EVERYBODY },

  'user/update_user_info': { body: () => ({ userInfo: { ...member, ex: 'set' } }), expect: ONLY_MEMBER_SELF },
  'user/update_user_info_ex': { body: () => ({ userInfo: { ...member, ex: '' } }), expect: ONLY_MEMBER_SELF },
  'user/set_global_msg_recv_opt': { body: () => ({ ...member, globalRecvMsgOpt: 0 }), expect: ONLY_MEMBER_SELF },

  'user/get_users_online_status': { body: () => ({ userIDs: ['member'] }), expect: ONLY_APP_ADMIN },
  // To others than administrators nobody seems online.
  'user/get_users_online_token_detail': { body: () => ({ userIDs: ['member'] }), expect: EVERYBODY },
  'user/get_users_status': { body: () => ({ userIDs: ['member'] }), expect: EVERYBODY },
  'user/subscribe_users_status': {
    body: () => ({ ...member, userIDs: ['owner'], genre: 1 }),
    expect: ONLY_MEMBER_SELF,
  },
  'user/get_subscribe_users_status': { body: () => member, expect: ONLY_MEMBER_SELF },

  'user/process_user_command_add': { body: () => ({ ...command, value: 'v' }), expect: ONLY_MEMBER_SELF },
  'user/process_user_command_delete': {
    body: (world) => ({ ...command, uuid: world.fresh() }),
    expect: found(ONLY_MEMBER_SELF),
  },
  'user/process_user_command_update': {
    body: (world) => ({ ...command, uuid: world.fresh(), value: 'v' }),
    expect: found(ONLY_MEMBER_SELF),
  },
  'user/process_user_command_get': { body: () => ({ ...member, type: 1 }), expect: ONLY_MEMBER_SELF },
  'user/process_user_command_get_all': { body: () => member, expect: ONLY_MEMBER_SELF },

  'user/add_notification_account': {
    body: (world) => ({ userID: world.fresh(), nickName: 'news', appMangerLevel: 3 }),
    expect: ONLY_APP_ADMIN,
  },
  'user/update_notification_account': {
    body: () => ({ userID: 'openIMAdmin', nickName: 'system3' }),
    expect: ONLY_APP_ADMIN,
  },
  'user/search_notification_account': { body: () => page, expect: ONLY_APP_ADMIN },

  'user/get_user_client_config': { body: () => member, expect: ONLY_MEMBER_SELF },
  'user/set_user_client_config': { body: () => ({ ...member, configs: { theme: 'dark' } }), expect: ONLY_APP_ADMIN },
  'user/del_user_client_config': { body: () => ({ ...member, keys: ['theme'] }), expect: ONLY_APP_ADMIN },
  'user/page_user_client_config': { body: () => page, expect: ONLY_APP_ADMIN },
};
