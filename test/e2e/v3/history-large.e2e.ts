import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { HistoryService } from '../../../src/messaging/history/history.service.js';
import { Message } from '../../../src/messaging/message.entity.js';
import { outgoing } from '../../../src/messaging/outgoing.js';
import { Sequence } from '../../../src/messaging/sequence.entity.js';
import { type HistoryTalk, historyTalk } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const LARGE = 131_072;
const COUNT = 300;
const ID = 'si_ann_bob';

describeOnEachDatabase('v3 pulling large messages', (database) => {
  let im: Im;
  let talk: HistoryTalk;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('ann', 'bob', 'cid');
    await talk.say('ann', { recvID: 'bob' });
    await talk.say('cid', { recvID: 'bob' });
    const { manager } = im.get(Transactions);
    const content = JSON.stringify({ content: 'x'.repeat(LARGE - 20) });
    const template = { sendID: 'ann', recvID: 'bob', sessionType: 1 as const, contentType: 101, content };
    for (let seq = 2; seq <= COUNT; seq += 50) {
      const some = Array.from({ length: Math.min(50, COUNT - seq + 1) }, (_, i) => seq + i);
      await insertRows(
        manager,
        Message,
        some.map((one): Message => ({ ...outgoing(template).message, seq: one })),
      );
    }
    await manager.update(Sequence, { conversationID: ID }, { maxSeq: COUNT });
  });
  afterAll(() => im.close());

  const bytes = (messages: any[]) =>
    messages.reduce((sum, { content }) => sum + Buffer.from(content ?? '', 'base64').length, 0);
  const whole = { begin: 1, end: COUNT, num: 1000 };

  it('answers the newest, up to eight megabytes; the rest can be asked for again', async () => {
    const seen: number[] = [];
    for (let end = COUNT, turn = 0; end > 0; turn += 1) {
      expect(turn).toBeLessThan(10);
      const body = { userID: 'bob', seqRanges: [{ conversationID: ID, begin: 1, end, num: 1000 }], order: 1 };
      const { data } = await talk.call('bob', '/msg/pull_msg_by_seq', body);
      const { Msgs, isEnd } = data.msgs[ID];
      expect(bytes(Msgs)).toBeLessThan(10 * 1024 * 1024);
      expect(Msgs.at(-1).seq).toBe(end);
      seen.unshift(...Msgs.map(({ seq }: any) => seq));
      end = Msgs[0].seq - 1;
      expect(isEnd).toBe(end === 0);
    }
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));
  });

  it('counts all ranges of a pull together, and leaves out those it does not come to', async () => {
    const seqRanges = [
      { conversationID: ID, ...whole },
      { conversationID: 'si_bob_cid', begin: 1, end: 1, num: 1 },
    ];
    const ask = async (ranges: object[]) =>
      (await talk.call('bob', '/msg/pull_msg_by_seq', { userID: 'bob', seqRanges: ranges, order: 0 })).data.msgs;
    expect(Object.keys(await ask(seqRanges))).toEqual([ID]);
    expect(Object.keys(await ask(seqRanges.toReversed())).toSorted()).toEqual([ID, 'si_bob_cid']);
    const twice = await ask([seqRanges[0], seqRanges[0]]);
    expect(bytes(twice[ID].Msgs)).toBeLessThan(10 * 1024 * 1024);
  });

  it('does so for lists of seqs, too', async () => {
    const seqs = Array.from({ length: COUNT }, (_, index) => index + 1);
    const asked = { userID: 'bob', conversations: [{ conversationID: ID, seqs }], descending: false };
    const [{ messages }] = await im.get(HistoryService).pullBySeqs(systemActor(), asked);
    expect(messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)).toBeLessThan(10 * 1024 * 1024);
    expect(messages.at(-1)?.seq).toBe(COUNT);
  });
});
