import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Connections } from '../../../src/gateway/connections.js';
import type { Im } from '../../support/im.js';
import { connectOn, expectKicked, expectStays, tokenBeside, tokenInstead, verdictOn } from '../../support/logins.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { SocketClient } from '../../support/socket.js';

const GOOD = 0;
const KICKED = 1506;

describeOnEachDatabase('Logging out', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid', 'dan', 'eve');
  });
  afterAll(() => im.close());
  const forceLogout = (userID: string, platformID: number) =>
    im.v3('/auth/force_logout', { userID, platformID }, admin);

  it('ends the connections and tokens of a user on a platform, and no others', async () => {
    const token = await tokenBeside(im, 'ann', 1);
    const unused = await tokenBeside(im, 'ann', 1);
    const phones = [await connectOn(im, 'ann', 1, { token }), await connectOn(im, 'ann', 1, { token, codec: 'gob' })];
    const [webToken, bobs] = [await tokenBeside(im, 'ann', 5), await tokenBeside(im, 'bob', 1)];
    const others = [await connectOn(im, 'ann', 5, { token: webToken }), await connectOn(im, 'bob', 1, { token: bobs })];
    expect(await verdictOn(im, token)).toBe(GOOD);
    expect((await forceLogout('ann', 1)).body.errCode).toBe(0);
    const verdicts = await Promise.all([token, unused, webToken, bobs].map((one) => verdictOn(im, one)));
    expect(verdicts).toEqual([KICKED, KICKED, GOOD, GOOD]);
    for (const phone of phones) await expectKicked(phone);
    for (const other of others) await expectStays(other);
    const again = await connectOn(im, 'ann', 1, { token });
    expect(again.outcome).toMatchObject({ errCode: KICKED, errMsg: 'TokenKickedError' });
    await again.ended();
    await expectStays(await connectOn(im, 'ann', 1));
  });

  it('comes to a device when another has logged in and connects', async () => {
    const first = await tokenInstead(im, 'cid', 2);
    const device = await connectOn(im, 'cid', 2, { token: first });
    const second = await tokenInstead(im, 'cid', 2);
    expect([await verdictOn(im, first), await verdictOn(im, second)]).toEqual([KICKED, GOOD]);
    await expectStays(device);
    const newer = await connectOn(im, 'cid', 2, { token: second });
    await expectKicked(device);
    await expectStays(newer);
    const again = await connectOn(im, 'cid', 2, { token: first });
    expect(again.outcome.errCode).toBe(KICKED);
    await expectStays(newer);
  });

  it('comes to all devices of who is deleted', async () => {
    const tokens = [await tokenBeside(im, 'dan', 1), await tokenBeside(im, 'dan', 5)];
    const sockets = [
      await connectOn(im, 'dan', 1, { token: tokens[0] }),
      await connectOn(im, 'dan', 5, { token: tokens[1], codec: 'gob' }),
    ];
    await im.v1('/manager/delete_user', { deleteUidList: ['dan'] }, admin);
    for (const socket of sockets) await expectKicked(socket);
    const again = await connectOn(im, 'dan', 1, { token: tokens[0] });
    expect(again.outcome).toMatchObject({ errCode: 1507, errMsg: 'TokenNotExistError' });
    expect(im.get(Connections).of('dan')).toEqual([]);
  });

  it('is for the oldest of more than thirty connections on a platform', async () => {
    const token = await tokenBeside(im, 'eve', 5);
    const sockets: SocketClient[] = [];
    for (let i = 0; i < 31; i += 1) sockets.push(await connectOn(im, 'eve', 5, { token }));
    const [oldest, ...others] = sockets;
    await expectKicked(oldest);
    await Promise.all(others.map(expectStays));
    expect(im.get(Connections).of('eve')).toHaveLength(30);
    await expectStays(await connectOn(im, 'eve', 2));
    expect(im.get(Connections).of('eve')).toHaveLength(31);
  });

  it('leaves no connection of who is connecting meanwhile, a hundred times', async () => {
    await im.register('fay');
    for (let i = 0; i < 100; i += 1) {
      const token = await tokenBeside(im, 'fay', 1);
      const [socket] = await Promise.all([
        connectOn(im, 'fay', 1, { token }),
        delay((i % 10) / 2).then(() => forceLogout('fay', 1)),
      ]);
      await socket.ended();
      if (socket.outcome.errCode === 0) await expectKicked(socket);
      else expect(socket.outcome.errCode).toBe(KICKED);
      expect(im.get(Connections).of('fay')).toEqual([]);
    }
  });
});
