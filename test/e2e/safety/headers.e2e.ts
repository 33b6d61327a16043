import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const LOGIN = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };

/** The head of the answer to bytes that are no HTTP. */
function answerTo(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

describeOnEachDatabase('What answers tell browsers', (database) => {
  describe('as it comes', () => {
    let im: Im;
    beforeAll(async () => {
      im = await startIm({ database });
    });
    afterAll(() => im.close());

    it('is of pages that they may load, run and be framed by nothing but their own server', async () => {
      const { headers } = await fetch(`${im.url}/docs`);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    });

    it('lets the pages of Swagger UI run: all they load is ours, and what stands in them is named', async () => {
      for (const path of ['/docs', '/docs/']) {
        const page = await fetch(im.url + path);
        const policy = page.headers.get('content-security-policy') ?? '';
        const html = await page.text();
        const scripts = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
        expect(scripts.length).toBeGreaterThan(2);
        for (const [, attributes, script] of scripts) {
          if (attributes.includes('src=')) expect(attributes).toMatch(/src=["']\.\//);
          else expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
        }
        for (const [link] of html.matchAll(/<link[^>]*>/g)) expect(link).toMatch(/href=["']\.\//);
        expect(html).not.toMatch(/ on[a-z]+=/i);
      }
    });

    it('is of answers that they are what they say, and no more', async () => {
      const { headers } = await im.v3('/auth/user_token', LOGIN);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      for (const name of ['content-security-policy', 'x-frame-options', 'strict-transport-security', 'vary']) {
        expect(headers.get(name)).toBeNull();
      }
      expect((await fetch(`${im.url}/nowhere`)).headers.get('x-content-type-options')).toBe('nosniff');
    });

    it('is of tokens that nobody may keep them', async () => {
      const admin = await im.adminToken();
      await im.register('ann');
      const operationID = 'op';
      const v1 = { secret: 'tuoyun', platform: 1, operationID };
      const answers = await Promise.all([
        im.v3('/auth/user_token', LOGIN),
        im.v3('/auth/get_admin_token', LOGIN),
        im.v3('/auth/get_user_token', { userID: 'ann', platformID: 1 }, admin),
        im.v1('/auth/user_token', { ...v1, uid: 'ann' }),
        im.v1('/auth/user_register', { ...v1, uid: 'newcomer', name: 'New' }),
        im.v2('/auth/user_token', { secret: 'tuoyun', platform: 1, userID: 'ann' }),
      ]);
      for (const { headers, body } of answers) {
        expect(body.data.token).toBeTruthy();
        expect(headers.get('cache-control')).toBe('no-store');
      }
      expect((await im.v3('/user/get_users', {}, admin)).headers.get('cache-control')).toBeNull();
    });

    it('lets pages of any origin read, as the protocol says', async () => {
      const answer = await im.post('/auth/user_token', LOGIN, { origin: 'https://anywhere.example', operationID: 'o' });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      const asked = await fetch(`${im.url}/auth/user_token`, { method: 'OPTIONS' });
      expect(asked.headers.get('access-control-allow-headers')).toBe('*');
      expect(await asked.json()).toBe('Options Request!');
    });
  });

  describe('with a list of origins, behind https', () => {
    const ORIGIN = 'https://app.example.com';
    let im: Im;
    beforeAll(async () => {
      const env = { CORS_ORIGINS: `${ORIGIN}, http://localhost:5173`, PUBLIC_URL: 'https://im.example.com' };
      im = await startIm({ database, env });
    });
    afterAll(() => im.close());

    const preflight = async (path: string, origin: string): Promise<Headers> =>
      (await fetch(im.url + path, { method: 'OPTIONS', headers: { origin } })).headers;

    it('lets pages of these read', async () => {
      for (const path of ['/auth/user_token', '/nowhere', '/%zz']) {
        const headers = await preflight(path, ORIGIN);
        expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
        expect(headers.get('access-control-allow-headers')).toBe('*');
        expect(headers.get('vary')).toContain('Origin');
      }
      const answer = await im.post('/auth/user_token', LOGIN, { origin: 'http://localhost:5173', operationID: 'o' });
      expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    });

    it('and of no others', async () => {
      for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null', 'http://app.example.com']) {
        for (const path of ['/auth/user_token', '/nowhere', '/%zz']) {
          const headers = await preflight(path, origin);
          expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        }
      }
      const unreadable = await answerTo(Number(new URL(im.url).port), 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(unreadable).not.toContain('access-control');
    });

    it('serves who is no page as ever', async () => {
      expect((await im.v3('/auth/user_token', LOGIN)).body.errCode).toBe(0);
    });

    it('has browsers come by TLS alone', async () => {
      for (const path of ['/docs', '/nowhere']) {
        expect((await fetch(im.url + path)).headers.get('strict-transport-security')).toBe('max-age=63072000');
      }
    });
  });
});
