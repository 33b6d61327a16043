import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Cluster } from '../../support/cluster.js';
import { describeCluster } from '../../support/databases.js';
import type { Im } from '../../support/im.js';

/** Nobody waits for a time here, but until something is so. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

describeCluster('Limits', (database) => {
  it('are one for all nodes, and each node has its own while Redis is away', { timeout: 120_000 }, async () => {
    const env = { RATE_LIMIT_PER_USER: '1', LOGIN_FAILURES_PER_IP: '10' };
    const cluster = await Cluster.start(database, 3, () => env);
    const [one] = cluster.nodes;
    await one.register('ann');
    const token = await cluster.login(one, 'ann');
    const ask = async (node: Im): Promise<number> =>
      (await node.v3('/user/get_users_info', { userIDs: ['ann'] }, token)).status;
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) for (const node of cluster.nodes) statuses.push(await ask(node));
    // Two at once, and one more for each second that this took.
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(4);
    const guess = async (node: Im): Promise<number> =>
      (await node.v3('/auth/user_token', { secret: 'wrong', platformID: 1, userID: 'ann' })).status;
    const guesses: number[] = [];
    for (let round = 0; round < 6; round += 1) for (const node of cluster.nodes) guesses.push(await guess(node));
    expect(guesses.slice(0, 10)).toEqual(Array(10).fill(200));
    expect(guesses.slice(-3)).toEqual([429, 429, 429]);

    await cluster.redis.kill();
    await soon(async () => expect(await ask(one)).toBe(200));
    await soon(async () => expect(await ask(one)).toBe(429));
    await cluster.close();
  });
});

describeCluster('Three nodes', (database) => {
  let cluster: Cluster;
  let [one, two, three]: Im[] = [];
  beforeAll(async () => {
    cluster = await Cluster.start(database, 3);
    [one, two, three] = cluster.nodes;
    await one.register('ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gil', 'hal');
  });
  afterAll(() => cluster.close());

  it('bring a message that one accepted to sockets on all', async () => {
    const [ann, bob] = [await cluster.connect(one, 'ann'), await cluster.connect(two, 'bob')];
    await soon(async () => expect(await cluster.platformsOf(one, 'bob')).toEqual([1]));
    expect((await ann.say({ recvID: 'bob' }, 'over there?')).errCode).toBe(0);
    await soon(() => expect(bob.heard).toEqual(['over there?']));
    await soon(async () => expect(await cluster.platformsOf(two, 'ann')).toEqual([1]));
    await bob.say({ recvID: 'ann' }, 'here');
    await soon(() => expect(ann.heard).toEqual(['over there?', 'here']));
    const order = { sendID: 'ann', recvID: 'bob', senderPlatformID: 1, contentType: 101, sessionType: 1 };
    const sent = await three.v3(
      '/msg/send_msg',
      { ...order, content: { content: 'from the AppServer' } },
      await three.adminToken(),
    );
    expect(sent.body.errCode).toBe(0);
    await soon(() => expect(bob.heard).toEqual(['over there?', 'here', 'from the AppServer']));
  });

  it('bring notifications of a group to members on all, with the operation of the request', async () => {
    const members = [
      await cluster.connect(one, 'cid'),
      await cluster.connect(two, 'dan'),
      await cluster.connect(three, 'eve'),
    ];
    for (const userID of ['cid', 'dan', 'eve']) {
      await soon(async () => expect(await cluster.platformsOf(three, userID)).toEqual([1]));
    }
    const { body } = await three.post(
      '/group/create_group',
      { ownerUserID: 'cid', memberUserIDs: ['dan', 'eve'], groupInfo: { groupName: 'far', groupType: 2 } },
      { operationID: 'founding', token: await three.adminToken() },
    );
    for (const member of members) {
      const created = await member.pushOf(1501);
      expect(created.operationID).toBe('founding');
      expect(created.detail.group.groupID).toBe(body.data.groupInfo.groupID);
    }
  });

  it('end a token everywhere before they say so', async () => {
    const asked = (node: Im, token: string) => node.v3('/user/get_users_info', { userIDs: ['fay'] }, token);
    for (let round = 0; round < 20; round += 1) {
      const token = await cluster.login(one, 'fay');
      for (const node of cluster.nodes) expect((await asked(node, token)).body.errCode).toBe(0);
      const { body } = await two.v3('/auth/force_logout', { userID: 'fay', platformID: 1 }, await two.adminToken());
      expect(body.errCode).toBe(0);
      const codes = await Promise.all(cluster.nodes.map(async (node) => (await asked(node, token)).body.errCode));
      expect(codes).toEqual([1506, 1506, 1506]);
    }
  });

  it('forget what another one wrote: who was kicked from a group cannot write to it', async () => {
    const groupID = await one.group('cid', 'dan', 'eve');
    const token = await cluster.login(two, 'eve', 2);
    const say = (node: Im) =>
      node.v3(
        '/msg/send_msg',
        {
          sendID: 'eve',
          groupID,
          senderPlatformID: 2,
          contentType: 101,
          sessionType: 3,
          content: { content: 'still in?' },
        },
        token,
      );
    const role = async (node: Im) => {
      const { body } = await node.v3(
        '/group/get_group_members_info',
        { groupID, userIDs: ['eve'] },
        await node.adminToken(),
      );
      return body.data.members?.[0]?.roleLevel;
    };
    for (const roleLevel of [60, 20, 60, 20]) {
      const { body } = await three.v3(
        '/group/set_group_member_info',
        { members: [{ groupID, userID: 'eve', roleLevel }] },
        await three.adminToken(),
      );
      expect(body.errCode).toBe(0);
      expect(await Promise.all(cluster.nodes.map(role))).toEqual([roleLevel, roleLevel, roleLevel]);
    }
    expect((await say(one)).body.errCode).not.toBe(500);
    const kicked = await three.v3(
      '/group/kick_group',
      { groupID, kickedUserIDs: ['eve'], reason: '' },
      await three.adminToken(),
    );
    expect(kicked.body.errCode).toBe(0);
    for (const node of cluster.nodes) expect(await role(node)).toBeUndefined();
  });

  it('let a login end the one on another node', async () => {
    const first = await cluster.connect(one, 'gil');
    const pad = await cluster.connect(three, 'gil', 8);
    const second = await cluster.connect(two, 'gil');
    await first.ended();
    expect(first.frames.map(({ reqIdentifier }) => reqIdentifier)).toContain(2002);
    expect([pad.closed, second.closed]).toEqual([undefined, undefined]);
    for (const node of cluster.nodes)
      await soon(async () => expect(await cluster.platformsOf(node, 'gil')).toEqual([1, 8]));
  });

  it('leave one of many logins that come at once on all of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const tokens = await Promise.all(cluster.nodes.map((node) => node.tokenOf('hal')));
      const logins = await Promise.all(
        cluster.nodes.map((node, place) => cluster.connectWith(node, 'hal', tokens[place])),
      );
      await soon(() => expect(logins.filter(({ closed }) => !closed)).toHaveLength(1));
      const [left] = logins.filter(({ closed }) => !closed);
      for (const node of cluster.nodes)
        await soon(async () => expect(await cluster.platformsOf(node, 'hal')).toEqual([1]));
      expect((await left.ask(1001, { userID: 'hal' })).errCode).toBe(0);
      await left.close();
    }
  });

  it('close sockets of who is logged out, or deleted, by another one', async () => {
    await one.register('ida');
    const [phone, web] = [await cluster.connect(one, 'ida'), await cluster.connect(two, 'ida', 5)];
    await three.v3('/auth/force_logout', { userID: 'ida', platformID: 1 }, await three.adminToken());
    await phone.ended();
    expect(phone.frames.map(({ reqIdentifier }) => reqIdentifier)).toContain(2002);
    expect(web.closed).toBeUndefined();
    await three.v1('/manager/delete_user', { deleteUidList: ['ida'] }, await three.adminToken());
    await web.ended();
  });

  it('tell watchers of users on other nodes', async () => {
    await one.register('jan', 'kim', 'lea');
    const [jan, kim] = [await cluster.connect(one, 'jan'), await cluster.connect(two, 'kim')];
    const answered = await jan.get(2005, { subscribeUserID: ['lea'], unsubscribeUserID: [] });
    expect(answered.subscribers).toMatchObject([{ userID: 'lea' }]);
    const token = await cluster.login(three, 'kim', 2);
    const subscribed = await three.v3(
      '/user/subscribe_users_status',
      { userID: 'kim', userIDs: ['lea'], genre: 1 },
      token,
    );
    expect(subscribed.body.errCode).toBe(0);
    const lea = await cluster.connect(three, 'lea');
    for (const watcher of [jan, kim]) {
      await soon(() => expect(watcher.statuses).toMatchObject([{ userID: 'lea', onlinePlatformIDs: [1] }]));
    }
    lea.socket.terminate();
    for (const watcher of [jan, kim]) await soon(() => expect(watcher.statuses).toHaveLength(2));
    expect(jan.statuses[1].onlinePlatformIDs ?? []).toEqual([]);
  });

  it('make room for one more, who knows at once what they know', async () => {
    const mia = await (async () => {
      await one.register('mia');
      return cluster.connect(one, 'mia');
    })();
    const four = await cluster.add();
    await soon(async () => expect(await cluster.platformsOf(four, 'mia')).toEqual([1]));
    const sent = await four.v3(
      '/msg/send_msg',
      {
        sendID: 'ann',
        recvID: 'mia',
        senderPlatformID: 1,
        contentType: 101,
        sessionType: 1,
        content: { content: 'welcome' },
      },
      await four.adminToken(),
    );
    expect(sent.body.errCode).toBe(0);
    await soon(() => expect(mia.heard).toEqual(['welcome']));
    const guest = await cluster.connect(four, 'ann', 5);
    await soon(async () => expect(await cluster.platformsOf(one, 'ann')).toContain(5));
    cluster.nodes.pop();
    await four.close();
    await guest.ended();
    await soon(async () => expect(await cluster.platformsOf(one, 'ann')).not.toContain(5));
  });
});
