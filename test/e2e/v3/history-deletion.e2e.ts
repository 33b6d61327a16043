import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { Conversation } from '../../../src/messaging/conversation.entity.js';
import { ConversationStore } from '../../../src/messaging/conversation.store.js';
import { ConversationsChanged } from '../../../src/messaging/conversation.events.js';
import { HistoryService } from '../../../src/messaging/history/history.service.js';
import { ReadableConversations } from '../../../src/messaging/history/readable-conversations.js';
import { Message } from '../../../src/messaging/message.entity.js';
import { Sequence } from '../../../src/messaging/sequence.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { argsError, type HistoryTalk, historyTalk, noPermission, notFound, SUCCESS } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADMIN = 'openIM123456';
const OTHERS = { deleteSyncOpt: { IsSyncOther: true } };
const SELF = { deleteSyncOpt: { IsSyncSelf: true } };

describeOnEachDatabase('v3 deleting messages', (database) => {
  let im: Im;
  let talk: HistoryTalk;
  /** A chat and a group of its own for every test: 1 and 3 are of `ann`, 2 of `bob`; in the group after its creation. */
  let chat: { ann: string; bob: string; id: string; groupID: string; group: string };
  let changed: [string, readonly string[]][] = [];
  let pairs = 0;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    im.get(ImEvents).on(ConversationsChanged, 'after-commit', (event) => void changed.push(...event.changed));
    await im.register('cid');
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    pairs += 1;
    const [ann, bob] = [`ann${pairs}`, `bob${pairs}`];
    const groupID = await im.group(ann, bob);
    for (const to of [{}, { groupID }]) {
      await talk.say(ann, { recvID: bob, ...to }, { content: '{"content":"one"}' });
      await talk.say(bob, { recvID: ann, ...to }, { content: '{"content":"two"}' });
      await talk.say(ann, { recvID: bob, ...to }, { content: '{"content":"three"}' });
    }
    chat = { ann, bob, id: `si_${ann}_${bob}`, groupID, group: `sg_${groupID}` };
    talk.heard(0);
    changed = [];
  });

  const remove = (userID: string, seqs: unknown, more: object = {}, conversationID = chat.id) =>
    talk.call(userID, '/msg/delete_msgs', { conversationID, userID, seqs, ...more });
  const clear = (userID: string, conversationIDs: unknown, more: object = {}) =>
    talk.call(userID, '/msg/clear_conversation_msg', { conversationIDs, userID, ...more });
  const clearAll = (userID: string, more: object = {}) =>
    talk.call(userID, '/msg/user_clear_all_msg', { userID, ...more });
  const hidden = (userID: string) => im.rows('im_hidden_messages', { userID });
  const unread = async (userID: string, conversationID: string) => {
    const body = { userID, conversationIDs: [conversationID] };
    const { data } = await talk.call(userID, '/msg/get_conversations_has_read_and_max_seq', body);
    return data.seqs[conversationID].maxSeq - data.seqs[conversationID].hasReadSeq;
  };

  describe('delete_msgs for oneself', () => {
    it('hides them from the user alone', async () => {
      expect(await remove(chat.bob, [1, 3, 99, -5, 0])).toEqual(SUCCESS);
      expect(await talk.texts(chat.bob, chat.id)).toEqual(['-', 'two', '-']);
      expect(await talk.texts(chat.ann, chat.id)).toEqual(['one', 'two', 'three']);
      const { Msgs } = await talk.pull(chat.bob, chat.id);
      expect(Msgs[0]).toMatchObject({ sendID: chat.ann, seq: 1, contentType: 101, content: null, status: 4 });
      expect(await hidden(chat.bob)).toHaveLength(2);
      expect(talk.heard(2102)).toEqual([]);
    });

    it('shows a message revoked later as deleted still', async () => {
      await remove(chat.bob, [1]);
      await talk.call(chat.ann, '/msg/revoke_msg', { conversationID: chat.id, seq: 1, userID: chat.ann });
      const { Msgs } = await talk.pull(chat.bob, chat.id, { begin: 1, end: 1, num: 1 });
      expect(Msgs[0]).toMatchObject({ status: 4, content: null });
    });

    it("tells the user's other devices when asked to, so that they find it later", async () => {
      expect(await remove(chat.bob, [2, 1, 1], SELF)).toEqual(SUCCESS);
      const [{ message, detail }, ...others] = talk.heard(2102);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ conversationID: `n_${chat.bob}_${chat.bob}`, seq: 1, sessionType: 1 });
      expect(detail).toEqual({ userID: chat.bob, conversationID: chat.id, seqs: [1, 2] });
      expect((await talk.pull(chat.bob, `n_${chat.bob}_${chat.bob}`)).Msgs).toHaveLength(1);
      expect(await talk.pull(chat.ann, `n_${chat.bob}_${chat.bob}`)).toBeUndefined();
    });

    it('can be done twice', async () => {
      expect(await remove(chat.bob, [1])).toEqual(SUCCESS);
      expect(await remove(chat.bob, [1, 2])).toEqual(SUCCESS);
      expect(await hidden(chat.bob)).toHaveLength(2);
      for (let i = 0; i < 2; i += 1) expect(await remove(chat.bob, [2, 3], SELF)).toEqual(SUCCESS);
      expect(talk.heard(2102).map(({ detail }) => detail.seqs)).toEqual([[3]]);
      expect(await im.rows('im_messages', { conversationID: `n_${chat.bob}_${chat.bob}` })).toHaveLength(1);
    });
  });

  describe('delete_msgs for everybody', () => {
    it("takes one's own messages from both, and tells both", async () => {
      expect(await remove(chat.ann, [3, 1], { deleteSyncOpt: { IsSyncSelf: true, IsSyncOther: true } })).toEqual(
        SUCCESS,
      );
      for (const userID of [chat.ann, chat.bob]) expect(await talk.texts(userID, chat.id)).toEqual(['-', 'two', '-']);
      expect(await im.rows('im_messages', { conversationID: chat.id })).toHaveLength(1);
      const { Msgs } = await talk.pull(chat.bob, chat.id);
      expect(Msgs[0]).toEqual({
        ...Object.fromEntries(Object.keys(Msgs[0]).map((name) => [name, typeof Msgs[0][name] === 'number' ? 0 : ''])),
        seq: 1,
        status: 4,
        content: null,
        isRead: false,
        offlinePushInfo: null,
        atUserIDList: null,
      });
      const [{ message, detail }, ...others] = talk.heard(2102);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ conversationID: `n_${chat.ann}_${chat.bob}`, seq: 1, recvID: chat.bob });
      expect(detail).toEqual({ userID: chat.ann, conversationID: chat.id, seqs: [1, 3] });
      const last = await im.get(HistoryService).lastMessages(chat.ann, [chat.id]);
      expect(last.get(chat.id)).toMatchObject({ seq: 2 });
    });

    it("leaves the peer's messages, and then everything, alone", async () => {
      const refused = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await remove(chat.ann, [1, 2, 3], OTHERS)).toEqual(refused);
      expect(await talk.texts(chat.bob, chat.id)).toEqual(['one', 'two', 'three']);
      expect(talk.heard(2102)).toEqual([]);
    });

    it("takes anybody's in a group for its owner, one's own for a member", async () => {
      expect(await remove(chat.bob, [2, 3], OTHERS, chat.group)).toEqual(noPermission('no permission'));
      expect(await remove(chat.bob, [3], OTHERS, chat.group)).toEqual(SUCCESS);
      expect(await talk.texts(chat.ann, chat.group)).toEqual(['1501', 'one', '-', 'three']);
      expect(await remove(chat.ann, [2, 3, 4], OTHERS, chat.group)).toEqual(SUCCESS);
      expect(await talk.texts(chat.bob, chat.group)).toEqual(['1501', '-', '-', '-']);
      const told = talk
        .heard(2102)
        .map(({ message, detail }) => [message.conversationID, message.sessionType, detail.seqs]);
      expect(told).toEqual([
        [`n_${chat.groupID}`, 3, [3]],
        [`n_${chat.groupID}`, 3, [2, 4]],
      ]);
    });

    it('takes anything for an administrator in the name of somebody who has the conversation', async () => {
      const body = { conversationID: chat.id, userID: chat.ann, seqs: [1, 2, 3], ...OTHERS };
      expect(await talk.call(ADMIN, '/msg/delete_msgs', body)).toEqual(SUCCESS);
      expect(await talk.texts(chat.bob, chat.id)).toEqual(['-', '-', '-']);
    });

    it('tells of nothing that is gone already', async () => {
      await talk.call(ADMIN, '/msg/delete_msg_phsical_by_seq', { conversationID: chat.group, seqs: [2, 3] });
      expect(await remove(chat.bob, [2, 3], OTHERS, chat.group)).toEqual(SUCCESS);
      expect(talk.heard(2102)).toEqual([]);
    });

    it('forgets who had hidden them', async () => {
      await remove(chat.bob, [1]);
      await remove(chat.ann, [1], OTHERS);
      expect(await hidden(chat.bob)).toEqual([]);
    });
  });

  describe('delete_msgs is refused', () => {
    it('for a conversation the user does not have, and for anybody else', async () => {
      expect(await remove('cid', [1])).toEqual(notFound('conversation not found'));
      expect(await remove('cid', [1], OTHERS)).toEqual(notFound('conversation not found'));
      expect(await remove(ADMIN, [1], OTHERS)).toEqual(notFound('conversation not found'));
      const body = { conversationID: chat.id, userID: chat.bob, seqs: [1] };
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await talk.call(chat.ann, '/msg/delete_msgs', body)).toEqual(foreign);
      expect(await hidden('cid')).toEqual([]);
    });

    it.each([
      ['conversationID is empty', { userID: 'cid', seqs: [1] }],
      ['userID is empty', { conversationID: 'si_x_y', seqs: [1] }],
      ['seqs is empty', { conversationID: 'si_x_y', userID: 'cid' }],
      ['seqs is empty', { conversationID: 'si_x_y', userID: 'cid', seqs: [] }],
      ['seqs must be a list of integers', { conversationID: 'si_x_y', userID: 'cid', seqs: ['1'] }],
      [
        'IsSyncOther must be true or false',
        { conversationID: 'x', userID: 'cid', seqs: [1], deleteSyncOpt: { IsSyncOther: 1 } },
      ],
    ])('with %s', async (errDlt, body) => {
      expect(await talk.call('cid', '/msg/delete_msgs', body)).toEqual(argsError(errDlt));
    });
  });

  describe('clear_conversation_msg', () => {
    it('for oneself: nothing up to now is readable or unread, and the conversation changed', async () => {
      await remove(chat.bob, [1]);
      expect(await clear(chat.bob, [chat.id, 'si_x_y', chat.id])).toEqual(SUCCESS);
      expect(await talk.pull(chat.bob, chat.id)).toBeUndefined();
      expect(await talk.texts(chat.ann, chat.id)).toEqual(['one', 'two', 'three']);
      expect(await unread(chat.bob, chat.id)).toBe(0);
      const [row] = await im.rows('im_conversations', { ownerUserID: chat.bob, conversationID: chat.id });
      expect(Number(row.minSeq)).toBe(4);
      expect(await hidden(chat.bob)).toEqual([]);
      expect(changed).toEqual([[chat.bob, [chat.id]]]);
      const [change] = await im.rows('im_version_changes', { ownerID: chat.bob, elementID: chat.id });
      expect(Number(change.state)).toBe(3);
      expect(talk.heard(1703)).toEqual([]);
      await talk.say(chat.ann, { recvID: chat.bob }, { content: '{"content":"four"}' });
      expect(await talk.texts(chat.bob, chat.id)).toEqual(['four']);
      expect(await unread(chat.bob, chat.id)).toBe(1);
      expect((await im.get(HistoryService).lastMessages(chat.bob, [chat.id])).get(chat.id)?.seq).toBe(4);
    });

    it("tells the user's other devices once of all, when asked to", async () => {
      expect(await clear(chat.bob, [chat.group, chat.id], SELF)).toEqual(SUCCESS);
      const [{ message, detail }, ...others] = talk.heard(1703);
      expect(others).toEqual([]);
      expect(message).toMatchObject({ sendID: chat.bob, recvID: chat.bob, sessionType: 1, seq: 0 });
      expect(detail.userID).toBe(chat.bob);
      expect(detail.conversationIDs.toSorted()).toEqual([chat.group, chat.id].toSorted());
    });

    it('for everybody, in a single chat by either side', async () => {
      expect(await clear(chat.bob, [chat.id], OTHERS)).toEqual(SUCCESS);
      for (const userID of [chat.ann, chat.bob]) expect(await talk.pull(userID, chat.id)).toBeUndefined();
      expect(await unread(chat.ann, chat.id)).toBe(0);
      const [counter] = await im.rows('im_sequences', { conversationID: chat.id });
      expect([Number(counter.minSeq), Number(counter.maxSeq)]).toEqual([4, 3]);
      const [{ message, detail }] = talk.heard(1703);
      expect(message).toMatchObject({ sendID: chat.bob, recvID: chat.ann, sessionType: 1 });
      expect(detail).toEqual({ userID: chat.bob, conversationIDs: [chat.id] });
      await talk.say(chat.ann, { recvID: chat.bob }, { content: '{"content":"four"}' });
      expect(await talk.texts(chat.ann, chat.id)).toEqual(['four']);
    });

    it('for everybody, in a group by its owner; else nothing is cleared', async () => {
      expect(await clear(chat.bob, [chat.id, chat.group], OTHERS)).toEqual(noPermission('no group owner or admin'));
      expect(await talk.texts(chat.bob, chat.id)).toHaveLength(3);
      expect(talk.heard(1703)).toEqual([]);
      expect(await clear(chat.ann, [chat.id, chat.group], OTHERS)).toEqual(SUCCESS);
      expect(await talk.pull(chat.bob, chat.group)).toBeUndefined();
      const told = talk.heard(1703).map(({ message, detail }) => [message.sessionType, detail.conversationIDs]);
      expect(told).toHaveLength(2);
      expect(told).toContainEqual([3, [chat.group]]);
      await talk.kick(chat.bob, chat.groupID);
      expect(await clear(chat.bob, [chat.group], OTHERS)).toEqual(noPermission('op user not in group'));
    });

    it('tells nobody when all was cleared before', async () => {
      for (let i = 0; i < 2; i += 1) expect(await clear(chat.bob, [chat.id], SELF)).toEqual(SUCCESS);
      expect(talk.heard(1703)).toHaveLength(1);
      for (let i = 0; i < 2; i += 1) expect(await clear(chat.bob, [chat.id], OTHERS)).toEqual(SUCCESS);
      expect(talk.heard(1703)).toHaveLength(1);
      expect(changed).toHaveLength(1);
    });

    it('never makes readable again what was cleared meanwhile', async () => {
      const counters = vi.spyOn(im.get(ReadableConversations), 'counters');
      counters.mockResolvedValueOnce(
        new Map([[chat.id, { conversationID: chat.id, minSeq: 0, maxSeq: 2, maxSeqTime: 1 }]]),
      );
      const { manager } = im.get(Transactions);
      const find = vi.spyOn(im.get(ConversationStore), 'findAll');
      const mine = { ownerUserID: chat.bob, conversationID: chat.id };
      const before = await manager.findOneByOrFail(Conversation, mine);
      find.mockResolvedValueOnce(new Map([[chat.id, before]]));
      await manager.update(Conversation, mine, { minSeq: 4 });
      expect(await clear(chat.bob, [chat.id])).toEqual(SUCCESS);
      const [row] = await im.rows('im_conversations', mine);
      expect(Number(row.minSeq)).toBe(4);
      counters.mockRestore();
      find.mockRestore();
    });

    it("is one's own, and wants conversations", async () => {
      const body = { conversationIDs: [chat.id], userID: chat.bob };
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await talk.call('cid', '/msg/clear_conversation_msg', body)).toEqual(foreign);
      expect(await clear('cid', [])).toEqual(argsError('conversationIDs is empty'));
      expect(await clear('cid', undefined)).toEqual(argsError('conversationIDs is empty'));
      const nobody = { conversationIDs: [chat.id] };
      expect(await talk.call('cid', '/msg/clear_conversation_msg', nobody)).toEqual(argsError('userID is empty'));
      expect(await clear('cid', [chat.id], OTHERS)).toEqual(SUCCESS);
      expect(await talk.texts(chat.bob, chat.id)).toHaveLength(3);
    });
  });

  describe('user_clear_all_msg', () => {
    it('clears all conversations of the user', async () => {
      expect(await clearAll(chat.bob)).toEqual(SUCCESS);
      expect(await talk.pull(chat.bob, chat.id)).toBeUndefined();
      expect(await talk.pull(chat.bob, chat.group)).toBeUndefined();
      expect(await talk.texts(chat.ann, chat.id)).toHaveLength(3);
      expect(changed.map(([owner, ids]) => [owner, ids.toSorted()])).toEqual([
        [chat.bob, [chat.group, chat.id].toSorted()],
      ]);
    });

    it('for everybody: where he may, and for himself elsewhere', async () => {
      expect(await clearAll(chat.bob, OTHERS)).toEqual(SUCCESS);
      expect(await talk.pull(chat.ann, chat.id)).toBeUndefined();
      expect(await talk.texts(chat.ann, chat.group)).toHaveLength(4);
      expect(await talk.pull(chat.bob, chat.group)).toBeUndefined();
      const told = talk.heard(1703).map(({ message, detail }) => [message.recvID, detail.conversationIDs]);
      expect(told).toEqual([
        [chat.ann, [chat.id]],
        [chat.bob, [chat.group]],
      ]);
    });

    it("is one's own; who has no conversations clears none", async () => {
      expect(await clearAll('cid', SELF)).toEqual(SUCCESS);
      const foreign = noPermission(`ownerUserID, ${chat.bob}=MISSING`);
      expect(await talk.call('cid', '/msg/user_clear_all_msg', { userID: chat.bob })).toEqual(foreign);
      expect(await talk.call('cid', '/msg/user_clear_all_msg', {})).toEqual(argsError('userID is empty'));
      expect(talk.heard(1703)).toEqual([]);
    });
  });

  describe('physically', () => {
    const bySeqs = (caller: string, body: object) => talk.call(caller, '/msg/delete_msg_phsical_by_seq', body);
    const older = (caller: string, body: object) => talk.call(caller, '/msg/delete_msg_physical', body);

    it('by seqs: they are gone for everybody, and nobody is told', async () => {
      expect(await bySeqs(ADMIN, { conversationID: chat.id, seqs: [1, 2, 77] })).toEqual(SUCCESS);
      expect(await talk.texts(chat.ann, chat.id)).toEqual(['-', '-', 'three']);
      expect(talk.heard(2102)).toEqual([]);
      expect(await bySeqs(ADMIN, {})).toEqual(SUCCESS);
      const refused = noPermission(`user ${chat.ann} is not admin userID`);
      expect(await bySeqs(chat.ann, { conversationID: chat.id, seqs: [3] })).toEqual(refused);
    });

    it('by time: what was sent before the moment, in the conversations named', async () => {
      const old = { sendTime: 1_600_000_000_000 };
      await im.register('old', 'olga');
      await talk.say('old', { recvID: 'olga' }, old);
      await talk.say('old', { recvID: 'olga' }, old);
      await talk.say('old', { recvID: 'olga' }, { content: '{"content":"new"}' });
      await remove('olga', [1], {}, 'si_old_olga');
      expect(await older(ADMIN, { conversationIDs: [chat.id], timestamp: 1_600_000_001 })).toEqual(SUCCESS);
      expect(await im.rows('im_messages', { conversationID: 'si_old_olga' })).toHaveLength(3);
      const body = { conversationIDs: ['si_old_olga', 'si_x_y'], timestamp: 1_600_000_001 };
      expect(await older(ADMIN, body)).toEqual(SUCCESS);
      expect(await im.rows('im_messages', { conversationID: 'si_old_olga' })).toHaveLength(1);
      expect(await talk.texts('olga', 'si_old_olga')).toEqual(['new']);
      expect(await hidden('olga')).toEqual([]);
      const [counter] = await im.rows('im_sequences', { conversationID: 'si_old_olga' });
      expect(Number(counter.minSeq)).toBe(3);
      expect(await talk.texts(chat.ann, chat.id)).toHaveLength(3);
    });

    it('by time: looks for the first to stay in steps', async () => {
      await im.register('far', 'fay');
      const old = { sendTime: 1_600_000_000_000 };
      for (const more of [old, old, {}]) await talk.say('far', { recvID: 'fay' }, more);
      const { manager } = im.get(Transactions);
      const conversationID = 'si_far_fay';
      await manager.update(Message, { conversationID, seq: 3 }, { seq: 12_003 });
      await manager.update(Sequence, { conversationID }, { maxSeq: 12_003 });
      expect(await older(ADMIN, { conversationIDs: [conversationID], timestamp: 1_600_000_001 })).toEqual(SUCCESS);
      const left = await im.rows('im_messages', { conversationID });
      expect(left.map(({ seq }) => Number(seq))).toEqual([12_003]);
      expect(Number((await im.rows('im_sequences', { conversationID }))[0].minSeq)).toBe(12_003);
    });

    it('by time: all of it, when all is older', async () => {
      const timestamp = Math.ceil(Date.now() / 1000) + 60;
      expect(await older(ADMIN, { conversationIDs: [chat.id], timestamp })).toEqual(SUCCESS);
      expect(await talk.pull(chat.ann, chat.id)).toBeUndefined();
      await talk.say(chat.ann, { recvID: chat.bob }, { content: '{"content":"again"}' });
      expect(await talk.texts(chat.bob, chat.id)).toEqual(['again']);
      expect(await unread(chat.bob, chat.id)).toBe(1);
    });

    it('is for administrators, and wants conversations', async () => {
      const body = { conversationIDs: [chat.id], timestamp: 0 };
      expect(await older(chat.ann, body)).toEqual(noPermission(`user ${chat.ann} is not admin userID`));
      expect(await older(ADMIN, { timestamp: 1 })).toEqual(argsError('conversationIDs is empty'));
      expect(await older(ADMIN, { ...body, conversationIDs: [] })).toEqual(argsError('conversationIDs is empty'));
      expect(await older(ADMIN, body)).toEqual(SUCCESS);
      expect(await older(ADMIN, { ...body, timestamp: -1 })).toEqual(argsError(expect.stringContaining('timestamp')));
      expect(await talk.texts(chat.ann, chat.id)).toHaveLength(3);
    });
  });

  it('nothing is kept of what a deleted user had hidden', async () => {
    await remove(chat.bob, [1]);
    await im.get(UsersService).delete([chat.bob]);
    expect(await hidden(chat.bob)).toEqual([]);
  });
});
