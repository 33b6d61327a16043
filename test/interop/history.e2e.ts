import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, historyOf, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

const CHAT = chatOf('ann', 'bob');
const LINES = Array.from({ length: 55 }, (_, index) => `line ${index + 1}`);

withOfficialSdk('History with the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
    // By both, in turn: each line waits for the one before.
    for (const [index, line] of LINES.entries()) {
      await (index % 3 === 0 ? say(bob, { to: 'ann' }, line) : say(ann, { to: 'bob' }, line));
    }
    await newPage(ann, bob);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  const page = (client: Client, method: string, startClientMsgID: string, count: number) =>
    client.call(method, { conversationID: CHAT, startClientMsgID, count });
  const texts = (messages: any[]): string[] => messages.map(({ textElem }) => textElem?.content);

  it('is read backwards in pages by a device that was never there', async () => {
    const phone = await world.login('bob', { platformID: 2 });
    const pages: any[] = [];
    let start = '';
    do {
      pages.push(await page(phone, 'getAdvancedHistoryMessageList', start, 20));
      start = pages.at(-1).messageList[0].clientMsgID;
    } while (!pages.at(-1).isEnd);
    expect(pages.map(({ messageList }) => messageList.length)).toEqual([20, 20, 15]);
    const all = pages.toReversed().flatMap(({ messageList }) => messageList);
    expect(texts(all)).toEqual(LINES);
    expect(all.map(({ seq }) => seq)).toEqual(LINES.map((_, index) => index + 1));
    const times = all.map(({ sendTime }) => sendTime);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect(all.slice(0, 2)).toMatchObject([
      { sendID: 'bob', recvID: 'ann', senderNickname: 'Bob' },
      { sendID: 'ann', recvID: 'bob', senderNickname: 'Ann', senderFaceUrl: 'http://face/ann' },
    ]);
    await phone.close();
  });

  it('is read forwards from a message', async () => {
    const phone = await world.login('bob', { platformID: 2 });
    const all = await historyOf(phone, CHAT);
    const from = all[29];
    const { messageList, isEnd } = await page(phone, 'getAdvancedHistoryMessageListReverse', from.clientMsgID, 10);
    expect(texts(messageList)).toEqual(LINES.slice(29, 39));
    expect(isEnd).toBe(false);
    const rest = await page(phone, 'getAdvancedHistoryMessageListReverse', messageList[9].clientMsgID, 20);
    expect(texts(rest.messageList)).toEqual(LINES.slice(38));
    expect(rest.isEnd).toBe(true);
    await phone.close();
  });

  it('is the same for both, on all devices, whoever was there', async () => {
    const phones = [await world.login('ann', { platformID: 2 }), await world.login('bob', { platformID: 2 })];
    const essence = (messages: any[]) =>
      messages.map(({ seq, clientMsgID, serverMsgID, sendTime, sendID, textElem }) => ({
        seq,
        clientMsgID,
        serverMsgID,
        sendTime,
        sendID,
        textElem,
      }));
    const [first, ...others] = await Promise.all([ann, bob, ...phones].map((client) => historyOf(client, CHAT, 17)));
    expect(first).toHaveLength(LINES.length);
    for (const other of others) expect(essence(other)).toEqual(essence(first));
    await Promise.all(phones.map((phone) => phone.close()));
  });

  it('goes on around what was deleted and revoked', async () => {
    const all = await historyOf(bob, CHAT);
    for (const seq of [50, 51, 40]) {
      await bob.call('deleteMessage', { conversationID: CHAT, clientMsgID: all[seq - 1].clientMsgID });
    }
    await ann.call('revokeMessage', { conversationID: CHAT, clientMsgID: all[44].clientMsgID });
    await bob.event('OnNewRecvMessageRevoked');
    const phone = await world.login('bob', { platformID: 2 });
    const left = await historyOf(phone, CHAT, 10);
    expect(left.map(({ seq }) => seq)).toEqual(
      LINES.map((_, index) => index + 1).filter((seq) => ![40, 50, 51].includes(seq)),
    );
    expect(left.find(({ seq }) => seq === 45)).toMatchObject({ contentType: 2101 });
    expect(JSON.parse(left.find(({ seq }) => seq === 45).notificationElem.detail)).toMatchObject({
      revokerID: 'ann',
      sourceMessageSendID: 'ann',
      clientMsgID: all[44].clientMsgID,
    });
    await phone.close();
  });

  it('of a group is complete for who joins later, and closed to who is gone', async () => {
    const { groupID } = await ann.call('createGroup', { memberUserIDs: ['bob'], groupInfo: { groupName: 'talk' } });
    await bob.event('OnJoinedGroupAdded');
    await say(ann, { groupID }, 'before cid');
    await ann.call('inviteUserToGroup', { groupID, reason: '', userIDList: ['cid'] });
    await cid.event('OnJoinedGroupAdded');
    await say(ann, { groupID }, 'with cid');
    await cid.text('with cid');
    const said = async (client: Client) =>
      (await historyOf(client, `sg_${groupID}`)).map(({ contentType, textElem }) => textElem?.content ?? contentType);
    expect(await said(cid)).toEqual([1501, 'before cid', 1509, 'with cid']);

    await ann.call('kickGroupMember', { groupID, reason: '', userIDList: ['cid'] });
    await cid.event('OnJoinedGroupDeleted');
    await newPage(ann, bob, cid);
    await say(ann, { groupID }, 'without cid');
    await quiet(ann, bob, cid);
    expect(cid.messages()).toEqual([]);
    // The SDK asks for the members too, which only members may.
    await expect(said(cid)).rejects.toThrow('NoPermissionError');

    await ann.call('inviteUserToGroup', { groupID, reason: 'again', userIDList: ['cid'] });
    await cid.event('OnJoinedGroupAdded');
    const phone = await world.login('cid', { platformID: 2 });
    const all = [1501, 'before cid', 1509, 'with cid', 1508, 'without cid', 1509];
    for (const client of [phone, bob]) expect(await said(client)).toEqual(all);
    await phone.close();
  });
});
