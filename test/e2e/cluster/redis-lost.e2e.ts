import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Bus } from '../../../src/cluster/bus.js';
import { Cluster } from '../../support/cluster.js';
import { DatabaseProxy } from '../../support/database-proxy.js';
import { describeCluster } from '../../support/databases.js';
import type { Im } from '../../support/im.js';
import type { SocketClient } from '../../support/socket.js';

const STORY_MS = 120_000;

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

describeCluster('Nodes whose Redis is lost', (database) => {
  let cluster: Cluster;
  let [one, two, three]: Im[] = [];
  /** Between the third node and Redis. */
  let proxy: DatabaseProxy;
  beforeEach(async () => {
    const start = (place: number): Record<string, string> => (place === 2 ? { REDIS_URL: proxy.url } : {});
    cluster = await Cluster.start(database, 0);
    proxy = await DatabaseProxy.before(cluster.redis.url);
    for (const place of [0, 1, 2]) await cluster.add(start(place));
    [one, two, three] = cluster.nodes;
    await one.register('ann', 'bob', 'cid');
  }, STORY_MS);
  afterEach(async () => {
    await cluster.close();
    await proxy.close();
  }, STORY_MS);

  const isLinked = (node: Im): boolean => (node.get(Bus) as { isLinked?: boolean }).isLinked === true;
  const asked = async (node: Im, token: string): Promise<number> =>
    (await node.v3('/user/get_users_info', { userIDs: ['ann'] }, token)).body.errCode;
  const logOut = async (node: Im, userID: string): Promise<void> => {
    const { body } = await node.v3('/auth/force_logout', { userID, platformID: 1 }, await node.adminToken());
    expect(body.errCode).toBe(0);
  };
  const renamed = async (node: Im, nickname: string): Promise<void> => {
    const user = { userInfo: { userID: 'ann', nickname } };
    const { body } = await node.v3('/user/update_user_info', user, await node.adminToken());
    expect(body.errCode).toBe(0);
  };
  const nameOf = async (node: Im): Promise<string> => {
    const { body } = await node.v3('/user/get_users_info', { userIDs: ['ann'] }, await node.adminToken());
    return body.data.usersInfo[0].nickname;
  };
  const hear = (node: Im, from: SocketClient, to: SocketClient, text: string) =>
    soon(async () => {
      expect((await from.say({ recvID: to.userID }, text)).errCode).toBe(0);
      expect(to.heard).toContain(text);
    });

  it('go on by themselves, and together again when it is back', { timeout: STORY_MS }, async () => {
    const [ann, bob, cid] = [
      await cluster.connect(one, 'ann'),
      await cluster.connect(one, 'bob'),
      await cluster.connect(two, 'cid'),
    ];
    await hear(one, ann, cid, 'before');
    await cluster.redis.kill();
    await soon(() => expect(cluster.nodes.map(isLinked)).toEqual([false, false, false]));

    // Messages are stored, and reach who is on the same node.
    expect((await ann.say({ recvID: 'cid' }, 'meanwhile')).errCode).toBe(0);
    await hear(one, ann, bob, 'next door');
    // What one wrote the others know, though nobody told them.
    await renamed(two, 'Anna');
    expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(['Anna', 'Anna', 'Anna']);
    const token = await cluster.login(two, 'bob', 2);
    expect(await asked(three, token)).toBe(0);
    await one.v3('/auth/force_logout', { userID: 'bob', platformID: 2 }, await one.adminToken());
    expect(await Promise.all(cluster.nodes.map((node) => asked(node, token)))).toEqual([1506, 1506, 1506]);
    // Who comes now is known where he is.
    const late = await cluster.connect(two, 'ann', 5);

    await cluster.redis.resume();
    await soon(() => expect(cluster.nodes.map(isLinked)).toEqual([true, true, true]));
    for (const node of cluster.nodes)
      await soon(async () => expect(await cluster.platformsOf(node, 'ann')).toEqual([1, 5]));
    // What was said meanwhile comes after all, once; not to who came later, and asked.
    await soon(() => expect(cid.heard).toContain('meanwhile'));
    await hear(one, ann, cid, 'after');
    await soon(() => expect(late.heard).toContain('after'));
    expect(cid.heard.filter((text) => text === 'meanwhile')).toHaveLength(1);
    expect(late.heard).not.toContain('meanwhile');
    // And all of it is there to be pulled.
    const [conversationID, { maxSeq }] = Object.entries<any>((await cid.get(1006, { userID: 'cid' })).seqs)[0];
    const pulled = await cid.get(1002, {
      userID: 'cid',
      seqRanges: [{ conversationID, begin: 1, end: maxSeq, num: 100 }],
    });
    const texts = pulled.msgs[conversationID].Msgs.map(
      ({ content }: any) => JSON.parse(Buffer.from(content, 'base64').toString()).content,
    );
    expect([...new Set(texts)]).toEqual(['before', 'meanwhile', 'after']);
  });

  it('know what one of them wrote that was cut off from it', { timeout: STORY_MS }, async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await Promise.all(cluster.nodes.map(nameOf))).toHaveLength(3);
      const token = await cluster.login(one, 'cid');
      expect(await Promise.all(cluster.nodes.map((node) => asked(node, token)))).toEqual([0, 0, 0]);
      await proxy.refuse();
      // Immediately: the others cannot know yet.
      await renamed(three, `cut ${round}`);
      expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(Array(3).fill(`cut ${round}`));
      await logOut(three, 'cid');
      expect(await Promise.all(cluster.nodes.map((node) => asked(node, token)))).toEqual([1506, 1506, 1506]);
      await proxy.open();
      await soon(() => expect(isLinked(three)).toBe(true));
    }
  });

  it('know it as well when the way to it is silent', { timeout: STORY_MS }, async () => {
    expect(await Promise.all(cluster.nodes.map(nameOf))).toHaveLength(3);
    proxy.stall();
    await renamed(three, 'silence');
    expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(['silence', 'silence', 'silence']);
    await renamed(one, 'heard by none');
    expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(Array(3).fill('heard by none'));
    await proxy.open();
    await soon(() => expect(isLinked(three)).toBe(true));
    await renamed(three, 'again');
    expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(['again', 'again', 'again']);
  });

  it('lose nothing when it is emptied', { timeout: STORY_MS }, async () => {
    const [ann, cid] = [await cluster.connect(one, 'ann'), await cluster.connect(three, 'cid')];
    await hear(one, ann, cid, 'before');
    for (let round = 0; round < 5; round += 1) {
      const [, answer] = await Promise.all([cluster.redis.flush(), ann.say({ recvID: 'cid' }, `flushed ${round}`)]);
      expect(answer.errCode).toBe(0);
      await renamed(two, `name ${round}`);
      expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(Array(3).fill(`name ${round}`));
    }
    await hear(one, ann, cid, 'after');
    for (const node of cluster.nodes) {
      await soon(async () => expect(await cluster.platformsOf(node, 'cid')).toEqual([1]));
    }
  });

  it('start without it', { timeout: STORY_MS }, async () => {
    await cluster.redis.kill();
    const four = await cluster.add();
    expect((await four.v3('/user/get_users_info', { userIDs: ['ann'] }, await four.adminToken())).body.errCode).toBe(0);
    await renamed(four, 'fourth');
    expect(await Promise.all(cluster.nodes.map(nameOf))).toEqual(Array(4).fill('fourth'));
    await cluster.redis.resume();
    await soon(() => expect(cluster.nodes.map(isLinked)).toEqual(Array(4).fill(true)));
  });
});
