import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { SocketClient } from '../../support/socket.js';

const SENDERS = 50;
const ROUNDS = 2;
const CROWD_TIMEOUT_MS = 180_000;

describeOnEachDatabase('Messages over sockets', (database) => {
  let im: Im;
  let audience: Audience;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'ann', 'bob', 'cid');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });

  describe('that are sent again', () => {
    let clientMsgID: string;
    beforeEach(async () => {
      clientMsgID = randomUUID();
      await audience.settle();
    });

    const say = async (client: SocketClient, text: string, to: object = { recvID: 'bob' }): Promise<any> =>
      client.get(1003, client.textMessage(to as never, text, { clientMsgID }));
    const overRest = (text: string) =>
      audience.as('admin', '/msg/send_msg', {
        sendID: 'ann',
        recvID: 'bob',
        clientMsgID,
        sessionType: 1,
        contentType: 101,
        content: { content: text },
      });
    const stored = () => im.rows('im_messages', { clientMsgID });

    async function expectOnce(answers: readonly object[], text: string): Promise<void> {
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(await stored()).toMatchObject([{ content: JSON.stringify({ content: text }) }]);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ ann: '+101', bob: '+101' });
      expect(heard['bob'][0]).toMatchObject({ clientMsgID, content: { content: text } });
    }

    it('are answered as the first time, stored once and pushed once', async () => {
      const ann = audience.of('ann');
      await expectOnce([await say(ann, 'one'), await say(ann, 'two'), await say(ann, 'three')], 'one');
    });

    it('all at once, too, from several devices', async () => {
      const others = [
        await audience.connect('ann', { platformID: 2, codec: 'gob' }),
        await audience.connect('ann', { platformID: 5 }),
      ];
      const clients = [audience.of('ann'), ...others];
      const answers = await Promise.all(clients.flatMap((client) => [say(client, 'same'), say(client, 'same')]));
      await expectOnce(answers, 'same');
      for (const client of others) await client.close();
    });

    it('first over a socket, then by REST', async () => {
      await expectOnce([await say(audience.of('ann'), 'socket'), await overRest('rest')], 'socket');
    });

    it('first by REST, then over a socket', async () => {
      await expectOnce([await overRest('rest'), await say(audience.of('ann'), 'socket')], 'rest');
    });

    it('after a reconnect, the answer to the first having been lost', async () => {
      const lost = await audience.connect('ann', { platformID: 3 });
      const data = protobufType('MsgData').encode(lost.textMessage({ recvID: 'bob' }, 'first', { clientMsgID }));
      lost.sendFrame({ reqIdentifier: 1003, msgIncr: 'lost', data });
      await audience.of('bob').pushOf(101, (one) => one.clientMsgID === clientMsgID);
      lost.socket.terminate();
      await lost.ended();
      const back = await audience.connect('ann', { platformID: 3 });
      const [{ serverMsgID }] = await stored();
      const answer = await say(back, 'again');
      expect(answer.serverMsgID).toBe(serverMsgID);
      await back.close();
      await expectOnce([answer], 'first');
    });

    it('by another sender or to another receiver are others', async () => {
      const answers = [
        await say(audience.of('ann'), 'one'),
        await say(audience.of('bob'), 'two', { recvID: 'ann' }),
        await say(audience.of('ann'), 'three', { recvID: 'cid' }),
      ];
      expect(new Set(answers.map(({ serverMsgID }) => serverMsgID)).size).toBe(3);
      expect(inBrief(await audience.heard())).toEqual({ ann: '+101 +101 +101', bob: '+101 +101', cid: '+101' });
    });
  });

  it(
    'and by REST, of very many at once, have dense seqs, and everybody hears all in one order',
    async () => {
      const senders = Array.from({ length: SENDERS }, (_, index) => `sender${index}`);
      const crowd = await Audience.begin(im, ...senders);
      const groupID = await im.group(...senders);
      await crowd.settle();
      const overRest = (sendID: string, text: string) =>
        crowd.as('admin', '/msg/send_msg', {
          sendID,
          groupID,
          sessionType: 3,
          contentType: 101,
          content: { content: text },
        });
      await Promise.all(
        senders.map(async (sender) => {
          for (let round = 0; round < ROUNDS; round += 1) {
            const bySocket = crowd.of(sender).say({ groupID }, `${sender} ${round}`);
            await Promise.all([bySocket, overRest(sender, `${sender} ${round} by REST`)]);
            expect((await bySocket).errCode).toBe(0);
          }
        }),
      );
      const rows = await im.rows('im_messages', { conversationID: `sg_${groupID}`, contentType: 101 });
      const order = rows.toSorted((a, b) => Number(a.seq) - Number(b.seq));
      const total = 2 * SENDERS * ROUNDS;
      const [first] = order.map(({ seq }) => Number(seq));
      expect(order.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: total }, (_, index) => first + index));
      const times = order.map(({ sendTime }) => Number(sendTime));
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      for (const [{ userID }, pushed] of await crowd.settle()) {
        expect(
          pushed.map(({ seq }) => seq),
          userID,
        ).toEqual(order.map(({ seq }) => Number(seq)));
        expect(pushed.map(({ clientMsgID }) => clientMsgID)).toEqual(order.map((row) => row.clientMsgID));
        // Of one sender and one way, what was said first comes first.
        const own = pushed.filter(({ sendID, content }) => sendID === userID && !content.content.includes('REST'));
        expect(own.map(({ content }) => content.content)).toEqual(
          Array.from({ length: ROUNDS }, (_, round) => `${userID} ${round}`),
        );
      }
      await crowd.close();
    },
    CROWD_TIMEOUT_MS,
  );
});
