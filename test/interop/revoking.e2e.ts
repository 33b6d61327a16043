import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, historyOf, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

const CHAT = chatOf('ann', 'bob');

withOfficialSdk('Taking messages back with the official SDK', (database) => {
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

  const contents = async (client: Client, conversationID: string): Promise<string[]> =>
    (await historyOf(client, conversationID)).map(({ contentType, textElem }) => textElem?.content ?? contentType);

  it('works for the sender in a chat, and both hear it once', async () => {
    const [, wrong] = await say(ann, { to: 'bob' }, 'right', 'wrong');
    await say(bob, { to: 'ann' }, 'answer');
    await newPage(ann, bob);
    await ann.call('revokeMessage', { conversationID: CHAT, clientMsgID: wrong.clientMsgID });
    const revoked = {
      revokerID: 'ann',
      revokerNickname: 'Ann',
      clientMsgID: wrong.clientMsgID,
      seq: 2,
      sessionType: 1,
      sourceMessageSendID: 'ann',
      sourceMessageSendTime: wrong.sendTime,
    };
    expect(await bob.once('OnNewRecvMessageRevoked')).toMatchObject(revoked);
    expect(await ann.once('OnNewRecvMessageRevoked')).toMatchObject(revoked);
    expect(bob.messages()).toEqual([]);
    for (const client of [ann, bob]) expect(await contents(client, CHAT)).toEqual(['right', 2101, 'answer']);
  });

  it('is refused to the other, and a second time', async () => {
    const [mine] = await say(ann, { to: 'bob' }, 'stays');
    await bob.text('stays');
    const asked = { conversationID: CHAT, clientMsgID: mine.clientMsgID };
    await expect(bob.call('revokeMessage', asked)).rejects.toThrow('message can not be revoked');
    await ann.call('revokeMessage', asked);
    await bob.event('OnNewRecvMessageRevoked');
    await newPage(ann, bob);
    await expect(ann.call('revokeMessage', asked)).rejects.toThrow('MsgAlreadyRevoke');
    await quiet(ann, bob);
    expect([ann.names(), bob.names()]).toEqual([[], []]);
  });

  it('works for the owner of a group on what others wrote', async () => {
    const [said] = await say(bob, { groupID }, 'off topic');
    await ann.text('off topic');
    await newPage(ann, bob, cid);
    const asked = { conversationID: `sg_${groupID}`, clientMsgID: said.clientMsgID };
    await expect(cid.call('revokeMessage', asked)).rejects.toThrow('message can not be revoked');
    await ann.call('revokeMessage', asked);
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnNewRecvMessageRevoked')).toMatchObject({
        revokerID: 'ann',
        revokerRole: 100,
        clientMsgID: said.clientMsgID,
        sourceMessageSendID: 'bob',
        sessionType: 3,
      });
      expect(await contents(client, `sg_${groupID}`)).toEqual([1501, 2101]);
    }
  });

  it('reaches a quote of the message', async () => {
    const [claim] = await say(ann, { to: 'bob' }, 'a claim');
    const original = await bob.text('a claim');
    const quote = await bob.call('createQuoteMessage', { text: 'really?', message: JSON.stringify(original) });
    await bob.call('sendMessage', { recvID: 'ann', groupID: '', message: quote });
    await ann.event('OnRecvNewMessages');
    await newPage(ann, bob);
    await ann.call('revokeMessage', { conversationID: CHAT, clientMsgID: claim.clientMsgID });
    await bob.event('OnNewRecvMessageRevoked');
    const phone = await world.login('bob', { platformID: 2 });
    const last = (await historyOf(phone, CHAT)).at(-1);
    expect(last.quoteElem).toMatchObject({ text: 'really?', quoteMessage: { contentType: 2101 } });
    await phone.close();
  });

  it('leaves what is only deleted for oneself to the others', async () => {
    const [, second] = await say(cid, { to: 'bob' }, 'keep', 'drop');
    await bob.text('drop');
    await newPage(bob, cid);
    const chat = chatOf('bob', 'cid');
    await bob.call('deleteMessage', { conversationID: chat, clientMsgID: second.clientMsgID });
    await quiet(bob, cid);
    expect(cid.names()).toEqual([]);
    expect(await contents(bob, chat)).toEqual(['keep']);
    const [bobsPhone, cidsPhone] = [
      await world.login('bob', { platformID: 2 }),
      await world.login('cid', { platformID: 2 }),
    ];
    expect(await contents(bobsPhone, chat)).toEqual(['keep']);
    expect(await contents(cidsPhone, chat)).toEqual(['keep', 'drop']);
    await Promise.all([bobsPhone.close(), cidsPhone.close()]);
  });

  it('clears a conversation for oneself, which goes on with the next message', async () => {
    const chat = chatOf('bob', 'cid');
    await bob.call('deleteConversationAndDeleteAllMsg', chat);
    const phone = await world.login('bob', { platformID: 2 });
    expect(await contents(phone, chat)).toEqual([]);
    await say(cid, { to: 'bob' }, 'anew');
    await phone.text('anew');
    expect(await contents(phone, chat)).toEqual(['anew']);
    expect(await contents(cid, chat)).toEqual(['keep', 'drop', 'anew']);
    await phone.close();
  });

  it('clears everything for oneself', async () => {
    await bob.call('deleteAllMsgFromLocalAndSvr');
    const phone = await world.login('bob', { platformID: 2 });
    for (const conversationID of [CHAT, chatOf('bob', 'cid'), `sg_${groupID}`]) {
      expect(await contents(phone, conversationID)).toEqual([]);
    }
    expect(await phone.call('getTotalUnreadMsgCount')).toBe(0);
    expect(await phone.call('getConversationListSplit', { offset: 0, count: 20 })).toEqual([]);
    expect(await contents(cid, `sg_${groupID}`)).toEqual([1501, 2101]);
    await phone.close();
  });

  it('destroys a message for everybody when the AppServer says so', async () => {
    const [, secret] = await say(ann, { to: 'cid' }, 'fine', 'secret');
    await cid.text('secret');
    await newPage(ann, cid);
    await world.v3('/msg/delete_msgs', {
      conversationID: chatOf('ann', 'cid'),
      seqs: [2],
      userID: 'ann',
      deleteSyncOpt: { IsSyncSelf: true, IsSyncOther: true },
    });
    await quiet(ann, cid);
    const phones = [await world.login('ann', { platformID: 2 }), await world.login('cid', { platformID: 2 })];
    for (const phone of phones) {
      const left = await historyOf(phone, chatOf('ann', 'cid'));
      expect(left.map(({ textElem }) => textElem.content)).toEqual(['fine']);
      expect(JSON.stringify(left)).not.toContain(secret.clientMsgID);
      await phone.close();
    }
  });
});
