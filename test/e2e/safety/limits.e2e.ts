import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Im } from '../../support/im.js';
import { tokenBeside } from '../../support/logins.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

/** So many calls at once. */
const atOnce = (count: number, call: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, call));

const refusedOf = (answers: readonly Answer[]): Answer[] =>
  answers.filter(({ body }) => body.errCode === 429 || body.errCode === 810);

describeOnEachDatabase('Too many requests', (database) => {
  describe('of one user', () => {
    let im: Im;
    let ann: string, bob: string;
    beforeAll(async () => {
      im = await startIm({ database, env: { RATE_LIMIT_PER_USER: '1' } });
      await im.register('ann', 'bob');
      [ann, bob] = [await im.tokenOf('ann'), await im.tokenOf('bob')];
    });
    afterAll(() => im.close());

    const ask = (token: string) => im.v3('/user/get_users_info', { userIDs: ['ann'] }, token);

    it('are refused, and others are served', async () => {
      const refused = refusedOf(await atOnce(20, () => ask(ann)));
      expect(refused.length).toBeGreaterThan(9);
      for (const { status, headers, body } of refused) {
        expect(status).toBe(429);
        expect(body).toMatchObject({ errCode: 429, errMsg: 'too many requests, please try again later' });
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
      expect((await ask(bob)).body.errCode).toBe(0);
    });

    it('are refused whichever of his tokens he shows, and whatever he asks', async () => {
      const other = await tokenBeside(im, 'ann', 2);
      await atOnce(10, () => ask(ann));
      expect(
        refusedOf(await atOnce(10, () => im.v3('/msg/newest_seq', { userID: 'ann' }, other))).length,
      ).toBeGreaterThan(4);
      // What is wrong with it counts too, and is not even told.
      expect(refusedOf(await atOnce(10, () => im.v3('/group/kick_group', {}, ann))).length).toBeGreaterThan(4);
    });

    it('are those of a user, and not of an administrator', async () => {
      const admin = await im.adminToken();
      expect(refusedOf(await atOnce(50, () => ask(admin)))).toEqual([]);
    });
  });

  describe('of one address', () => {
    let im: Im;
    beforeAll(async () => {
      im = await startIm({ database, env: { RATE_LIMIT_PER_IP: '1', TRUSTED_PROXIES: 'loopback' } });
      await im.register('ann', 'bob');
    });
    afterAll(() => im.close());

    const from = (address: string, token?: string) =>
      im.post(
        '/user/get_users_info',
        { userIDs: ['ann'] },
        { operationID: 'o', 'x-forwarded-for': address, ...(token && { token }) },
      );

    it('are refused, whoever sends them, and with or without a good token', async () => {
      const [ann, bob] = [await im.tokenOf('ann'), await im.tokenOf('bob')];
      expect(refusedOf(await atOnce(20, () => from('198.51.100.7', ann))).length).toBeGreaterThan(9);
      expect(refusedOf(await atOnce(10, () => from('198.51.100.7', bob))).length).toBeGreaterThan(4);
      expect(refusedOf(await atOnce(10, () => from('198.51.100.7'))).length).toBeGreaterThan(4);
      expect((await from('198.51.100.8', bob)).body.errCode).toBe(0);
    });

    it('are refused in the words of each dialect', async () => {
      const headers = { 'x-forwarded-for': '198.51.100.9' };
      const v1 = () => im.post('/group/create_group', { operationID: 'o' }, { ...headers, token: 'x' });
      expect(refusedOf(await atOnce(10, v1))[0]).toMatchObject({ status: 200, body: { errCode: 429 } });
      const v2 = () => im.post('/auth/user_token', { operationID: 'o', userID: 'ann', platform: 1 }, headers);
      expect(refusedOf(await atOnce(10, v2))[0]).toMatchObject({ status: 200, body: { errCode: 810 } });
    });

    it('are never those of an AppServer, by an administrator’s token or by the secret', async () => {
      const admin = await im.adminToken();
      await atOnce(20, () => from('198.51.100.10'));
      expect(refusedOf(await atOnce(50, () => from('198.51.100.10', admin)))).toEqual([]);
      const login = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };
      const headers = { operationID: 'o', 'x-forwarded-for': '198.51.100.10' };
      expect(refusedOf(await atOnce(50, () => im.post('/auth/user_token', login, headers)))).toEqual([]);
    });
  });

  it('are nobody’s, as it comes: an address may have many users behind it', async () => {
    const im = await startIm({ database });
    try {
      expect(refusedOf(await atOnce(100, () => im.v3('/user/get_users_info', {})))).toEqual([]);
    } finally {
      await im.close();
    }
  });
});
