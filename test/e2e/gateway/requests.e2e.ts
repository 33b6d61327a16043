import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const CHAT = 'si_ann_bob';
const CHANNEL = 'n_ann_bob';
/** The largest number of 64 bits: to the end. */
const END = Number.MAX_SAFE_INTEGER;

describeOnEachDatabase('Reading over a socket', (database) => {
  let im: Im;
  let audience: Audience;
  let group: string;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'ann', 'bob', 'cid', 'dan', 'new');
    const { groupInfo } = await audience.as('ann', '/group/create_group', {
      ownerUserID: 'ann',
      memberUserIDs: ['bob'],
      groupInfo: { groupName: 'team', groupType: 2 },
    });
    group = `sg_${groupInfo.groupID}`;
    for (let number = 1; number <= 10; number += 1) {
      const [from, to] = number % 3 === 0 ? ['bob', 'ann'] : ['ann', 'bob'];
      await audience.of(from).say({ recvID: to }, `chat ${number}`);
    }
    await audience.of('bob').say({ groupID: groupInfo.groupID }, 'to the group');
    await audience.of('cid').say({ recvID: 'dan' }, 'private');
    const mine = { userID: 'ann', conversationID: CHAT };
    await audience.as('ann', '/msg/revoke_msg', { ...mine, seq: 2 });
    const forAll = { deleteSyncOpt: { IsSyncSelf: true, IsSyncOther: true } };
    await audience.as('ann', '/msg/delete_msgs', { ...mine, seqs: [4], ...forAll });
    await audience.as('bob', '/msg/delete_msgs', { userID: 'bob', conversationID: CHAT, seqs: [5], deleteSyncOpt: {} });
    const read = { userID: 'bob', conversationID: CHAT, hasReadSeq: 10, seqs: [] };
    await audience.as('bob', '/msg/mark_conversation_as_read', read);
    const conversation = { conversationID: group, conversationType: 3, groupID: groupInfo.groupID, isPinned: true };
    await audience.as('bob', '/conversation/set_conversations', { userIDs: ['bob'], conversation });
    await audience.settle();
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });

  const BOTH = ['ann', 'bob'];
  const pull = (userID: string, seqRanges: object[], order = 0) =>
    audience.of(userID).get(1002, { userID, seqRanges, order });
  const list = (userID: string, conversations: object[], order = 0) =>
    audience.of(userID).get(1005, { userID, conversations, order });
  const seqs = (pulled: any): number[] => (pulled?.Msgs ?? []).map(({ seq }: { seq: number }) => seq);

  describe('the newest seqs (1001)', () => {
    it.each(BOTH)('of %s are those REST answers', async (userID) => {
      const answer = await audience.of(userID).get(1001, { userID });
      expect(plain(answer)).toEqual(plain(await audience.as(userID, '/msg/newest_seq', { userID })));
      expect(answer.maxSeqs).toMatchObject({ [CHAT]: 10, [CHANNEL]: 3, [group]: 2 });
    });

    it('of who has no messages are none', async () => {
      expect(plain(await audience.of('new').get(1001, { userID: 'new' }))).toEqual({});
    });
  });

  describe('ranges (1002)', () => {
    it.each<[string, number, number, number, number]>([
      ['all', 1, 10, 100, 0],
      ['all, newest first', 1, 10, 100, 1],
      ['to the end', 1, END, 100, 0],
      ['the last ones of many', 1, 10, 3, 0],
      ['the last ones of many, newest first', 1, 10, 3, 1],
      ['in the middle', 4, 6, 10, 0],
      ['in the middle, newest first', 4, 6, 10, 1],
      ['one', 10, 10, 1, 0],
      ['before the first', -5, 2, 10, 1],
      ['beyond the last', 11, 20, 10, 0],
      ['backwards', 6, 4, 10, 0],
      ['none of them', 1, 10, 0, 0],
    ])('%s are those REST answers', async (_which, begin, end, num, order) => {
      const seqRanges = [CHAT, CHANNEL, group].map((conversationID) => ({ conversationID, begin, end, num }));
      for (const userID of BOTH) {
        const body = { userID, seqRanges, order };
        const overRest = await audience.as(userID, '/msg/pull_msg_by_seq', body);
        expect(plain(await pull(userID, seqRanges, order)), userID).toEqual(plain(overRest));
      }
    });

    it('have one message for each seq, ascending, with what became of it', async () => {
      const seqRanges = [{ conversationID: CHAT, begin: 1, end: 10, num: 100 }];
      const { msgs } = await pull('bob', seqRanges, 1);
      expect(seqs(msgs[CHAT])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const [, revoked, , gone, hidden] = msgs[CHAT].Msgs;
      expect([revoked.contentType, revoked.sendID, revoked.clientMsgID]).toEqual([2101, 'ann', expect.any(String)]);
      expect(plain(gone)).toEqual({ seq: 4, status: 4 });
      expect([hidden.status, hidden.content ?? '', hidden.sendID]).toEqual([4, '', 'ann']);
      expect(plain(msgs[CHAT])).toMatchObject({ isEnd: true });
    });

    it('of a channel of notifications come whole, among notifications', async () => {
      const { msgs, notificationMsgs } = await pull('bob', [{ conversationID: CHANNEL, begin: 1, end: 9, num: 1 }]);
      expect(msgs ?? {}).toEqual({});
      const types = notificationMsgs[CHANNEL].Msgs.map(({ contentType }: { contentType: number }) => contentType);
      expect(types).toEqual([2101, 2102, 2200]);
    });

    it('without anything are left out, and do not keep the others from being answered', async () => {
      const ranges = ['si_bob_dan', 'si_cid_dan', CHAT, 'n_cid_dan', '', group].map((conversationID) => ({
        conversationID,
        begin: 1,
        end: 1,
        num: 10,
      }));
      const { msgs, notificationMsgs } = await pull('bob', ranges);
      expect(Object.keys(msgs).sort()).toEqual([CHAT, group].sort());
      expect(notificationMsgs ?? {}).toEqual({});
    });
  });

  describe('lists of seqs (1005)', () => {
    it('are answered in the order asked, placeholders included', async () => {
      const asked = [9, 1, 4, 2];
      const answer = await list('ann', [{ conversationID: CHAT, seqs: asked }]);
      expect(seqs(answer.msgs[CHAT])).toEqual(asked);
      expect(plain(answer.msgs[CHAT].Msgs[2])).toEqual({ seq: 4, status: 4 });
      const { msgs } = await pull('ann', [{ conversationID: CHAT, begin: 9, end: 9, num: 1 }]);
      expect(answer.msgs[CHAT].Msgs[0]).toEqual(msgs[CHAT].Msgs[0]);
    });

    it.each<[string, number[], number, object]>([
      ['within', [1, 10], 0, {}],
      ['below the first, newest first', [1, 0, -1], 1, {}],
      ['beyond the last', [10, 11], 0, { isEnd: true, endSeq: 10 }],
      ['beyond the last, newest first', [10, 11], 1, {}],
    ])('%s tell where the end is', async (_which, asked, order, end) => {
      const answer = await list('ann', [{ conversationID: CHAT, seqs: asked }], order);
      const { Msgs, ...rest } = answer.msgs[CHAT];
      expect(Msgs.map(({ seq }: { seq: number }) => seq)).toEqual(asked.filter((seq) => seq >= 1 && seq <= 10));
      expect(plain(rest)).toEqual(end);
    });

    it('of every conversation asked for are answered, though there is nothing to show', async () => {
      const conversations = [CHAT, group, 'si_cid_dan', 'si_bob_ghost', CHANNEL, 'n_cid_dan'].map((conversationID) => ({
        conversationID,
        seqs: [1],
      }));
      const { msgs, notificationMsgs } = await list('bob', conversations);
      const counts = (map: object) =>
        Object.fromEntries(Object.entries(map).map(([id, some]) => [id, seqs(some).length]));
      expect(counts(msgs)).toEqual({ [CHAT]: 1, [group]: 1, si_cid_dan: 0, si_bob_ghost: 0 });
      expect(counts(notificationMsgs)).toEqual({ [CHANNEL]: 1, n_cid_dan: 0 });
    });
  });

  describe('read states (1006)', () => {
    it.each(BOTH)('of %s are those REST answers', async (userID) => {
      for (const conversationIDs of [[], [CHAT], [CHAT, group, 'si_cid_dan']]) {
        const answer = await audience.of(userID).get(1006, { userID, conversationIDs, returnPinned: true });
        const path = '/msg/get_conversations_has_read_and_max_seq';
        const overRest = await audience.as(userID, path, { userID, conversationIDs, returnPinned: true });
        expect(plain(answer), conversationIDs.join()).toEqual(plain(overRest));
      }
    });

    it('are of all conversations or of some, with those at the top when asked', async () => {
      const bob = audience.of('bob');
      const all = await bob.get(1006, { userID: 'bob', returnPinned: true });
      expect(Object.keys(all.seqs).sort()).toEqual([CHAT, group].sort());
      expect(all.seqs[CHAT]).toEqual({ maxSeq: 10, hasReadSeq: 10, maxSeqTime: expect.any(Number) });
      expect(all.pinnedConversationIDs).toEqual([group]);
      const some = await bob.get(1006, { userID: 'bob', conversationIDs: ['si_cid_dan', CHAT] });
      expect(plain(some)).toEqual({ seqs: { [CHAT]: all.seqs[CHAT], si_cid_dan: {} } });
    });
  });

  it('last messages (1007) are the newest that can be shown', async () => {
    const asked = { userID: 'bob', conversationIDs: [CHAT, group, 'si_cid_dan', 'si_bob_ghost'] };
    const { msgs } = await audience.of('bob').get(1007, asked);
    expect(Object.keys(msgs).sort()).toEqual([CHAT, group].sort());
    const whole = await pull('bob', [{ conversationID: CHAT, begin: 10, end: 10, num: 1 }]);
    expect(msgs[CHAT]).toEqual(whole.msgs[CHAT].Msgs[0]);
    expect(msgs[group]).toMatchObject({ contentType: 101, sendID: 'bob', seq: 2 });
  });

  it.each<[number, object]>([
    [1001, {}],
    [1002, { seqRanges: [{ conversationID: 'si_cid_dan', begin: 1, end: 9, num: 9 }] }],
    [1005, { conversations: [{ conversationID: 'si_cid_dan', seqs: [1] }] }],
    [1006, { conversationIDs: [] }],
    [1006, { conversationIDs: ['si_cid_dan'] }],
    [1007, { conversationIDs: ['si_cid_dan'] }],
  ])('%i shows nobody else’s, whoever is named in it: %j', async (kind, asked) => {
    for (const reader of ['ann', 'bob', 'new']) {
      const own = await audience.of(reader).get(kind, { userID: reader, ...asked });
      const named = await audience.of(reader).get(kind, { userID: 'cid', ...asked });
      expect(named, reader).toEqual(own);
      expect(JSON.stringify(plain(named))).not.toMatch(/"Msgs"|"maxSeq":1\b|sendID/);
    }
  });

  it.each(BOTH)('signalling (1004) of %s is answered with an error', async (userID) => {
    const client = audience.of(userID);
    const answer = await client.ask(1004, client.textMessage({ recvID: 'cid' }, 'call'), { operationID: 'ring' });
    expect(answer).toMatchObject({ reqIdentifier: 1004, operationID: 'ring', errCode: 1001, errMsg: 'ArgsError' });
    expect(answer.data).toHaveLength(0);
    expect(client.closed).toBeUndefined();
  });
});

/** What is said of something: members that are empty, off or 0 may be written or not. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, name === 'options' ? member : plain(member)]);
  return Object.fromEntries(members.filter(([name, member]) => name === 'options' || !isNothing(name, member)));
}

/** A conversation that is answered without messages is something. */
function isNothing(name: string, member: unknown): boolean {
  if (typeof member !== 'object' || member === null) return !member;
  return Object.keys(member).length === 0 && !/^(si|sg|n)_/.test(name);
}
