import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

const CHAT = chatOf('ann', 'bob');

withOfficialSdk('Conversations of the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let annsPhone: Client;
  let bob: Client;
  let cid: Client;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
    annsPhone = await world.login('ann', { platformID: 2 });
    await say(ann, { to: 'bob' }, 'hello');
    await say(cid, { to: 'ann' }, 'hello');
    await annsPhone.event('OnRecvNewMessages', ([{ sendID }]) => sendID === 'cid');
    await newPage(ann, annsPhone, bob, cid);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, annsPhone, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  const list = async (client: Client): Promise<string[]> => {
    const found: any[] = await client.call('getConversationListSplit', { offset: 0, count: 20 });
    return found.map(({ conversationID }) => conversationID);
  };

  it('are pinned on all devices of their owner, and on nobody else’s', async () => {
    expect(await list(ann)).toEqual([chatOf('ann', 'cid'), CHAT]);
    await ann.call('setConversation', { conversationID: CHAT, isPinned: true, ex: 'mine' });
    const pinned = ([conversation]: any[]) => conversation.isPinned === true;
    for (const client of [ann, annsPhone]) {
      expect(await client.once('OnConversationChanged', pinned)).toMatchObject([
        { conversationID: CHAT, isPinned: true, ex: 'mine' },
      ]);
      expect(await list(client)).toEqual([CHAT, chatOf('ann', 'cid')]);
    }
    expect(bob.names()).toEqual([]);
    const later = await world.login('ann', { platformID: 3 });
    expect(await list(later)).toEqual([CHAT, chatOf('ann', 'cid')]);
    await later.close();
  });

  it('without alerts do not count as unread', async () => {
    await ann.call('setConversation', { conversationID: CHAT, recvMsgOpt: 2 });
    await annsPhone.event('OnConversationChanged', ([{ recvMsgOpt }]) => recvMsgOpt === 2);
    await newPage(ann, annsPhone);
    await say(bob, { to: 'ann' }, 'psst');
    await annsPhone.text('psst');
    await ann.text('psst');
    expect(annsPhone.all('OnTotalUnreadMessageCountChanged')).toEqual([]);
    await ann.call('setConversation', { conversationID: CHAT, recvMsgOpt: 0 });
  });

  it('that refuse messages refuse them to the sender', async () => {
    await ann.call('setConversation', { conversationID: CHAT, recvMsgOpt: 1 });
    await newPage(ann, bob);
    await expect(say(bob, { to: 'ann' }, 'may I?')).rejects.toMatchObject({ errCode: 1001 });
    await quiet(ann);
    expect(ann.messages()).toEqual([]);
    await ann.call('setConversation', { conversationID: CHAT, recvMsgOpt: 0 });
    await newPage(ann, bob);
    await say(bob, { to: 'ann' }, 'and now?');
    expect(await ann.text('and now?')).toMatchObject({ sendID: 'bob' });
  });

  it('that are private say so to both, and in every message', async () => {
    await ann.call('setConversation', { conversationID: CHAT, isPrivateChat: true, burnDuration: 45 });
    const isPrivate = ([conversation]: any[]) => conversation.isPrivateChat === true;
    for (const client of [ann, annsPhone]) {
      expect(await client.event('OnConversationChanged', isPrivate)).toMatchObject([
        { conversationID: CHAT, isPrivateChat: true, burnDuration: 45 },
      ]);
    }
    for (const client of [ann, annsPhone, bob]) {
      const told = (messages: any[]) => messages.some(({ contentType }) => contentType === 1701);
      const [{ notificationElem }] = await client.once('OnRecvNewMessages', told);
      expect(JSON.parse(notificationElem.detail)).toMatchObject({ isPrivate: true, conversationID: CHAT });
    }
    await newPage(ann, annsPhone, bob);
    await say(ann, { to: 'bob' }, 'burn this');
    for (const client of [bob, annsPhone]) {
      expect((await client.text('burn this')).attachedInfoElem).toMatchObject({
        isPrivateChat: true,
        burnDuration: 45,
      });
    }
    await ann.call('setConversation', { conversationID: CHAT, isPrivateChat: false });
  });

  it('show the last message and its time', async () => {
    const [sent] = await say(cid, { to: 'ann' }, 'the latest');
    const changed = await ann.event('OnConversationChanged', ([{ latestMsg }]) => latestMsg.includes('the latest'));
    expect(changed).toMatchObject([{ conversationID: chatOf('ann', 'cid'), latestMsgSendTime: sent.sendTime }]);
    const later = await world.login('ann', { platformID: 3 });
    const conversation = await later.call('getOneConversation', { sourceID: 'cid', sessionType: 1 });
    expect(conversation).toMatchObject({
      showName: 'Cid',
      faceURL: 'http://face/cid',
      latestMsgSendTime: sent.sendTime,
    });
    expect(JSON.parse(conversation.latestMsg)).toMatchObject({ clientMsgID: sent.clientMsgID });
    await later.close();
  });
});
