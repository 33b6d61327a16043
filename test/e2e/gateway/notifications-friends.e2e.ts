import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Pushed } from '../../support/socket.js';

type Call = [who: string, path: string, body: object] | [dialect: 'v1' | 'v2', path: string, body: object];

/** A call, who hears what of it, and what the tips of each kind say. */
interface Row {
  call: Call;
  heard: Record<string, string>;
  tips: Record<number, object>;
  /** From whom to whom. */
  from?: [sendID: string, recvID: string];
}

const ADMIN = 'openIM123456';
const fromTo = (fromUserID: string, toUserID: string) => ({ fromToUserID: { fromUserID, toUserID } });
const both = (brief: string) => ({ ann: brief, bob: brief });

/** One after the other. */
const FRIENDS: Record<string, Row> = {
  'a friend who is imported in v1': {
    call: ['v1', '/friend/import_friend', { uid: 'bob', ownerUid: 'ann' }],
    heard: both('1201 +1201'),
    tips: { 1201: { ...fromTo('ann', 'bob'), friendVersion: 0, friendVersionID: '', request: null } },
    from: ['bob', 'ann'],
  },
  'a friend who is imported in v3': {
    call: ['admin', '/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: ['dan'] }],
    heard: { ann: '1201 +1201', dan: '1201 +1201' },
    tips: { 1201: fromTo('ann', 'dan') },
    from: ['dan', 'ann'],
  },
  'an application': {
    call: ['cid', '/friend/add_friend', { fromUserID: 'cid', toUserID: 'ann', reqMsg: 'hi', ex: 'x' }],
    heard: { ann: '1203', cid: '1203' },
    tips: { 1203: { ...fromTo('cid', 'ann'), request: { fromUserID: 'cid', toUserID: 'ann', reqMsg: 'hi', ex: 'x' } } },
    from: ['cid', 'ann'],
  },
  'its acceptance': {
    call: [
      'ann',
      '/friend/add_friend_response',
      { fromUserID: 'cid', toUserID: 'ann', handleResult: 1, handleMsg: 'yes' },
    ],
    heard: { ann: '1201 +1201', cid: '1201 +1201' },
    tips: { 1201: { ...fromTo('cid', 'ann'), handleMsg: 'yes', request: { handleResult: 1, handlerUserID: 'ann' } } },
    from: ['ann', 'cid'],
  },
  'another application': {
    call: ['bob', '/friend/add_friend', { fromUserID: 'bob', toUserID: 'cid', reqMsg: '' }],
    heard: { bob: '1203', cid: '1203' },
    tips: { 1203: fromTo('bob', 'cid') },
    from: ['bob', 'cid'],
  },
  'its refusal': {
    call: [
      'cid',
      '/friend/add_friend_response',
      { fromUserID: 'bob', toUserID: 'cid', handleResult: -1, handleMsg: 'no' },
    ],
    heard: { bob: '1202', cid: '1202' },
    tips: { 1202: { ...fromTo('bob', 'cid'), handleMsg: 'no', request: { handleResult: -1, fromUserID: 'bob' } } },
    from: ['cid', 'bob'],
  },
  'a remark': {
    call: ['ann', '/friend/set_friend_remark', { ownerUserID: 'ann', friendUserID: 'bob', remark: 'Bobby' }],
    heard: both('1206'),
    tips: { 1206: fromTo('ann', 'bob') },
    from: ['ann', 'bob'],
  },
  'friends at the top of the list': {
    call: ['ann', '/friend/update_friends', { ownerUserID: 'ann', friendUserIDs: ['bob', 'cid'], isPinned: true }],
    heard: { ann: '1210' },
    tips: { 1210: { ...fromTo('', 'ann'), friendIDs: ['bob', 'cid'] } },
    from: ['ann', 'ann'],
  },
  'a friend who is deleted': {
    call: ['ann', '/friend/delete_friend', { ownerUserID: 'ann', friendUserID: 'bob' }],
    heard: both('1205'),
    tips: { 1205: { ...fromTo('ann', 'bob'), friendVersion: 0, friendVersionID: '' } },
    from: ['ann', 'bob'],
  },
  'a user who is blocked in v1': {
    call: ['v1', '/friend/add_blacklist', { uid: 'bob', ownerUid: 'ann' }],
    heard: both('1207'),
    tips: { 1207: fromTo('ann', 'bob') },
    from: ['ann', 'bob'],
  },
  'a user who is blocked in v3': {
    call: ['bob', '/friend/add_black', { ownerUserID: 'bob', blackUserID: 'dan' }],
    heard: { bob: '1207', dan: '1207' },
    tips: { 1207: fromTo('bob', 'dan') },
    from: ['bob', 'dan'],
  },
  'a user who is blocked no more': {
    call: ['ann', '/friend/remove_black', { ownerUserID: 'ann', blackUserID: 'bob' }],
    heard: both('1208'),
    tips: { 1208: fromTo('ann', 'bob') },
    from: ['ann', 'bob'],
  },
};

/** bob, cid and dan list ann; ann lists cid and dan. */
const PROFILES: Record<string, Row> = {
  'a name that is set in v1': {
    call: ['v1', '/user/update_user_info', { uid: 'ann', name: 'Annie' }],
    heard: { ann: '1303', bob: '1209', cid: '1209', dan: '1209' },
    tips: { 1303: { userID: 'ann' }, 1209: { userID: 'ann' } },
    from: [ADMIN, 'ann'],
  },
  'a name that is set in v3': {
    call: ['ann', '/user/update_user_info', { userInfo: { userID: 'ann', nickname: 'Anna' } }],
    heard: { ann: '1303', bob: '1209', cid: '1209', dan: '1209' },
    tips: { 1303: { userID: 'ann' }, 1209: { userID: 'ann' } },
    from: ['ann', 'ann'],
  },
  'a face': {
    call: ['admin', '/user/update_user_info_ex', { userInfo: { userID: 'ann', faceURL: 'http://face' } }],
    heard: { ann: '1303', bob: '1209', cid: '1209', dan: '1209' },
    tips: { 1303: { userID: 'ann' }, 1209: { userID: 'ann' } },
  },
  'what friends do not see': {
    call: ['ann', '/user/update_user_info_ex', { userInfo: { userID: 'ann', ex: 'more' } }],
    heard: { ann: '1303' },
    tips: { 1303: { userID: 'ann' } },
  },
  'whether to receive': {
    call: ['ann', '/user/set_global_msg_recv_opt', { userID: 'ann', globalRecvMsgOpt: 2 }],
    heard: { ann: '1303' },
    tips: { 1303: { userID: 'ann' } },
  },
};

describeOnEachDatabase('Sockets hear', (database) => {
  let im: Im;
  let audience: Audience;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'ann', 'bob', 'cid', 'dan', 'stranger');
    await audience.connect('ann', { platformID: 5 });
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });

  async function tell([who, path, body]: Call, operationID: string): Promise<void> {
    if (who === 'v1' || who === 'v2') await audience.legacy(who, path, body, operationID);
    else await audience.as(who, path, body, operationID);
  }

  async function expectHeard({ call, heard: expected, tips, from }: Row, operationID: string): Promise<void> {
    await tell(call, operationID);
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual(expected);
    const all = Object.values(heard).flat();
    for (const pushed of all) {
      expect(pushed.operationID).toBe(operationID);
      expect(pushed.detail).toMatchObject(tips[pushed.contentType]);
      expect(pushed.message).toMatchObject({ msgFrom: 200, sessionType: 1, status: 2 });
      expectForm(pushed);
    }
    if (from) expect([all[0].message.sendID, all[0].message.recvID]).toEqual(from);
  }

  describe.each([
    ['of friends', FRIENDS],
    ['of profiles', PROFILES],
  ])('%s', (_what, rows) => {
    it.each(Object.entries(rows))('%s', (name, row) => expectHeard(row, `op: ${name}`));
  });

  it('nothing of what changes nothing', async () => {
    await audience.legacy('v1', '/friend/import_friend', { uid: 'cid', ownerUid: 'ann' });
    await im.v3('/friend/delete_friend', { ownerUserID: 'ann', friendUserID: 'bob' }, await audience.tokenOf('ann'));
    await im.v3('/friend/add_friend', { fromUserID: 'cid', toUserID: 'ghost' }, await audience.tokenOf('cid'));
    expect(inBrief(await audience.heard())).toEqual({});
  });
});

/** A signal has no seq and all switches; a message in the chat has a seq and two. */
function expectForm({ conversationID, seq, message: { options } }: Pushed): void {
  if (!conversationID.startsWith('n_')) {
    expect(seq).toBeGreaterThan(0);
    expect(Object.keys(options).sort()).toEqual(['offlinePush', 'unreadCount']);
    return;
  }
  expect(seq).toBe(0);
  expect(Object.keys(options)).toHaveLength(11);
  expect(options).toMatchObject({ isNotNotification: false, history: false, senderSync: true, unreadCount: false });
}
