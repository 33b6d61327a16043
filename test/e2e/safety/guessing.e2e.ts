import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Im } from '../../support/im.js';
import { forgedToken, knock } from '../../support/knock.js';
import { tokenBeside } from '../../support/logins.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { gatewayUrl } from '../../support/socket.js';

const LOGIN = { platformID: 1, userID: 'openIM123456' };

describeOnEachDatabase('Who guesses', (database) => {
  let im: Im;
  let ann: string;
  beforeAll(async () => {
    // One comes back every ten seconds.
    const env = { LOGIN_FAILURES_PER_IP: '6', TRUSTED_PROXIES: 'loopback' };
    im = await startIm({ database, env });
    await im.register('ann');
    ann = await tokenBeside(im, 'ann', 1);
  });
  afterAll(() => im.close());

  const from = (address: string) => ({ operationID: 'o', 'x-forwarded-for': address });
  const login = (secret: string, address: string): Promise<Answer> =>
    im.post('/auth/user_token', { ...LOGIN, secret }, from(address));
  const show = (token: string, address: string): Promise<Answer> =>
    im.post('/user/get_users_info', { userIDs: ['ann'] }, { ...from(address), token });

  /** Goes on until it is refused; answers how often it was not. */
  async function guessed(attempt: () => Promise<{ body?: any }>): Promise<number> {
    for (let times = 0; times < 500; times += 1) if ((await attempt()).body?.errCode === 429) return times;
    throw new Error('nobody minds');
  }

  describe('a secret', () => {
    const mallory = '198.51.100.1';

    it('may be wrong so often a minute; then even the right one is refused, for a while', async () => {
      expect(await guessed(() => login('wrong', mallory))).toBeGreaterThanOrEqual(6);
      const right = await login('openIM123', mallory);
      expect(right).toMatchObject({ status: 429, body: { errCode: 429 } });
      expect([...Array(11).keys()]).toContain(Number(right.headers.get('retry-after')));
      for (let times = 0; times < 150; times += 1) {
        if ((await login('openIM123', mallory)).body.errCode === 0) return;
        await delay(200);
      }
      throw new Error('the right one stays refused');
    });

    it('is refused in the words of each dialect', async () => {
      await guessed(() => login('wrong', mallory));
      const body = { operationID: 'o', secret: 'wrong', platform: 1 };
      const v1 = await im.post('/auth/user_token', { ...body, uid: 'ann' }, from(mallory));
      const v2 = await im.post('/auth/user_token', { ...body, userID: 'ann' }, from(mallory));
      expect(v1).toMatchObject({ status: 200, body: { errCode: 429 } });
      expect(v2).toMatchObject({ status: 200, body: { errCode: 810 } });
      for (const { headers } of [v1, v2]) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('from elsewhere finds nobody else in its way', async () => {
      await guessed(() => login('wrong', mallory));
      expect((await login('openIM123', '198.51.100.2')).body.errCode).toBe(0);
      // What a client writes into the header itself is not believed.
      expect((await login('openIM123', `198.51.100.2, ${mallory}`)).body.errCode).toBe(429);
    });

    it('that is right is never counted', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => login('openIM123', '198.51.100.3')));
      expect(answers.filter(({ body }) => body.errCode !== 0)).toEqual([]);
    });

    it('while he has to wait may still use the token he has', async () => {
      await guessed(() => login('wrong', mallory));
      expect((await show(ann, mallory)).body.errCode).toBe(0);
    });
  });

  describe('a token', () => {
    const mallory = '198.51.100.4';

    it('may be wrong so often a minute, forged or garbage', async () => {
      expect(await guessed(() => show('garbage', mallory))).toBeGreaterThanOrEqual(6);
      expect((await show(forgedToken('another key', {}), mallory)).body.errCode).toBe(429);
      expect((await im.post('/auth/parse_token', { token: 'garbage' }, from(mallory))).body.errCode).toBe(429);
    });

    it('finds that a good one still gets in, also one nobody has seen yet', async () => {
      const unseen = await tokenBeside(im, 'ann', 2);
      await guessed(() => show('garbage', mallory));
      expect((await show(unseen, mallory)).body.errCode).toBe(0);
      expect((await login('openIM123', mallory)).body.errCode).toBe(0);
    });

    it('may show one that was good once as often as he likes, and hears what became of it', async () => {
      const kicked = await tokenBeside(im, 'ann', 5);
      await im.v3('/auth/force_logout', { userID: 'ann', platformID: 5 }, await im.adminToken());
      const answers = await Promise.all(Array.from({ length: 150 }, () => show(kicked, '198.51.100.5')));
      expect(new Set(answers.map(({ body }) => body.errCode))).toEqual(new Set([1506]));
    });

    it('is counted at the gateway too', async () => {
      const address = { 'x-forwarded-for': '198.51.100.6' };
      const attempt = async (token: string) => {
        const { texts, body } = await knock(gatewayUrl(im.url, 'ann', token), address);
        return { body: texts[0] ?? body };
      };
      expect(await guessed(() => attempt('garbage'))).toBeGreaterThanOrEqual(6);
      expect((await attempt(ann)).body).toEqual({ errCode: 0, errMsg: '', errDlt: '' });
      expect((await show('garbage', '198.51.100.6')).body.errCode).toBe(429);
    });
  });
});

describeOnEachDatabase('Sockets of one address', (database) => {
  it('that come too fast are refused, and those of another are not', async () => {
    const im = await startIm({ database, env: { WS_CONNECTIONS_PER_IP: '1', TRUSTED_PROXIES: 'loopback' } });
    try {
      await im.register('ann');
      const token = await tokenBeside(im, 'ann', 1);
      const url = gatewayUrl(im.url, 'ann', token);
      const enter = (address: string) => knock(url, { 'x-forwarded-for': address });
      const knocks = await Promise.all(Array.from({ length: 12 }, () => enter('198.51.100.7')));
      const refused = knocks.filter(({ status }) => status === 200);
      expect(refused.length).toBeGreaterThan(4);
      for (const { body } of refused) expect(body).toMatchObject({ errCode: 429 });
      expect((await enter('198.51.100.8')).status).toBe(101);
    } finally {
      await im.close();
    }
  });
});

describeOnEachDatabase('Behind a proxy nobody trusts', (database) => {
  it('everybody is the proxy, whatever he says he is', async () => {
    const im = await startIm({ database, env: { LOGIN_FAILURES_PER_IP: '3' } });
    try {
      const attempt = (secret: string, address: string) =>
        im.post('/auth/user_token', { ...LOGIN, secret }, { operationID: 'o', 'x-forwarded-for': address });
      for (const address of ['198.51.100.1', '198.51.100.2', '198.51.100.3']) {
        expect((await attempt('wrong', address)).body.errCode).toBe(1002);
      }
      expect((await attempt('openIM123', '198.51.100.4')).body.errCode).toBe(429);
    } finally {
      await im.close();
    }
  });
});
