import { JwtService } from '@nestjs/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payloadOf } from '../../src/access/claims.js';
import { TokenKeys } from '../../src/access/token-keys.js';
import { chunks } from '../../src/database/bulk.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { CALLERS, type CallerName, type Outcome, type RouteRow, type Routes } from './routes.js';
import { buildWorld } from './world.js';

const files = import.meta.glob<{ routes: Routes }>('./*.routes.ts', { eager: true });
const ROUTES: Routes = Object.assign({}, ...Object.values(files).map(({ routes }) => routes));
const CALLABLE = Object.entries(ROUTES).filter(([, { elsewhere }]) => elsewhere === undefined);

/** Calls under way at a time. */
const AT_ONCE = 8;

function expected(row: RouteRow, caller: CallerName): readonly number[] {
  const isOutcome = typeof row.expect === 'number' || Array.isArray(row.expect);
  const outcome = isOutcome ? (row.expect as Outcome) : (row.expect as Record<CallerName, Outcome>)[caller];
  return typeof outcome === 'number' ? [outcome] : outcome;
}

describeOnEachDatabase('Who may call what in v3', (database) => {
  let im: Im;

  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  it('has a row for every route, and no row for a route that is not there', async () => {
    const document = (await fetch(`${im.url}/docs-json`).then((answer) => answer.json())) as {
      paths: Record<string, { post?: { summary: string } }>;
    };
    const served = Object.entries(document.paths)
      .filter(([, { post }]) => /\((v1, )?(v2, )?v3\)$/.test(post?.summary ?? ''))
      .map(([path]) => path.slice(1));
    expect(Object.keys(ROUTES).toSorted()).toEqual(served.toSorted());
  });

  it('answers every caller as the table says', async () => {
    const calls = CALLABLE.flatMap(([path, row]) => CALLERS.map((caller) => ({ path, row, caller })));
    const wrong: string[] = [];
    for (const some of chunks(calls, AT_ONCE)) {
      await Promise.all(
        some.map(async ({ path, row, caller }) => {
          const world = await buildWorld(im);
          const answer = await im.v3(`/${path}`, world.body(row.body(world)), await world.tokenOf(caller));
          const wanted = expected(row, caller);
          if (wanted.includes(answer.body?.errCode)) return;
          wrong.push(`/${path} as ${caller}: expected ${wanted.join(' or ')}, got ${answer.text.slice(0, 200)}`);
        }),
      );
    }
    expect(wrong).toEqual([]);
  }, 600_000);

  describe('without a good token', () => {
    const bad: [name: string, errCode: number, make: () => Promise<string | undefined>][] = [
      ['no token', 1001, async () => undefined],
      ['garbage', 1503, async () => 'garbage'],
      ['an expired token', 1501, expiredToken],
      ['a kicked token', 1506, kickedToken],
    ];

    async function expiredToken(): Promise<string> {
      const user = { userID: 'openIM123456', platformID: 1, appMangerLevel: 2, jti: 'expired' };
      const payload = payloadOf(3, user, Math.floor(Date.now() / 1000) - 1000, 500);
      return im.get(JwtService).sign(payload, { secret: im.get(TokenKeys).signing, algorithm: 'HS256' });
    }

    async function kickedToken(): Promise<string> {
      await im.register('kicked');
      const token = await im.tokenOf('kicked');
      await im.v3('/auth/force_logout', { userID: 'kicked', platformID: 1 }, await im.adminToken());
      return token;
    }

    it.each(bad)('nobody gets anywhere: %s', async (_name, errCode, make) => {
      const token = await make();
      const wrong: string[] = [];
      for (const some of chunks(CALLABLE, AT_ONCE)) {
        await Promise.all(
          some.map(async ([path, row]) => {
            const answer = await im.v3(`/${path}`, {}, token);
            const refused =
              answer.body?.errCode === errCode && (token || answer.body.errDlt === 'header must have token');
            if (Boolean(refused) === Boolean(row.open)) wrong.push(`/${path}: ${answer.text.slice(0, 200)}`);
          }),
        );
      }
      expect(wrong).toEqual([]);
    });
  });

  it('wants an operationID of everybody', async () => {
    const token = await im.adminToken();
    const wrong: string[] = [];
    for (const [path] of CALLABLE) {
      const onlyV3 = await im.post(`/${path}`, {}, { token });
      // Where v1 or v2 is spoken too, a call without the header is theirs.
      if (onlyV3.body?.errDlt === undefined && onlyV3.body?.errCode !== 0) continue;
      if (onlyV3.body?.errCode !== 1001 || onlyV3.body.errDlt !== 'header must have operationID')
        wrong.push(`/${path}: ${onlyV3.text}`);
    }
    expect(wrong).toEqual([]);
  });
});
