import { EVERYBODY, ONLY_APP_ADMIN, type Routes } from './routes.js';

const TEXT = { contentType: 101, content: { content: 'hello' } };

/** Sending for AppServers, and searching. */
export const routes: Routes = {
  'msg/send_msg': {
    body: () => ({ ...TEXT, sendID: 'member', recvID: 'owner', sessionType: 1 }),
    expect: ONLY_APP_ADMIN,
  },
  'msg/batch_send_msg': {
    body: () => ({ ...TEXT, sendID: 'member', recvIDs: ['owner'], sessionType: 1 }),
    expect: ONLY_APP_ADMIN,
  },
  'msg/get_send_job': {
    body: () => ({ jobID: 'none' }),
    expect: { stranger: 1002, member: 1002, groupAdmin: 1002, owner: 1002, appAdmin: 1004 },
  },
  'msg/send_business_notification': {
    body: ({ groupID }) => ({ sendUserID: 'member', recvGroupID: groupID, key: 'k', data: 'd', sendMsg: true }),
    expect: ONLY_APP_ADMIN,
  },
  'msg/send_simple_msg': {
    body: () => ({ content: 'hello' }),
    expect: EVERYBODY,
    elsewhere: 'the key is in the query (?key=); test/e2e/v3/sending-to-many.e2e.ts calls it as everybody',
  },
  'msg/check_msg_is_send_success': { body: () => ({}), expect: EVERYBODY },
  'msg/get_server_time': { body: () => ({}), expect: EVERYBODY },
  'msg/search_msg': { body: () => ({ sendID: 'member' }), expect: ONLY_APP_ADMIN },
};
