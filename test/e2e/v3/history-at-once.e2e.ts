import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { MessageStore } from '../../../src/messaging/message.store.js';
import { outgoing } from '../../../src/messaging/outgoing.js';
import { type HistoryTalk, historyTalk, noPermission, SUCCESS, unpacked } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('v3 history', (database) => {
  let im: Im;
  let talk: HistoryTalk;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('ann', 'bob');
  });
  afterAll(() => im.close());

  it('is read, marked, revoked, deleted and cleared while it is being written', async () => {
    const id = 'si_ann_bob';
    const groupID = await im.group('ann', 'bob');
    const group = `sg_${groupID}`;
    for (let i = 0; i < 20; i += 1) await talk.say('ann', { recvID: 'bob' });
    talk.heard(0);
    const everything = Array.from({ length: 20 }, (_, i) => [
      talk.say('ann', { recvID: 'bob' }).then(() => SUCCESS),
      talk.say('bob', { groupID }).then(() => SUCCESS),
      talk.call('bob', '/msg/mark_conversation_as_read', { conversationID: id, userID: 'bob', hasReadSeq: i + 1 }),
      talk.call('ann', '/msg/mark_msgs_as_read', { conversationID: group, userID: 'ann', seqs: [1] }),
      talk.call('ann', '/msg/revoke_msg', { conversationID: id, userID: 'ann', seq: i + 1 }),
      talk.call('bob', '/msg/delete_msgs', { conversationID: id, userID: 'bob', seqs: [i + 1, 20 - i] }),
      talk.call('ann', '/msg/clear_conversation_msg', {
        conversationIDs: [group],
        userID: 'ann',
        deleteSyncOpt: { IsSyncSelf: true },
      }),
      talk.pull('bob', id).then(({ isEnd }) => (isEnd ? SUCCESS : { isEnd })),
    ]).flat();
    for (const body of await Promise.all(everything)) expect(body).toEqual(SUCCESS);

    const { Msgs } = await talk.pull('bob', id);
    expect(Msgs.map(({ seq }: any) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(Msgs.slice(0, 20).every(({ status, isRead }: any) => status === 4 && isRead)).toBe(true);
    const body = { userID: 'bob', conversationIDs: [id] };
    const { data } = await talk.call('bob', '/msg/get_conversations_has_read_and_max_seq', body);
    expect(data.seqs[id]).toMatchObject({ maxSeq: 40, hasReadSeq: 20 });
    // Every revocation and every receipt has a seq of its own, without a gap.
    const channel = await im.rows('im_messages', { conversationID: 'n_ann_bob' });
    expect(channel).toHaveLength(40);
    expect(Math.max(...channel.map(({ seq }) => Number(seq)))).toBe(40);
  });

  describe('of a chat with a notification account', () => {
    const id = 'sn_ann_news';
    beforeAll(async () => {
      await im.register('news');
      const message = {
        sendID: 'news',
        recvID: 'ann',
        sessionType: 4 as const,
        contentType: 1400,
        content: '{"detail":"{}"}',
      };
      const { transactions, store } = { transactions: im.get(Transactions), store: im.get(MessageStore) };
      await transactions.run(() => store.append([outgoing(message), outgoing(message)]));
      talk.heard(0);
    });

    it("is read and marked; the user's own devices are told", async () => {
      const { Msgs } = await talk.pull('ann', id);
      expect(Msgs.map(({ sessionType, contentType }: any) => [sessionType, contentType])).toEqual([
        [4, 1400],
        [4, 1400],
      ]);
      expect(unpacked(Msgs[0])).toEqual({ detail: '{}' });
      const read = { conversationID: id, userID: 'ann', hasReadSeq: 2, seqs: [1] };
      expect(await talk.call('ann', '/msg/mark_conversation_as_read', read)).toEqual(SUCCESS);
      const [{ message, detail }] = talk.heard(2200);
      expect(message).toMatchObject({ recvID: 'ann', sessionType: 1, seq: 0 });
      expect(detail).toEqual({ markAsReadUserID: 'ann', conversationID: id, seqs: [], hasReadSeq: 2 });
    });

    it('is not for its reader to revoke or to delete for everybody', async () => {
      const refused = noPermission('ownerUserID, news=MISSING');
      const revoke = { conversationID: id, userID: 'ann', seq: 1 };
      expect(await talk.call('ann', '/msg/revoke_msg', revoke)).toEqual(refused);
      const remove = { conversationID: id, userID: 'ann', seqs: [1], deleteSyncOpt: { IsSyncOther: true } };
      expect(await talk.call('ann', '/msg/delete_msgs', remove)).toEqual(refused);
    });

    it('is revoked in the name of the account, in its own kind of session', async () => {
      const revoke = { conversationID: id, userID: 'news', seq: 1 };
      expect(await talk.call('openIM123456', '/msg/revoke_msg', revoke)).toEqual(SUCCESS);
      const [{ message, detail }] = talk.heard(2101);
      expect(message).toMatchObject({ conversationID: 'n_ann_news', sessionType: 4, sendID: 'news', recvID: 'ann' });
      expect(detail).toMatchObject({ sesstionType: 4, isAdminRevoke: true });
      expect((await talk.pull('ann', 'n_ann_news')).Msgs).toHaveLength(1);
    });
  });

  it('names the conversations at the top of the list when asked', async () => {
    const { dataSource } = im.get(Transactions);
    const pinned =
      "UPDATE im_conversations SET isPinned = 1 WHERE ownerUserID = 'ann' AND conversationID = 'si_ann_bob'";
    await dataSource.query(pinned);
    const ask = async (more: object) =>
      (await talk.call('ann', '/msg/get_conversations_has_read_and_max_seq', { userID: 'ann', ...more })).data;
    expect((await ask({ returnPinned: true })).pinnedConversationIDs).toEqual(['si_ann_bob']);
    const one = await ask({ returnPinned: true, conversationIDs: ['sn_ann_news'] });
    expect(one.pinnedConversationIDs).toEqual(['si_ann_bob']);
    expect(Object.keys(one.seqs)).toEqual(['sn_ann_news']);
    expect((await ask({})).pinnedConversationIDs).toBeNull();
  });
});
