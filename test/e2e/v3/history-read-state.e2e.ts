import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { Message } from '../../../src/messaging/message.entity.js';
import { Sequence } from '../../../src/messaging/sequence.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { argsError, type HistoryTalk, historyTalk, noPermission, notFound, SUCCESS } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';

describeOnEachDatabase('v3 read state', (database) => {
  let im: Im;
  let talk: HistoryTalk;
  /** A chat of its own for every test, with five messages of `ann`. */
  let chat: { ann: string; bob: string; id: string };
  let pairs = 0;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('cid');
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    pairs += 1;
    const [ann, bob] = [`ann${pairs}`, `bob${pairs}`];
    await im.register(ann, bob);
    for (let i = 0; i < 5; i += 1) await talk.say(ann, { recvID: bob });
    chat = { ann, bob, id: `si_${ann}_${bob}` };
    talk.heard(0);
  });

  const mark = (userID: string, hasReadSeq: unknown, seqs?: unknown, conversationID = chat.id) =>
    talk.call(userID, '/msg/mark_conversation_as_read', { conversationID, userID, hasReadSeq, seqs });
  const markSeqs = (userID: string, seqs: unknown, conversationID = chat.id) =>
    talk.call(userID, '/msg/mark_msgs_as_read', { conversationID, seqs, userID });
  const set = (userID: string, hasReadSeq: unknown, conversationID = chat.id) =>
    talk.call(userID, '/msg/set_conversation_has_read_seq', {
      conversationID,
      userID,
      hasReadSeq,
      noNotification: true,
    });
  const stateOf = async (userID: string, conversationID = chat.id) => {
    const body = { userID, conversationIDs: [conversationID] };
    return (await talk.call(userID, '/msg/get_conversations_has_read_and_max_seq', body)).data.seqs[conversationID];
  };
  const readFlags = async (userID: string) => (await talk.pull(userID, chat.id)).Msgs.map(({ isRead }: any) => isRead);

  describe('mark_conversation_as_read in a single chat', () => {
    it('marks what becomes read, moves the position, and tells the peer with a seq', async () => {
      expect(await mark(chat.bob, 3)).toEqual(SUCCESS);
      expect(await readFlags(chat.ann)).toEqual([true, true, true, false, false]);
      expect(await readFlags(chat.bob)).toEqual([true, true, true, false, false]);
      expect(await stateOf(chat.bob)).toMatchObject({ maxSeq: 5, hasReadSeq: 3 });
      const [{ message, detail }, ...others] = talk.heard(2200);
      expect(others).toEqual([]);
      expect(message).toMatchObject({
        conversationID: `n_${chat.ann}_${chat.bob}`,
        seq: 1,
        sendID: chat.bob,
        recvID: chat.ann,
        sessionType: 1,
      });
      expect(JSON.parse(message.options)).toMatchObject({ history: true, offlinePush: false });
      expect(detail).toEqual({
        markAsReadUserID: chat.bob,
        conversationID: chat.id,
        seqs: [1, 2, 3],
        hasReadSeq: 3,
      });
    });

    it('takes single seqs besides, and never goes back', async () => {
      await mark(chat.bob, 2, [5]);
      expect(await readFlags(chat.bob)).toEqual([true, true, false, false, true]);
      await mark(chat.bob, 1);
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 2 });
      const receipts = talk.heard(2200).map(({ detail }) => [detail.seqs, detail.hasReadSeq]);
      expect(receipts).toEqual([[[1, 2, 5], 2]]);
    });

    it('stores nothing and tells nobody when nothing changes', async () => {
      await mark(chat.bob, 3, [5]);
      const channel = { conversationID: `n_${chat.ann}_${chat.bob}` };
      for (const seqs of [[], [5], [1, 2]]) expect(await mark(chat.bob, 3, seqs)).toEqual(SUCCESS);
      expect(await markSeqs(chat.bob, [2, 3])).toEqual(SUCCESS);
      expect(await im.rows('im_messages', channel)).toHaveLength(1);
      expect(await mark(chat.bob, 2, [4])).toEqual(SUCCESS);
      expect(await mark(chat.bob, 5)).toEqual(SUCCESS);
      const receipts = talk.heard(2200).map(({ detail }) => [detail.seqs, detail.hasReadSeq]);
      expect(receipts).toEqual([
        [[1, 2, 3, 5], 3],
        [[4], 3],
        [[4, 5], 5],
      ]);
    });

    it("tells the peer that the position rose, also over the reader's own messages alone", async () => {
      await talk.say(chat.bob, { recvID: chat.ann });
      await mark(chat.ann, 5);
      expect(talk.heard(2200)).toEqual([]);
      await mark(chat.ann, 6);
      expect(talk.heard(2200).map(({ detail }) => [detail.seqs, detail.hasReadSeq])).toEqual([[[6], 6]]);
    });

    it('names the newest of very many, and marks all in few statements', async () => {
      const { manager } = im.get(Transactions);
      await manager.update(Sequence, { conversationID: chat.id }, { maxSeq: 1_000_000 });
      await manager.update(Message, { conversationID: chat.id, seq: 5 }, { seq: 999_999 });
      const statements = await statementsOf(im, () => mark(chat.bob, 1_000_000, [1, 2]));
      expect(statements.filter((sql) => /^UPDATE/i.test(sql) && /im_messages/.test(sql))).toHaveLength(1);
      const rows = await im.rows('im_messages', { conversationID: chat.id });
      expect(rows.map(({ isRead }) => Number(isRead))).toEqual([1, 1, 1, 1, 1]);
      const [{ detail }] = talk.heard(2200);
      expect([detail.seqs.length, detail.seqs[0], detail.seqs.at(-1)]).toEqual([5000, 995_001, 1_000_000]);
    });

    it('ends at the end of the conversation', async () => {
      expect(await mark(chat.bob, 99, [98])).toEqual(SUCCESS);
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 5 });
      expect(talk.heard(2200)[0].detail).toMatchObject({ seqs: [1, 2, 3, 4, 5], hasReadSeq: 5 });
    });

    it("does not mark the reader's own messages", async () => {
      await talk.say(chat.bob, { recvID: chat.ann });
      expect(await mark(chat.ann, 6)).toEqual(SUCCESS);
      expect(await readFlags(chat.ann)).toEqual([false, false, false, false, false, true]);
    });

    it('keeps the highest of positions set at once', async () => {
      await Promise.all([3, 1, 5, 2, 4].map((seq) => mark(chat.bob, seq)));
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 5 });
      expect(await readFlags(chat.bob)).toEqual([true, true, true, true, true]);
    });

    it("is one's own; a conversation has to be there", async () => {
      const body = { conversationID: chat.id, userID: chat.bob, hasReadSeq: 1 };
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await talk.call('cid', '/msg/mark_conversation_as_read', body)).toEqual(foreign);
      expect(await mark('cid', 1)).toEqual(notFound('conversation not found'));
      expect(await im.rows('im_read_positions', { userID: 'cid' })).toEqual([]);
      expect(talk.heard(2200)).toEqual([]);
    });

    it.each([
      ['conversationID is empty', { userID: 'cid', hasReadSeq: 1 }],
      ['userID is empty', { conversationID: 'si_x_y', hasReadSeq: 1 }],
      ['hasReadSeq is invalid', { conversationID: 'si_x_y', userID: 'cid' }],
      ['hasReadSeq is invalid', { conversationID: 'si_x_y', userID: 'cid', hasReadSeq: 0 }],
      ['hasReadSeq is invalid', { conversationID: 'si_x_y', userID: 'cid', hasReadSeq: -1 }],
      ['seqs has 0 value is invalid', { conversationID: 'si_x_y', userID: 'cid', hasReadSeq: 1, seqs: [1, 0] }],
    ])('is refused: %s', async (errDlt, body) => {
      expect(await talk.call('cid', '/msg/mark_conversation_as_read', body)).toEqual(argsError(errDlt));
    });
  });

  describe('mark_conversation_as_read in a group', () => {
    it("moves the position, and tells the user's own devices without a seq", async () => {
      const groupID = await im.group(chat.ann, chat.bob);
      const id = `sg_${groupID}`;
      await talk.say(chat.ann, { groupID });
      talk.heard(0);
      expect(await mark(chat.bob, 2, [1], id)).toEqual(SUCCESS);
      expect(await stateOf(chat.bob, id)).toMatchObject({ maxSeq: 2, hasReadSeq: 2 });
      const [{ message, detail }] = talk.heard(2200);
      expect(message).toMatchObject({ seq: 0, sendID: chat.bob, recvID: chat.bob, sessionType: 1 });
      expect(detail).toEqual({ markAsReadUserID: chat.bob, conversationID: id, seqs: [], hasReadSeq: 2 });
      await mark(chat.bob, 2, [1], id);
      await mark(chat.bob, 1, [], id);
      expect(talk.heard(2200)).toEqual([]);
      const { Msgs } = await talk.pull(chat.ann, id);
      expect(Msgs.every(({ isRead }: any) => !isRead)).toBe(true);
    });
  });

  describe('mark_msgs_as_read', () => {
    it('marks the messages, and everything before the newest of them', async () => {
      expect(await markSeqs(chat.bob, [4, 2])).toEqual(SUCCESS);
      expect(await readFlags(chat.bob)).toEqual([false, true, false, true, false]);
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 4 });
      const [{ message, detail }] = talk.heard(2200);
      expect(message).toMatchObject({ seq: 1, recvID: chat.ann });
      expect(detail).toMatchObject({ seqs: [2, 4], hasReadSeq: 4 });
    });

    it('tells a group of it', async () => {
      const groupID = await im.group(chat.ann, chat.bob);
      talk.heard(0);
      expect(await markSeqs(chat.bob, [1], `sg_${groupID}`)).toEqual(SUCCESS);
      const [{ message, detail }] = talk.heard(2200);
      expect(message).toMatchObject({ conversationID: `n_${groupID}`, seq: 1, groupID, sessionType: 3 });
      expect(detail).toMatchObject({ seqs: [1], hasReadSeq: 1 });
      await talk.kick(chat.bob, groupID);
      talk.heard(0);
      expect(await markSeqs(chat.bob, [1], `sg_${groupID}`)).toEqual(SUCCESS);
      expect(talk.heard(2200)).toEqual([]);
    });

    it('refuses a seq that does not exist yet, wherever it stands', async () => {
      const beyond = argsError('hasReadSeq must not be bigger than maxSeq');
      expect(await markSeqs(chat.bob, [6])).toEqual(beyond);
      expect(await markSeqs(chat.bob, [6, 1])).toEqual(beyond);
      expect(await readFlags(chat.bob)).toEqual([false, false, false, false, false]);
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 0 });
      expect(talk.heard(2200)).toEqual([]);
    });

    it("is one's own; a conversation has to be there", async () => {
      const body = { conversationID: chat.id, userID: chat.bob, seqs: [1] };
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await talk.call('cid', '/msg/mark_msgs_as_read', body)).toEqual(foreign);
      expect(await markSeqs('cid', [1])).toEqual(notFound('conversation not found'));
    });

    it.each([
      ['conversationID is empty', { userID: 'cid', seqs: [1] }],
      ['seqs is empty', { conversationID: 'si_x_y', userID: 'cid' }],
      ['seqs is empty', { conversationID: 'si_x_y', userID: 'cid', seqs: [] }],
      ['seqs has 0 value is invalid', { conversationID: 'si_x_y', userID: 'cid', seqs: [0] }],
      ['userID is empty', { conversationID: 'si_x_y', seqs: [1] }],
    ])('is refused: %s', async (errDlt, body) => {
      expect(await talk.call('cid', '/msg/mark_msgs_as_read', body)).toEqual(argsError(errDlt));
    });
  });

  describe('set_conversation_has_read_seq', () => {
    it("only raises, and tells the user's own devices when it did", async () => {
      expect(await set(chat.bob, 4)).toEqual(SUCCESS);
      expect(await set(chat.bob, 2)).toEqual(SUCCESS);
      expect(await stateOf(chat.bob)).toMatchObject({ hasReadSeq: 4 });
      expect(await readFlags(chat.bob)).toEqual([false, false, false, false, false]);
      const told = talk
        .heard(2200)
        .map(({ message, detail }) => [message.recvID, message.seq, detail.seqs, detail.hasReadSeq]);
      expect(told).toEqual([[chat.bob, 0, [], 4]]);
    });

    it('refuses what is beyond the end; of a foreign conversation everything is', async () => {
      const beyond = argsError('hasReadSeq must not be bigger than maxSeq');
      expect(await set(chat.bob, 6)).toEqual(beyond);
      expect(await set('cid', 1)).toEqual(beyond);
      expect(await set('cid', 1, 'si_x_y')).toEqual(beyond);
      expect(await set(chat.bob, 0)).toEqual(argsError('hasReadSeq is invalid'));
      expect(await im.rows('im_read_positions', { userID: 'cid' })).toEqual([]);
    });
  });

  describe('get_conversations_has_read_and_max_seq', () => {
    const states = (userID: string, more: object = {}) =>
      talk.call(userID, '/msg/get_conversations_has_read_and_max_seq', { userID, ...more });

    it("answers all of the user's when none is named, without channels", async () => {
      await mark(chat.bob, 2);
      const { data, ...rest } = await states(chat.bob);
      expect(rest).toEqual(SUCCESS);
      const [row] = await im.rows('im_sequences', { conversationID: chat.id });
      expect(data).toEqual({
        seqs: { [chat.id]: { maxSeq: 5, hasReadSeq: 2, maxSeqTime: Number(row.maxSeqTime) } },
        pinnedConversationIDs: null,
      });
      expect((await states(chat.ann)).data.seqs[chat.id]).toMatchObject({ maxSeq: 5, hasReadSeq: 5 });
    });

    it('has an entry for each that is named; of a foreign one it tells nothing', async () => {
      const { data } = await states('cid', { conversationIDs: [chat.id, 'si_x_y'] });
      const nothing = { maxSeq: 0, hasReadSeq: 0, maxSeqTime: 0 };
      expect(data).toEqual({ seqs: { [chat.id]: nothing, si_x_y: nothing }, pinnedConversationIDs: null });
    });

    it('leaves the map out where there is nothing', async () => {
      expect(await states('cid')).toEqual({ ...SUCCESS, data: { pinnedConversationIDs: null } });
      expect(await states('cid', { conversationIDs: [] })).toEqual({
        ...SUCCESS,
        data: { pinnedConversationIDs: null },
      });
    });

    it('refuses an empty user, and anybody else', async () => {
      const nobody = await talk.call('cid', '/msg/get_conversations_has_read_and_max_seq', { userID: '' });
      expect(nobody).toEqual(argsError('userID is empty'));
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      const body = { userID: chat.bob };
      expect(await talk.call('cid', '/msg/get_conversations_has_read_and_max_seq', body)).toEqual(foreign);
    });
  });

  it('a new account of a deleted ID has read nothing', async () => {
    await mark(chat.bob, 3);
    await im.get(UsersService).delete([chat.bob]);
    expect(await im.rows('im_read_positions', { userID: chat.bob })).toEqual([]);
  });
});
