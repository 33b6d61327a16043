import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { SocketClient } from '../../support/socket.js';

/** Longest that stopping may take, in milliseconds. */
const STOP_MS = 15_000;

interface Said {
  text: string;
  clientMsgID: string;
  /** Undefined: nobody answered. */
  serverMsgID?: string;
}

describeOnEachDatabase('Sockets of a server', (database) => {
  let fresh: FreshDatabase;
  let server: ServerProcess;
  beforeEach(async () => {
    fresh = await freshDatabase(database);
    await start();
    const users = ['ann', 'bob', 'cid'].map((userID) => ({ userID }));
    await ask('/user/user_register', { secret: 'openIM123', users });
  });
  afterEach(async () => {
    await server.stop('SIGKILL');
    await fresh.drop();
  });

  const start = async () => {
    server = await startProcess({ DATABASE_URL: fresh.url, WS_RATE_LIMIT: '0' });
  };
  const ask = (path: string, body: object) => post(server.url + path, body, { operationID: 'stop' });
  const connect = async (userID: string, codec: 'json' | 'gob'): Promise<SocketClient> => {
    const { body } = await ask('/auth/user_token', { secret: 'openIM123', platformID: 1, userID });
    return SocketClient.connect(server.url, userID, body.data.token, { codec });
  };
  const message = (socket: SocketClient, { text, clientMsgID }: Said) =>
    socket.say({ recvID: 'cid' }, text, { clientMsgID });
  /** Says one thing after the other until nobody answers any more. */
  const sayUntilGone = async (socket: SocketClient): Promise<Said[]> => {
    const all: Said[] = [];
    for (let i = 0; ; i += 1) {
      const said: Said = { text: `${socket.userID} ${i}`, clientMsgID: randomUUID() };
      all.push(said);
      const answer = await message(socket, said).catch(() => undefined);
      if (!answer) return all;
      expect(answer.errCode).toBe(0);
      said.serverMsgID = 'answered';
    }
  };
  /** Every text of a conversation, by asking for what is after a seq. */
  const pull = async (
    socket: SocketClient,
    conversationID: string,
    after: number,
  ): Promise<{ seqs: number[]; texts: string[] }> => {
    const { maxSeqs } = await socket.get(1001, { userID: socket.userID });
    const seqs: number[] = [];
    const texts: string[] = [];
    for (let begin = after + 1; begin <= (maxSeqs[conversationID] ?? 0); begin += 100) {
      const range = { conversationID, begin, end: Math.min(begin + 99, maxSeqs[conversationID]), num: 100 };
      const { msgs } = await socket.get(1002, { userID: socket.userID, seqRanges: [range] });
      for (const { seq, content } of msgs[conversationID].Msgs) {
        seqs.push(seq);
        texts.push(JSON.parse(Buffer.from(content, 'base64').toString()).content);
      }
    }
    return { seqs, texts };
  };
  const answered = (all: readonly Said[]) => all.filter(({ serverMsgID }) => serverMsgID).map(({ text }) => text);

  it('that is told to stop are answered, hear what was said, and are closed', async () => {
    const [ann, bob, cid] = [await connect('ann', 'json'), await connect('bob', 'gob'), await connect('cid', 'gob')];
    const saying = [ann, bob].map(sayUntilGone);
    await cid.until(() => cid.heard.length > 20, 'the first messages');
    const begin = performance.now();
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(performance.now() - begin).toBeLessThan(STOP_MS);
    for (const socket of [ann, bob, cid]) expect(await socket.ended()).toEqual({ code: 1000 });
    const all = await Promise.all(saying);
    for (const one of all) {
      const mine = cid.heard.filter((text) => text.startsWith(one[0].text.slice(0, 3)));
      // Every answered message was pushed, in order; of the last one nobody knows.
      expect([answered(one), one.map(({ text }) => text)]).toContainEqual(mine);
    }
    expect(ann.pushed.map(({ seq }) => seq)).toEqual(ann.pushed.map((_, i) => i + 1));
  });

  it('that is killed find everything that was answered, once, and what they missed', async () => {
    const [ann, bob, cid] = [await connect('ann', 'json'), await connect('bob', 'gob'), await connect('cid', 'gob')];
    const saying = [ann, bob].map(sayUntilGone);
    await cid.until(() => cid.heard.length > 20, 'the first messages');
    expect(await server.stop('SIGKILL')).toBeNull();
    const all = await Promise.all(saying);
    await cid.ended();

    await start();
    const again = [await connect('ann', 'json'), await connect('bob', 'gob')];
    for (const [i, socket] of again.entries()) {
      // As a client does that was not answered: the same message once more.
      const unanswered = all[i].at(-1) as Said;
      expect(await message(socket, unanswered)).toMatchObject({ errCode: 0 });
    }
    const back = await connect('cid', 'json');
    for (const [i, sender] of ['ann', 'bob'].entries()) {
      const conversationID = `si_${sender}_cid`;
      const texts = all[i].map(({ text }) => text);
      for (const socket of [back, again[i]]) {
        const { seqs, texts: found } = await pull(socket, conversationID, 0);
        expect(found).toEqual(texts);
        expect(seqs).toEqual(texts.map((_, index) => index + 1));
      }
      const known = cid.pushed.filter((pushed) => pushed.conversationID === conversationID);
      const missed = await pull(back, conversationID, known.at(-1)?.seq ?? 0);
      expect([...known.map(({ content }) => content.content), ...missed.texts]).toEqual(texts);
    }
  });
});
