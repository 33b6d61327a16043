import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { NotPermitted } from '../../../src/core/errors.js';
import { HistoryService } from '../../../src/messaging/history/history.service.js';
import { argsError, type HistoryTalk, historyTalk, noPermission, SUCCESS, unpacked } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const MSG_DATA = [
  'sendID,recvID,groupID,clientMsgID,serverMsgID,senderPlatformID,senderNickname,senderFaceURL,sessionType,msgFrom',
  'contentType,content,seq,sendTime,createTime,status,isRead,offlinePushInfo,atUserIDList,attachedInfo,ex',
]
  .join(',')
  .split(',');

describeOnEachDatabase('v3 reading history', (database) => {
  let im: Im;
  let talk: HistoryTalk;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('ann', 'bob', 'cid');
    for (let i = 1; i <= 5; i += 1) await talk.say('ann', { recvID: 'bob' }, { content: `{"content":"m${i}"}` });
    groupID = await im.group('ann', 'bob');
    await talk.say('bob', { groupID });
  });
  afterAll(() => im.close());

  describe('newest_seq', () => {
    it('answers chats with messages, and no member else', async () => {
      const body = await talk.call('ann', '/msg/newest_seq', { userID: 'ann' });
      expect(body).toEqual({ ...SUCCESS, data: { maxSeqs: { si_ann_bob: 5, [`sg_${groupID}`]: 2 } } });
    });

    it('answers channels of notifications once something is in them, also the one to oneself', async () => {
      await im.register('nan', 'nob');
      await talk.say('nan', { recvID: 'nob' });
      const read = { conversationID: 'si_nan_nob', userID: 'nob', hasReadSeq: 1 };
      expect(await talk.call('nob', '/msg/mark_conversation_as_read', read)).toEqual(SUCCESS);
      const deleted = { conversationID: 'si_nan_nob', userID: 'nob', seqs: [1], deleteSyncOpt: { IsSyncSelf: true } };
      expect(await talk.call('nob', '/msg/delete_msgs', deleted)).toEqual(SUCCESS);
      const { data } = await talk.call('nob', '/msg/newest_seq', { userID: 'nob' });
      expect(data.maxSeqs).toEqual({ si_nan_nob: 1, n_nan_nob: 1, n_nob_nob: 1 });
      const peers = await talk.call('nan', '/msg/newest_seq', { userID: 'nan' });
      expect(peers.data.maxSeqs).toEqual({ si_nan_nob: 1, n_nan_nob: 1 });
    });

    it('leaves the map out for whoever has none', async () => {
      expect(await talk.call('cid', '/msg/newest_seq', { userID: 'cid' })).toEqual({ ...SUCCESS, data: {} });
    });

    it("is one's own, or an administrator's", async () => {
      const foreign = noPermission('ownerUserID, ann=MISSING');
      expect(await talk.call('bob', '/msg/newest_seq', { userID: 'ann' })).toEqual(foreign);
      expect(await talk.call('bob', '/msg/newest_seq', {})).toEqual(noPermission('ownerUserID, =MISSING'));
      const asked = await talk.call('openIM123456', '/msg/newest_seq', { userID: 'ann' });
      expect(asked.data.maxSeqs.si_ann_bob).toBe(5);
    });
  });

  describe('pull_msg_by_seq', () => {
    const seqs = async (range: object, userID = 'bob') =>
      (await talk.pull(userID, 'si_ann_bob', range))?.Msgs.map(({ seq }: any) => seq);

    it('answers MsgData with every member', async () => {
      const { data, ...rest } = await talk.call('bob', '/msg/pull_msg_by_seq', {
        userID: 'bob',
        seqRanges: [{ conversationID: 'si_ann_bob', begin: 2, end: 2, num: 1 }],
        order: 0,
      });
      expect(rest).toEqual(SUCCESS);
      expect(Object.keys(data)).toEqual(['msgs']);
      const { Msgs, ...ends } = data.msgs.si_ann_bob;
      expect(ends).toEqual({ isEnd: false, endSeq: 0 });
      expect(Object.keys(Msgs[0]).sort()).toEqual(MSG_DATA.toSorted());
      expect(Msgs[0]).toMatchObject({
        sendID: 'ann',
        recvID: 'bob',
        groupID: '',
        sessionType: 1,
        msgFrom: 100,
        contentType: 101,
        seq: 2,
        status: 2,
        isRead: false,
        offlinePushInfo: null,
        atUserIDList: null,
      });
      expect(unpacked(Msgs[0])).toEqual({ content: 'm2' });
    });

    it.each([
      ['all of it', { begin: 1, end: 5, num: 10 }, [1, 2, 3, 4, 5]],
      ['more than there is', { begin: -7, end: 99, num: 100 }, [1, 2, 3, 4, 5]],
      ['the last of a longer range', { begin: 1, end: 4, num: 2 }, [3, 4]],
      ['nothing by a number of 0', { begin: 1, end: 5, num: 0 }, undefined],
      ['nothing beyond the end', { begin: 6, end: 9, num: 10 }, undefined],
      ['nothing of a range that is upside down', { begin: 4, end: 2, num: 10 }, undefined],
      ['nothing where numbers are left out', {}, undefined],
    ])('answers %s', async (_, range, expected) => {
      expect(await seqs(range)).toEqual(expected);
    });

    it('says whether the end is reached, in the direction asked', async () => {
      const isEnd = async (order: number, range: object) => {
        const seqRanges = [{ conversationID: 'si_ann_bob', num: 10, ...range }];
        const { data } = await talk.call('bob', '/msg/pull_msg_by_seq', { userID: 'bob', seqRanges, order });
        return data.msgs.si_ann_bob.isEnd;
      };
      expect(await isEnd(0, { begin: 1, end: 5 })).toBe(true);
      expect(await isEnd(0, { begin: 1, end: 4 })).toBe(false);
      expect(await isEnd(1, { begin: 1, end: 4 })).toBe(true);
      expect(await isEnd(1, { begin: 2, end: 5 })).toBe(false);
    });

    it('leaves out conversations the user does not have', async () => {
      for (const conversationID of ['si_ann_bob', `sg_${groupID}`, 'n_ann_bob', `n_${groupID}`, 'si_x_y', '']) {
        expect(await talk.pull('cid', conversationID)).toBeUndefined();
      }
    });

    it('takes no ranges, and answers nothing', async () => {
      expect(await talk.call('bob', '/msg/pull_msg_by_seq', { userID: 'bob' })).toEqual({ ...SUCCESS, data: {} });
      const empty = { userID: 'bob', seqRanges: [] };
      expect(await talk.call('bob', '/msg/pull_msg_by_seq', empty)).toEqual({ ...SUCCESS, data: {} });
    });

    it.each([
      ['an unknown order', { order: 2 }],
      ['a range that is text', { seqRanges: ['si_ann_bob'] }],
      ['a seq that is text', { seqRanges: [{ conversationID: 'si_ann_bob', begin: '1', end: 2, num: 1 }] }],
      ['a seq with a fraction', { seqRanges: [{ conversationID: 'si_ann_bob', begin: 1.5, end: 2, num: 1 }] }],
      ['1001 ranges', { seqRanges: Array.from({ length: 1001 }, () => ({ conversationID: 'x' })) }],
    ])('refuses %s', async (_, wrong) => {
      const body = await talk.call('bob', '/msg/pull_msg_by_seq', { userID: 'bob', ...wrong });
      expect(body).toEqual(argsError(expect.stringMatching(/./)));
    });

    it("is one's own, or an administrator's", async () => {
      const seqRanges = [{ conversationID: 'si_ann_bob', begin: 1, end: 1, num: 1 }];
      const body = await talk.call('cid', '/msg/pull_msg_by_seq', { userID: 'bob', seqRanges });
      expect(body).toEqual(noPermission('ownerUserID, bob=MISSING'));
      const asked = await talk.call('openIM123456', '/msg/pull_msg_by_seq', { userID: 'bob', seqRanges });
      expect(asked.data.msgs.si_ann_bob.Msgs).toHaveLength(1);
    });
  });

  describe('channels of notifications', () => {
    it('are answered apart, as a whole whatever number is asked', async () => {
      for (const hasReadSeq of [1, 2, 3]) {
        await talk.call('bob', '/msg/mark_conversation_as_read', {
          conversationID: 'si_ann_bob',
          userID: 'bob',
          hasReadSeq,
        });
      }
      const seqRanges = [{ conversationID: 'n_ann_bob', begin: 1, end: 10, num: 1 }];
      const { data } = await talk.call('ann', '/msg/pull_msg_by_seq', { userID: 'ann', seqRanges });
      expect(Object.keys(data)).toEqual(['notificationMsgs']);
      const { Msgs, isEnd } = data.notificationMsgs.n_ann_bob;
      expect(isEnd).toBe(true);
      expect(Msgs.map(({ contentType, seq }: any) => [contentType, seq])).toEqual([
        [2200, 1],
        [2200, 2],
        [2200, 3],
      ]);
      expect(Msgs[0].options).toMatchObject({ isNotNotification: false, history: true, unreadCount: false });
    });

    it('of a group are read by its members as long as they are in it', async () => {
      const group = await im.group('gan', 'gob');
      const { seq } = await talk.say('gan', { groupID: group });
      const revoke = { conversationID: `sg_${group}`, userID: 'gan', seq };
      expect(await talk.call('gan', '/msg/revoke_msg', revoke)).toEqual(SUCCESS);
      expect((await talk.pull('gob', `n_${group}`)).Msgs).toHaveLength(1);
      await talk.kick('gob', group);
      expect(await talk.pull('gob', `n_${group}`)).toBeUndefined();
      const { data } = await talk.call('gob', '/msg/newest_seq', { userID: 'gob' });
      expect(Object.keys(data.maxSeqs)).toEqual([`sg_${group}`]);
      expect((await talk.pull('gan', `n_${group}`)).Msgs).toHaveLength(1);
    });
  });

  it('keeps two pairs apart whose conversation has the same ID', async () => {
    await im.register('a', 'a_b', 'b_c', 'c');
    await talk.say('a', { recvID: 'b_c' }, { content: '{"content":"first pair"}' });
    await talk.say('a_b', { recvID: 'c' }, { content: '{"content":"second pair"}' });
    await talk.say('a', { recvID: 'b_c' }, { content: '{"content":"first again"}' });
    expect(await talk.texts('a', 'si_a_b_c')).toEqual(['first pair', '-', 'first again']);
    // The second pair has no conversation yet: the first message of the ID was not theirs.
    expect(await talk.texts('c', 'si_a_b_c')).not.toContain('first pair');
  });

  it('shows a kicked member what was until then', async () => {
    const group = await im.group('kan', 'kob');
    await talk.say('kan', { groupID: group }, { content: '{"content":"before"}' });
    await talk.kick('kob', group);
    await talk.say('kan', { groupID: group }, { content: '{"content":"after"}' });
    expect(await talk.texts('kob', `sg_${group}`)).not.toContain('after');
    expect(await talk.texts('kob', `sg_${group}`)).toContain('before');
    expect(await talk.texts('kan', `sg_${group}`)).toContain('after');
    const { data } = await talk.call('kob', '/msg/get_conversations_has_read_and_max_seq', { userID: 'kob' });
    const [conversation] = await im.rows('im_conversations', { ownerUserID: 'kob' });
    expect(data.seqs[`sg_${group}`].maxSeq).toBe(Number(conversation.maxSeq));
  });

  describe('by lists of seqs', () => {
    const pull = (userID: string, conversations: { conversationID: string; seqs: number[] }[], descending = false) =>
      im.get(HistoryService).pullBySeqs(systemActor(), { userID, conversations, descending });

    it('answers every conversation asked, in the order asked', async () => {
      const histories = await pull('bob', [
        { conversationID: 'si_ann_bob', seqs: [4, 1, 0, -2, 3] },
        { conversationID: 'si_x_y', seqs: [1] },
        { conversationID: 'n_ann_bob', seqs: [2] },
      ]);
      expect(histories.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([[4, 1, 3], [], [2]]);
      expect(histories.map(({ isEnd, endSeq }) => [isEnd, endSeq])).toEqual([
        [false, 0],
        [false, 0],
        [false, 0],
      ]);
    });

    it('says which bound was crossed, in the direction asked', async () => {
      const si = 'si_ann_bob';
      const ends = async (seqs: number[], descending: boolean) => {
        const [{ isEnd, endSeq, messages }] = await pull('bob', [{ conversationID: si, seqs }], descending);
        return [isEnd, endSeq, messages.length];
      };
      expect(await ends([5, 6, 7], false)).toEqual([true, 5, 1]);
      expect(await ends([5, 6, 7], true)).toEqual([false, 0, 1]);
    });

    it("is one's own", async () => {
      const actor = { userID: 'cid', platformID: 1, isAdmin: false };
      const asked = { userID: 'bob', conversations: [], descending: false };
      await expect(im.get(HistoryService).pullBySeqs(actor, asked)).rejects.toThrow(NotPermitted);
      const last = { userID: 'bob', conversationIDs: ['si_ann_bob'] };
      await expect(im.get(HistoryService).pullLast(actor, last)).rejects.toThrow(NotPermitted);
    });
  });

  describe('last messages', () => {
    it('answers the newest of each that is readable', async () => {
      const last = await im.get(HistoryService).lastMessages('bob', ['si_ann_bob', `sg_${groupID}`, 'si_x_y']);
      expect([...last].map(([id, { seq, contentType }]) => [id, seq, contentType])).toEqual(
        expect.arrayContaining([
          ['si_ann_bob', 5, 101],
          [`sg_${groupID}`, 2, 101],
        ]),
      );
      expect(last.size).toBe(2);
      expect((await im.get(HistoryService).lastMessages('cid', ['si_ann_bob'])).size).toBe(0);
    });
  });
});
