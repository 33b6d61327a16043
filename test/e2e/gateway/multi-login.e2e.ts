import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Im } from '../../support/im.js';
import { connectOn, expectKicked, expectStays, tokenBeside, verdictOn } from '../../support/logins.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const GOOD = 0;
const KICKED = 1506;
const PATIENCE = { timeout: 15_000, interval: 10 };

/** `1>2`: a connection on platform 1, and then one on 2. */
const pairs = (text: string): [before: number, after: number][] =>
  (text.match(/\d+>\d+/g) ?? []).map((pair) => pair.split('>').map(Number) as [number, number]);

describe.each([
  [0, '', '', '1>1 1>2 3>4 5>5'],
  [1, '1>1 5>5 11>11', '', '1>2 3>4 8>9'],
  [4, '1>1 1>2 3>4 7>3 8>9', '', '1>3 5>6 1>8 11>2'],
  // Policy 5 ends the tokens of the new one's platform alone.
  [5, '1>1', '1>2 5>1 8>9 2>11', '3>3 3>4 1>3 3>1'],
])('Multi-login policy %i', (policy, ended, kickedAlone, beside) => {
  describeOnEachDatabase('of two connections', (database) => {
    let im: Im;
    beforeAll(async () => {
      im = await startIm({ database, env: { MULTI_LOGIN_POLICY: String(policy) } });
    });
    afterAll(() => im.close());
    let count = 0;
    const newUser = async (): Promise<string> => {
      const userID = `u${(count += 1)}`;
      await im.register(userID);
      return userID;
    };
    const arrive = async (userID: string, before: number, after: number) => {
      const [decoy, token] = [await tokenBeside(im, userID, before), await tokenBeside(im, userID, before)];
      const older = await connectOn(im, userID, before, { token, codec: after % 2 ? 'gob' : 'json' });
      // Under policy 5 the first connection alone ends the other tokens of its platform.
      const endsOthers = policy === 5 && ![3, 4, 7, 10].includes(before);
      if (endsOthers) await vi.waitFor(async () => expect(await verdictOn(im, decoy)).toBe(KICKED), PATIENCE);
      const tokens = [token, await tokenBeside(im, userID, after)];
      const newer = await connectOn(im, userID, after, { token: tokens[1] });
      return { older, newer, tokens };
    };

    it.runIf(ended)('ends the older, and its token', async () => {
      for (const [before, after] of pairs(ended)) {
        const { older, newer, tokens } = await arrive(await newUser(), before, after);
        await expectKicked(older);
        await expectStays(newer);
        await vi.waitFor(
          async () => expect([before, after, await verdictOn(im, tokens[0])]).toEqual([before, after, KICKED]),
          PATIENCE,
        );
        expect(await verdictOn(im, tokens[1])).toBe(GOOD);
        const again = await connectOn(im, older.userID, before, { token: tokens[0] });
        expect(again.outcome.errCode).toBe(KICKED);
        await again.ended();
        await expectStays(newer);
      }
    });

    it.runIf(kickedAlone)('ends the older, but not its token', async () => {
      for (const [before, after] of pairs(kickedAlone)) {
        const { older, newer, tokens } = await arrive(await newUser(), before, after);
        await expectKicked(older);
        await expectStays(newer);
        expect([before, after, await verdictOn(im, tokens[0])]).toEqual([before, after, GOOD]);
      }
    });

    it('leaves both', async () => {
      for (const [before, after] of pairs(`${beside} 10>1 3>10`)) {
        const { older, newer, tokens } = await arrive(await newUser(), before, after);
        await expectStays(newer);
        await expectStays(older);
        for (const token of tokens) expect([before, after, await verdictOn(im, token)]).toEqual([before, after, GOOD]);
      }
    });

    it('takes a connection with the same token for the same device', async () => {
      const userID = await newUser();
      const token = await tokenBeside(im, userID, 1);
      const first = await connectOn(im, userID, 1, { token });
      const second = await connectOn(im, userID, 1, { token, codec: 'gob' });
      await expectStays(second);
      await expectStays(first);
      expect(await verdictOn(im, token)).toBe(GOOD);
    });

    it.runIf(policy !== 0)('keeps exactly one of ten that come at once', async () => {
      const userID = await newUser();
      const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenBeside(im, userID, 2)));
      const sockets = await Promise.all(tokens.map((token) => connectOn(im, userID, 2, { token })));
      await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed)).toHaveLength(1), PATIENCE);
      const [left] = sockets.filter(({ closed }) => !closed);
      await expectStays(left);
      expect(await verdictOn(im, tokens[sockets.indexOf(left)])).toBe(GOOD);
      for (const socket of sockets) {
        if (socket === left) continue;
        if (socket.outcome.errCode === 0) await expectKicked(socket);
        else expect(socket.outcome.errCode).toBe(KICKED);
      }
    });
  });
});
