import { createHash } from 'node:crypto';
import { EVERYBODY, ONLY_APP_ADMIN, ONLY_MEMBER_SELF, type RouteRow, type Routes, type World } from './routes.js';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Names below `member/` are the member's and the administrators'. */
const named = (world: World): string => `member/${world.fresh()}`;
const upload = (world: World): object => ({ hash: md5(world.fresh()), size: 10, maxParts: 1, name: named(world) });

/** An upload nobody began: who may use the name hears that it is unknown. */
const UNKNOWN_UPLOAD: RouteRow['expect'] = {
  stranger: 1002,
  member: 1001,
  groupAdmin: 1002,
  owner: 1002,
  appAdmin: 1001,
};

export const routes: Routes = {
  'object/part_limit': { body: () => ({}), expect: EVERYBODY },
  'object/part_size': { body: () => ({ size: 1 }), expect: EVERYBODY },
  'object/initiate_multipart_upload': { body: upload, expect: ONLY_MEMBER_SELF },
  'object/auth_sign': { body: () => ({ uploadID: 'unknown', partNumbers: [1] }), expect: 1001 },
  'object/complete_multipart_upload': {
    body: (world) => ({ uploadID: 'unknown', parts: [md5('part')], name: named(world) }),
    expect: UNKNOWN_UPLOAD,
  },
  'object/access_url': { body: (world) => ({ name: named(world) }), expect: 1004 },
  'object/initiate_form_data': { body: (world) => ({ name: named(world), size: 10 }), expect: ONLY_MEMBER_SELF },
  'object/complete_form_data': { body: () => ({ id: 'unknown' }), expect: 1001 },
  'third/fcm_update_token': {
    body: (world) => ({ platformID: 1, fcmToken: world.fresh(), account: 'member' }),
    expect: ONLY_MEMBER_SELF,
  },
  'third/set_app_badge': { body: () => ({ userID: 'member', appUnreadCount: 1 }), expect: ONLY_MEMBER_SELF },
  'third/logs/upload': {
    body: (world) => ({ platform: 1, fileURLs: [{ filename: world.fresh(), URL: 'http://127.0.0.1/log' }] }),
    expect: EVERYBODY,
  },
  'third/logs/delete': {
    body: () => ({ logIDs: ['unknown'] }),
    expect: { stranger: 1002, member: 1002, groupAdmin: 1002, owner: 1002, appAdmin: 1004 },
  },
  'third/logs/search': { body: () => ({}), expect: ONLY_APP_ADMIN },
};
