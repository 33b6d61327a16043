import { afterAll, beforeAll, expect, it } from 'vitest';
import { RedisServer } from '../support/redis.js';
import { type Client, historyOf, newPage, quiet, say } from './support/client.js';
import { chatOf, onNodesWithOfficialSdk, World } from './support/world.js';

const STORY_MS = 120_000;

onNodesWithOfficialSdk('Official clients on three nodes', (database) => {
  let redis: RedisServer;
  let worlds: World[];
  let ann: Client;
  let bob: Client;
  let cid: Client;
  let groupID: string;
  beforeAll(async () => {
    redis = await RedisServer.start();
    const env = { REDIS_URL: redis.url };
    const first = await World.start(database, env);
    worlds = [first, ...(await Promise.all([first.beside(env), first.beside(env)]))];
    await first.register('ann', 'bob', 'cid');
    [ann, bob, cid] = await Promise.all(['ann', 'bob', 'cid'].map((userID, place) => worlds[place].login(userID)));
  }, STORY_MS);
  afterAll(async () => {
    for (const world of worlds.toReversed()) await world.close();
    await redis.close();
  }, STORY_MS);

  const texts = async (client: Client, conversationID: string): Promise<string[]> =>
    (await historyOf(client, conversationID)).flatMap(({ textElem }) => textElem?.content ?? []);
  const heard = (client: Client): string[] => client.messages().flatMap(({ textElem }) => textElem?.content ?? []);

  it('hear each other, once and in order', { timeout: STORY_MS }, async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    await say(ann, { to: 'bob' }, ...lines);
    await bob.text('line 19');
    expect(heard(bob)).toEqual(lines);
    await newPage(ann, bob, cid);
    await say(bob, { to: 'ann' }, 'well');
    await ann.text('well');
    expect(cid.messages()).toEqual([]);
  });

  it('found a group, and talk in it all at once', { timeout: STORY_MS }, async () => {
    await newPage(ann, bob, cid);
    ({ groupID } = await ann.call('createGroup', { memberUserIDs: ['bob', 'cid'], groupInfo: { groupName: 'far' } }));
    for (const client of [bob, cid]) await client.event('OnJoinedGroupAdded', (group) => group.groupID === groupID);
    await newPage(ann, bob, cid);
    const mine = (client: Client): string[] => Array.from({ length: 15 }, (_, index) => `${client.userID} ${index}`);
    await Promise.all([ann, bob, cid].map((client) => say(client, { groupID }, ...mine(client))));
    await quiet(ann, bob, cid);
    const all = await texts(ann, `sg_${groupID}`);
    expect(all.toSorted()).toEqual([ann, bob, cid].flatMap(mine).toSorted());
    for (const client of [ann, bob, cid]) {
      expect(await texts(client, `sg_${groupID}`)).toEqual(all);
      // In the order of the conversation, though three nodes took them.
      expect(heard(client)).toEqual(all.filter((text) => !text.startsWith(client.userID)));
    }
  });

  it('see what was read, and what was taken back', { timeout: STORY_MS }, async () => {
    await newPage(ann, bob, cid);
    const [message] = await say(ann, { to: 'bob' }, 'a slip');
    await bob.text('a slip');
    await bob.call('markConversationMessageAsRead', chatOf('ann', 'bob'));
    await ann.event('OnRecvC2CReadReceipt');
    await ann.call('revokeMessage', { conversationID: chatOf('ann', 'bob'), clientMsgID: message.clientMsgID });
    const revoked = await bob.once('OnNewRecvMessageRevoked');
    expect(revoked.clientMsgID).toBe(message.clientMsgID);
  });

  it('find what was said while Redis was away', { timeout: STORY_MS }, async () => {
    await newPage(ann, bob, cid);
    await redis.kill();
    await say(ann, { to: 'bob' }, 'into the dark', 'nobody there?');
    await say(cid, { groupID }, 'alone here');
    await redis.resume();
    // Once nodes hear each other again, the next push tells of what is missing.
    for (let call = 0; !heard(bob).some((text) => text.startsWith('call')) && call < 100; call += 1) {
      await say(ann, { to: 'bob' }, `call ${call}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await quiet(bob);
    const chat = await texts(ann, chatOf('ann', 'bob'));
    expect(chat).toEqual(expect.arrayContaining(['into the dark', 'nobody there?']));
    expect(await texts(bob, chatOf('ann', 'bob'))).toEqual(chat);
    expect(await texts(ann, `sg_${groupID}`)).toContain('alone here');
  });

  it('come back to a node that was killed, and have missed nothing', { timeout: STORY_MS }, async () => {
    await newPage(ann, bob, cid);
    await worlds[1].kill();
    await bob.event('OnConnectFailed');
    await say(ann, { to: 'bob' }, 'are you there');
    await say(ann, { groupID }, 'has anybody seen bob');
    await cid.text('has anybody seen bob');
    await worlds[1].restart();
    await bob.event('OnSyncServerFinish');
    await quiet(bob);
    await newPage(ann, bob, cid);
    await say(bob, { groupID }, 'here again');
    for (const client of [ann, cid]) await client.text('here again');
    await say(ann, { to: 'bob' }, 'good');
    await bob.text('good');
    for (const conversationID of [chatOf('ann', 'bob'), `sg_${groupID}`]) {
      expect(await texts(bob, conversationID)).toEqual(await texts(ann, conversationID));
    }
  });

  it('are logged out by a login on another node', { timeout: STORY_MS }, async () => {
    await newPage(ann, bob, cid);
    const elsewhere = await worlds[2].login('ann');
    await ann.event('OnKickedOffline');
    await say(bob, { to: 'ann' }, 'which one are you');
    await elsewhere.text('which one are you');
  });
});
