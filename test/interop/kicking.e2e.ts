import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

/** Longer than the SDK waits before it connects again. */
const RECONNECT_MS = 6_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

withOfficialSdk('The official SDK is kicked', (database) => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(database);
  });
  afterAll(() => world.close());
  afterEach(() => expect(takeStrays()).toEqual([]));

  it('once, by a newer login on its platform, and stays away; other platforms do not notice', async () => {
    const [bob] = await world.users('bob', 'ann');
    const phone = await world.login('ann', { platformID: 2 });
    const first = await world.login('ann');
    const second = await world.login('ann');
    await first.once('OnKickedOffline');
    expect(await first.call('getLoginStatus')).toBe(1);
    await newPage(first, second, phone);
    await pause(RECONNECT_MS);
    expect([first.names(), second.names(), phone.names()]).toEqual([[], [], []]);
    await say(bob, { to: 'ann' }, 'who is there?');
    await second.text('who is there?');
    await phone.text('who is there?');
    expect(first.messages()).toEqual([]);
    await expect(say(first, { to: 'bob' }, 'I')).rejects.toThrow('Resource load not complete');
  });

  it('by the AppServer, on that platform only', async () => {
    const [cid] = await world.users('cid');
    const phone = await world.login('cid', { platformID: 2 });
    await newPage(cid, phone);
    await world.v3('/auth/force_logout', { userID: 'cid', platformID: 5 });
    await cid.once('OnKickedOffline');
    await quiet(phone);
    expect(phone.names()).toEqual([]);
    expect(await phone.call('getUsersInfo', ['bob'])).toMatchObject([{ userID: 'bob' }]);

    const again = await world.connect('cid', cid.account.token);
    await again.event('OnConnectFailed');
    await quiet(again);
    expect(again.errors()).toEqual([
      ['OnConnectFailed', 1506],
      ['OnKickedOffline', 1506],
    ]);
  });

  it('when it comes back with a token that ended meanwhile', async () => {
    const [dan] = await world.users('dan');
    dan.cut();
    await world.tokenFor('dan');
    await dan.event('OnKickedOffline');
    await pause(RECONNECT_MS);
    expect(dan.errors()).toEqual([
      ['OnConnectFailed', 1506],
      ['OnKickedOffline', 1506],
    ]);
  });

  it('with its account, and does not get in again', async () => {
    const [eve] = await world.users('eve');
    await world.v1('/manager/delete_user', { deleteUidList: ['eve'] });
    await eve.once('OnKickedOffline');
    const again = await world.connect('eve', eve.account.token);
    await again.event('OnConnectFailed');
    await quiet(again);
    expect(again.names()).not.toContain('OnConnectSuccess');
  });
});
