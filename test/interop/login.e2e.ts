import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { newPage, quiet } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

const TOKEN_SECRET = 'the signing key of the interop stories';

/** A token of ours that ended an hour ago. */
function expiredToken(userID: string): string {
  const base64 = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) - 3_600;
  const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ UserID: userID, PlatformID: 5, exp, iat: exp - 60 })}`;
  return `${text}.${createHmac('sha256', TOKEN_SECRET).update(text).digest('base64url')}`;
}

withOfficialSdk('The official SDK logs in', (database) => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(database, { TOKEN_SECRET });
    await world.register('ann', 'bob');
  });
  afterAll(() => world.close());
  afterEach(() => expect(takeStrays()).toEqual([]));

  it('and is synced, telling each step once and in order', async () => {
    const ann = await world.connect('ann', await world.tokenFor('ann'));
    await ann.once('OnSyncServerFinish');
    expect(ann.names()).toEqual(['OnConnecting', 'OnConnectSuccess', 'OnSyncServerStart', 'OnSyncServerFinish']);
    expect(await ann.call('getLoginStatus')).toBe(3);
    expect(await ann.call('getSelfUserInfo')).toMatchObject({
      userID: 'ann',
      nickname: 'Ann',
      faceURL: 'http://face/ann',
      globalRecvMsgOpt: 0,
    });
    expect(await ann.call('getConversationListSplit', { offset: 0, count: 20 })).toEqual([]);
    expect(await ann.call('getTotalUnreadMsgCount')).toBe(0);
    await ann.close();
  });

  it('and out, and hears nothing from then on', async () => {
    const [ann, bob] = await Promise.all([world.login('ann'), world.login('bob')]);
    await ann.call('logout');
    const { data: message } = await bob.sdk['createTextMessage']('are you there?');
    await bob.call('sendMessage', { recvID: 'ann', groupID: '', message });
    await quiet(ann, bob);
    expect(ann.names()).toEqual([]);
    expect(await ann.call('getLoginStatus')).toBe(1);

    await ann.login();
    await ann.once('OnSyncServerFinish');
    expect(await ann.call('getTotalUnreadMsgCount')).toBe(1);
    expect(await ann.call('getConversationListSplit', { offset: 0, count: 20 })).toMatchObject([
      { conversationID: 'si_ann_bob', showName: 'Bob', unreadCount: 1, conversationType: 1, userID: 'bob' },
    ]);
    await Promise.all([ann.close(), bob.close()]);
  });

  it.each([
    ['one that nobody issued', 'garbage', 'OnUserTokenInvalid', 1503],
    ['one of somebody else', 'bob', 'OnUserTokenInvalid', 1502],
    ['one that expired', 'expired', 'OnUserTokenExpired', 1501],
  ])('not with a bad token: %s', async (_what, kind, event, errCode) => {
    const token =
      kind === 'bob' ? await world.tokenFor('bob') : kind === 'expired' ? expiredToken('ann') : 'not.a.token';
    const ann = await world.connect('ann', token);
    await ann.event('OnConnectFailed');
    await quiet(ann);
    // It connects again every 5 seconds, and is silent about it.
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    expect(ann.errors()).toEqual([
      ['OnConnectFailed', errCode],
      [event, errCode],
    ]);
    await ann.close();
  });

  it('with values in its URL that it does not encode', async () => {
    await world.register('a+b c@d');
    const odd = await world.login('a+b c@d');
    expect(await odd.call('getSelfUserInfo')).toMatchObject({ userID: 'a+b c@d' });
    await odd.close();
  });

  it('and tells its other devices and its friends of a new name', async () => {
    await world.v3('/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: ['bob'] });
    const [ann, bob] = await Promise.all([world.login('ann'), world.login('bob')]);
    const phone = await world.login('ann', { platformID: 2 });
    await newPage(ann, bob, phone);
    await ann.call('setSelfInfo', { nickname: 'Anna', faceURL: 'http://face/anna' });

    expect(await bob.once('OnFriendInfoChanged')).toMatchObject({
      userID: 'ann',
      nickname: 'Anna',
      faceURL: 'http://face/anna',
    });
    expect(await phone.once('OnSelfInfoUpdated')).toMatchObject({ userID: 'ann', nickname: 'Anna' });
    expect(await ann.once('OnSelfInfoUpdated')).toMatchObject({ userID: 'ann', nickname: 'Anna' });
    await Promise.all([ann.close(), bob.close(), phone.close()]);
  });
});
