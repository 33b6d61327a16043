import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, newPage, quiet } from './support/client.js';
import { MESSAGES } from './support/messages.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

withOfficialSdk('Messages of the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  let groupID: string;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
    const created = await ann.call('createGroup', { memberUserIDs: ['bob', 'cid'], groupInfo: { groupName: 'team' } });
    groupID = created.groupID;
    await newPage(ann, bob, cid);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  describe.each(MESSAGES)('$name', ({ method, elem, contentType, make }) => {
    it('reaches the other with what was written, and is no news to the sender', async () => {
      const written = await ann.call(method, ...make(ann.userID));
      const sent = await ann.call('sendMessageNotOss', { recvID: 'bob', groupID: '', message: written });
      expect(sent).toMatchObject({ clientMsgID: written.clientMsgID, status: 2 });
      expect(sent.serverMsgID).not.toBe('');

      const [received] = await bob.once('OnRecvNewMessages');
      expect(received).toMatchObject({
        contentType,
        clientMsgID: sent.clientMsgID,
        serverMsgID: sent.serverMsgID,
        sendTime: sent.sendTime,
        sendID: 'ann',
        recvID: 'bob',
        senderNickname: 'Ann',
        senderFaceUrl: 'http://face/ann',
        senderPlatformID: 5,
        sessionType: 1,
        msgFrom: 100,
        status: 2,
      });
      expect(received[elem]).toEqual(JSON.parse(JSON.stringify(written[elem])));
      await quiet(ann, cid);
      expect(ann.messages()).toEqual([]);
      expect(cid.messages()).toEqual([]);
    });

    it('reaches every other member of a group', async () => {
      const written = await bob.call(method, ...make(bob.userID));
      const sent = await bob.call('sendMessageNotOss', { recvID: '', groupID, message: written });
      for (const client of [ann, cid]) {
        const [received] = await client.once('OnRecvNewMessages');
        expect(received).toMatchObject({
          contentType,
          clientMsgID: sent.clientMsgID,
          sendID: 'bob',
          groupID,
          sessionType: 3,
        });
        expect(received[elem]).toEqual(JSON.parse(JSON.stringify(written[elem])));
      }
      await quiet(bob);
      expect(bob.messages()).toEqual([]);
    });
  });

  it('mention members, who see it in their conversation', async () => {
    const created = await ann.call('createGroup', { memberUserIDs: ['bob', 'cid'], groupInfo: { groupName: 'calls' } });
    const calls: string = created.groupID;
    await newPage(ann, bob, cid);
    const message = await ann.call('createTextAtMessage', { text: '@Bob look', atUserIDList: ['bob'] });
    await ann.call('sendMessageNotOss', { recvID: '', groupID: calls, message });
    const changed = (all: any[]) => all.some(({ groupAtType }) => groupAtType === 1);
    expect(await bob.event('OnConversationChanged', changed)).toMatchObject([{ conversationID: `sg_${calls}` }]);
    await cid.never('OnConversationChanged', changed);

    await newPage(ann, bob, cid);
    const all = await ann.call('createTextAtMessage', { text: 'everybody', atUserIDList: ['AtAllTag'] });
    await ann.call('sendMessageNotOss', { recvID: '', groupID: calls, message: all });
    const everybody = (list: any[]) => list.some(({ groupAtType }) => groupAtType === 2);
    for (const client of [bob, cid]) await client.event('OnConversationChanged', everybody);
    await ann.never('OnConversationChanged', everybody);
  });

  it('can be quoted and passed on', async () => {
    const first = await ann.call('createTextMessage', 'the original');
    await ann.call('sendMessage', { recvID: 'bob', groupID: '', message: first });
    const original = await bob.text('the original');

    await newPage(ann, bob, cid);
    const quote = await bob.call('createQuoteMessage', { text: 'indeed', message: JSON.stringify(original) });
    await bob.call('sendMessage', { recvID: 'ann', groupID: '', message: quote });
    const [quoting] = await ann.once('OnRecvNewMessages');
    expect(quoting).toMatchObject({
      contentType: 114,
      quoteElem: { text: 'indeed', quoteMessage: { clientMsgID: original.clientMsgID, seq: original.seq } },
    });

    await newPage(ann, bob, cid);
    const forward = await bob.call('createForwardMessage', original);
    await bob.call('sendMessage', { recvID: 'cid', groupID: '', message: forward });
    expect(await cid.text('the original')).toMatchObject({ sendID: 'bob' });
    expect((await cid.text('the original')).clientMsgID).not.toBe(original.clientMsgID);
  });

  it('come in the order they were sent, from two sides at once, each once', async () => {
    const texts = (from: string) => Array.from({ length: 25 }, (_, index) => `${from} ${index}`);
    const say = async (client: Client, recvID: string) => {
      for (const text of texts(client.userID)) {
        await client.call('sendMessage', {
          recvID,
          groupID: '',
          message: await client.call('createTextMessage', text),
        });
      }
    };
    await Promise.all([say(ann, 'bob'), say(bob, 'ann'), say(cid, 'ann')]);
    await quiet(ann, bob, cid);
    const heardFrom = (client: Client, sendID: string) =>
      client.messages().flatMap((message) => (message.sendID === sendID ? [message.textElem.content] : []));
    expect(heardFrom(bob, 'ann')).toEqual(texts('ann'));
    expect(heardFrom(ann, 'bob')).toEqual(texts('bob'));
    expect(heardFrom(ann, 'cid')).toEqual(texts('cid'));
    expect([heardFrom(ann, 'ann'), heardFrom(bob, 'bob'), heardFrom(cid, 'cid')]).toEqual([[], [], []]);

    const history = async (client: Client) => {
      const asked = { conversationID: chatOf('ann', 'bob'), startClientMsgID: '', count: 50 };
      const { messageList } = await client.call('getAdvancedHistoryMessageList', asked);
      return messageList.map(({ seq, textElem }: any) => [seq, textElem.content]);
    };
    const asAnn = await history(ann);
    expect(asAnn).toEqual(await history(bob));
    expect(new Set(asAnn.map(([seq]: any) => seq)).size).toBe(50);
  });

  it('reach all devices of both, which have the same content', async () => {
    const [annsPhone, bobsPhone] = await Promise.all([
      world.login('ann', { platformID: 2 }),
      world.login('bob', { platformID: 2 }),
    ]);
    await ann.call('sendMessage', { recvID: 'bob', groupID: '', message: await ann.call('createTextMessage', 'all') });
    for (const client of [annsPhone, bob, bobsPhone]) {
      expect(await client.text('all')).toMatchObject({ sendID: 'ann', recvID: 'bob' });
    }
    expect(ann.messages()).toEqual([]);
    await Promise.all([annsPhone.close(), bobsPhone.close()]);
  });

  it('to oneself are possible', async () => {
    const message = await ann.call('createTextMessage', 'note');
    await ann.call('sendMessage', { recvID: 'ann', groupID: '', message });
    await quiet(ann);
    expect(ann.messages()).toEqual([]);
    const asked = { conversationID: 'si_ann_ann', startClientMsgID: '', count: 10 };
    const { messageList } = await ann.call('getAdvancedHistoryMessageList', asked);
    expect(messageList).toMatchObject([{ textElem: { content: 'note' }, sendID: 'ann', recvID: 'ann' }]);
  });

  it('to somebody unknown or without any content are refused', async () => {
    await expect(
      ann.call('sendMessage', { recvID: '', groupID: 'nowhere', message: await ann.call('createTextMessage', 'x') }),
    ).rejects.toMatchObject({ errMsg: expect.stringContaining('group') });
    await expect(
      ann.call('sendMessage', { recvID: 'bob', groupID: '', message: { contentType: 999 } }),
    ).rejects.toThrow('Unknown message content type');
  });
});
