import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

const STATUS = 'OnUserStatusChanged';

withOfficialSdk('Online status with the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let cid: Client;
  beforeAll(async () => {
    world = await World.start(database);
    await world.register('bob', 'dan');
    [ann, cid] = await world.users('ann', 'cid');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, cid);
    expect(takeStrays()).toEqual([]);
  });

  it('is told when somebody is subscribed to, and at every change', async () => {
    expect(await ann.call('subscribeUsersStatus', ['bob', 'cid'])).toEqual([
      { userID: 'bob', status: 0, platformIDs: [] },
      { userID: 'cid', status: 1, platformIDs: [5] },
    ]);
    const bob = await world.login('bob');
    expect(await ann.once(STATUS)).toEqual({ userID: 'bob', status: 1, platformIDs: [5] });

    ann.forget();
    const phone = await world.login('bob', { platformID: 2 });
    expect(await ann.once(STATUS)).toEqual({ userID: 'bob', status: 1, platformIDs: [2, 5] });
    expect(await ann.call('getSubscribeUsersStatus')).toContainEqual({ userID: 'bob', status: 1, platformIDs: [2, 5] });

    ann.forget();
    await phone.call('logout');
    expect(await ann.once(STATUS)).toEqual({ userID: 'bob', status: 1, platformIDs: [5] });

    ann.forget();
    await bob.call('logout');
    expect(await ann.once(STATUS)).toEqual({ userID: 'bob', status: 0, platformIDs: [] });
    expect(cid.names()).toEqual([]);
  });

  it('is told no more after the subscription ended', async () => {
    await cid.call('subscribeUsersStatus', ['bob']);
    await ann.call('subscribeUsersStatus', ['bob']);
    await ann.call('unsubscribeUsersStatus', ['bob']);
    const bob = await world.login('bob');
    await cid.once(STATUS);
    await ann.never(STATUS);
    await bob.close();
    await cid.event(STATUS, ({ status }) => status === 0);
  });

  it('is told again by itself after the network failed', async () => {
    await ann.call('subscribeUsersStatus', ['dan', 'cid']);
    ann.cut();
    await ann.event('OnSyncServerFinish');
    await newPage(ann);
    const dan = await world.login('dan');
    expect(await ann.once(STATUS)).toEqual({ userID: 'dan', status: 1, platformIDs: [5] });
    ann.forget();
    dan.cut();
    expect(await ann.event(STATUS)).toEqual({ userID: 'dan', status: 0, platformIDs: [] });
    expect(await ann.event(STATUS, ({ status }) => status === 1)).toMatchObject({ userID: 'dan' });
    await dan.close();
  });
});
