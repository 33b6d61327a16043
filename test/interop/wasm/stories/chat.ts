import { beforeAll, expect, it } from 'vitest';
import { type Client, SOON } from '../support/client.js';
import type { World } from '../support/world.js';

const ANN = { recvID: 'ann' };
const BOB = { recvID: 'bob' };
const CHAT = 'si_ann_bob';

/** Two users and what they do to their messages. */
export function chatting(world: () => World): void {
  let ann: Client;
  let bob: Client;
  beforeAll(async () => {
    [ann, bob] = await world().enter('ann', 'bob');
  });

  it('write to each other: every text arrives once, with what was written', async () => {
    const sent = await ann.text(BOB, 'hello bob');
    expect(sent).toMatchObject({ sendID: 'ann', recvID: 'bob', status: 2, contentType: 101 });
    await bob.hears({
      OnNewConversation: [[{ conversationID: CHAT, userID: 'ann', showName: 'ann' }]],
      OnRecvNewMessages: [
        {
          clientMsgID: sent.clientMsgID,
          serverMsgID: sent.serverMsgID,
          sendTime: sent.sendTime,
          sendID: 'ann',
          recvID: 'bob',
          senderNickname: 'ann',
          sessionType: 1,
          seq: 1,
          status: 2,
          textElem: { content: 'hello bob' },
        },
      ],
    });
    await ann.hears({ OnNewConversation: [[{ conversationID: CHAT, userID: 'bob', showName: 'bob' }]] });
    expect(await bob.conversation(ANN)).toMatchObject({ unreadCount: 1 });
    expect(await ann.conversation(BOB)).toMatchObject({ unreadCount: 0 });

    await bob.text(ANN, 'héllo ann, 你好 😀 <&>"\'\\');
    await ann.hears({ OnRecvNewMessages: [{ seq: 2, textElem: { content: 'héllo ann, 你好 😀 <&>"\'\\' } }] });
    await bob.hears({});
  });

  it('write in bursts, both at a time, and hear all in order', async () => {
    const texts = (who: string): string[] => Array.from({ length: 20 }, (_, n) => `${who} ${n}`);
    const write = async (from: Client, to: typeof ANN, who: string): Promise<void> => {
      for (const text of texts(who)) await from.text(to, text);
    };
    await Promise.all([write(ann, BOB, 'from ann'), write(bob, ANN, 'from bob')]);
    await bob.hears({ OnRecvNewMessages: texts('from ann').map((content) => ({ textElem: { content } })) });
    await ann.hears({ OnRecvNewMessages: texts('from bob').map((content) => ({ textElem: { content } })) });
    // Of one's own texts the seqs come with their pushes, which the client works off after the calls have answered.
    const seqs = async (client: Client): Promise<unknown[]> =>
      (await client.history(CHAT, 7)).map(({ clientMsgID, seq }) => [clientMsgID, seq]);
    await expect.poll(async () => (await seqs(ann)).flat().includes(0), SOON).toBe(false);
    await expect.poll(() => seqs(bob), SOON).toEqual(await seqs(ann));
    expect((await bob.history(CHAT, 7)).map(({ seq }) => seq)).toEqual(Array.from({ length: 42 }, (_, n) => n + 1));
  });

  it('read: the writer hears which texts were read, and both count nothing unread', async () => {
    await ann.text(BOB, 'read me');
    await ann.text(BOB, 'and me');
    await bob.hears({ OnRecvNewMessages: [{}, {}] });
    await ann.hears({});
    const before = await bob.conversation(ANN);
    expect(before.unreadCount).toBeGreaterThan(1);
    await bob.call('markConversationMessageAsRead', CHAT);
    const [receipts] = (await ann.journal.waitFor('OnRecvC2CReadReceipt')) as any[];
    expect(receipts).toMatchObject({ userID: 'bob', sessionType: 1 });
    await ann.hears({ OnRecvC2CReadReceipt: [[{}]] });
    const latest = (await ann.history(CHAT)).filter(({ sendID }) => sendID === 'ann').slice(-2);
    expect(latest).toMatchObject([{ isRead: true }, { isRead: true }]);
    expect(await bob.conversation(ANN)).toMatchObject({ unreadCount: 0 });
    await bob.hears({});
  });

  it('type: the other sees it begin and end', async () => {
    await ann.call('changeInputStates', { conversationID: CHAT, focus: true });
    await bob.hears({
      OnConversationUserInputStatusChanged: [{ conversationID: CHAT, userID: 'ann', platformIDs: [5] }],
    });
    await ann.call('changeInputStates', { conversationID: CHAT, focus: false });
    await bob.hears({
      OnConversationUserInputStatusChanged: [{ conversationID: CHAT, userID: 'ann', platformIDs: [] }],
    });
    await ann.hears({});
  });

  it('take back: both see the revocation once', async () => {
    const { clientMsgID } = await ann.text(BOB, 'oh no');
    await bob.hears({ OnRecvNewMessages: [{ clientMsgID }] });
    // The seq, which the call needs, comes only with the push of one's own message.
    await expect.poll(async () => (await ann.history(CHAT)).at(-1).seq, SOON).toBeGreaterThan(0);
    await ann.call('revokeMessage', { conversationID: CHAT, clientMsgID });
    const revoked = {
      clientMsgID,
      revokerID: 'ann',
      revokerNickname: 'ann',
      sourceMessageSendID: 'ann',
      sessionType: 1,
    };
    await bob.hears({ OnNewRecvMessageRevoked: [revoked] });
    // The core tells its own user by itself, once the server has agreed, and again by what the server tells everybody.
    await ann.hears({ OnNewRecvMessageRevoked: [revoked, revoked] });
    for (const client of [ann, bob]) {
      expect((await client.history(CHAT)).at(-1)).toMatchObject({ clientMsgID, contentType: 2101 });
    }
  });

  it('send for those online only: heard, and in no history', async () => {
    const message = await ann.call('createTextMessage', 'now or never');
    await ann.call('sendMessage', { ...BOB, groupID: '', message, isOnlineOnly: true });
    // This build of the core announces it like any other; that it has no seq tells it apart.
    await bob.hears({ OnRecvNewMessages: [{ seq: 0, textElem: { content: 'now or never' } }] });
    await ann.hears({});
    expect((await bob.history(CHAT)).at(-1)).not.toMatchObject({ clientMsgID: message.clientMsgID });
  });

  it('delete one text for oneself only', async () => {
    const { clientMsgID } = await ann.text(BOB, 'not for me any more');
    await bob.hears({ OnRecvNewMessages: [{ clientMsgID }] });
    await bob.call('deleteMessage', { conversationID: CHAT, clientMsgID });
    await bob.hears({ OnMsgDeleted: [{ clientMsgID }] });
    await ann.hears({});
    expect((await bob.history(CHAT)).map((message) => message.clientMsgID)).not.toContain(clientMsgID);
    expect((await ann.history(CHAT)).at(-1)).toMatchObject({ clientMsgID });
  });

  it('clear the chat for oneself only, and go on', async () => {
    await bob.call('clearConversationAndDeleteAllMsg', CHAT);
    expect(await bob.history(CHAT)).toEqual([]);
    expect((await ann.history(CHAT)).length).toBeGreaterThan(40);
    bob.journal.forget();
    await ann.text(BOB, 'still there?');
    await bob.hears({ OnRecvNewMessages: [{ textElem: { content: 'still there?' } }] });
    expect(await bob.history(CHAT)).toMatchObject([{ textElem: { content: 'still there?' } }]);
    await ann.hears({});
  });
}
