import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { VERSION } from '../../../src/core/version.js';
import { Transactions } from '../../../src/database/transactions.js';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { type Metrics, scrape } from '../../support/metrics.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { gatewayUrl, refusal } from '../../support/socket.js';

const REQUESTS = 'openim_rest_requests_total';
const DURATIONS = 'openim_rest_request_duration_seconds';

describeOnEachDatabase('What a server tells Prometheus', (database) => {
  let im: Im;
  let before: Metrics;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob');
  });
  afterAll(() => im?.close());
  beforeEach(async () => {
    before = await scrape(im.url);
  });

  /** How much more there is of something than when the story began. */
  const more = (after: Metrics, name: string, labels: Record<string, string | number> = {}): number =>
    after.sum(name, labels) - before.sum(name, labels);

  it('is text as Prometheus reads it', async () => {
    const { headers } = await fetch(`${im.url}/metrics`);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each(['v1', 'v2', 'v3'] as const)('counts requests in %s by route and code', async (dialect) => {
    const route = '/auth/user_token';
    const asked = {
      v1: { secret: 'tuoyun', platform: 1, uid: 'ann' },
      v2: { secret: 'tuoyun', platform: 1, userID: 'ann' },
      v3: { secret: 'openIM123', platformID: 1, userID: 'ann' },
    }[dialect];
    const wrong = { ...asked, secret: 'wrong' };
    const answers = await Promise.all([asked, asked, wrong].map((body) => im[dialect](route, body)));
    const [good, , bad] = answers.map(({ body }) => body.errCode);
    expect([good, bad === 0]).toEqual([0, false]);
    const after = await scrape(im.url);
    expect(more(after, REQUESTS, { route, dialect, code: good })).toBe(2);
    expect(more(after, REQUESTS, { route, dialect, code: bad })).toBe(1);
    expect(more(after, `${DURATIONS}_count`, { route, dialect })).toBe(3);
    expect(more(after, `${DURATIONS}_bucket`, { route, dialect, le: '+Inf' })).toBe(3);
    expect(more(after, `${DURATIONS}_sum`, { route, dialect })).toBeGreaterThan(0);
  });

  it('counts all that is no operation as what it is, and all that is not there as one', async () => {
    for (const path of ['/no/where', '/ann', `/${'x'.repeat(1_000)}`]) await im.post(path, {});
    await fetch(`${im.url}/user/user_register`);
    await fetch(`${im.url}/docs-json`);
    await fetch(`${im.url}/object/ann/picture`);
    await fetch(`${im.url}/healthz`);
    await vi.waitFor(async () => {
      const after = await scrape(im.url);
      expect(more(after, REQUESTS, { route: 'unknown', dialect: 'none', code: 404 })).toBe(4);
      expect(more(after, REQUESTS, { route: '/docs-json', code: 200 })).toBe(1);
      expect(more(after, REQUESTS, { dialect: 'none' })).toBe(6);
    });
  });

  it('counts what a socket asks, and the sockets themselves', async () => {
    const audience = await Audience.begin(im, 'ann', 'bob');
    await audience.connect('ann', { platformID: 5 });
    const open = await scrape(im.url);
    expect(more(open, 'openim_sockets', { platform: 'IOS' })).toBe(2);
    expect(more(open, 'openim_sockets', { platform: 'Web' })).toBe(1);
    expect(more(open, 'openim_socket_handshakes_total', { code: 0 })).toBe(3);

    const ann = audience.of('ann');
    expect(await ann.ask(1001, { userID: 'ann' })).toMatchObject({ errCode: 0 });
    expect(await ann.ask(1004, {})).toMatchObject({ errCode: 1001 });
    expect(await ann.say({ recvID: 'bob' }, 'hello')).toMatchObject({ errCode: 0 });
    await audience.of('bob').pushOf(101);
    const stranger = await refusal(gatewayUrl(im.url, 'ann', 'no token', { isMsgResp: '' }));
    const asked = await scrape(im.url);
    const answered = (request: string, code: number) => more(asked, 'openim_socket_requests_total', { request, code });
    expect([answered('newest_seqs', 0), answered('send_signal', 1001), answered('send_message', 0)]).toEqual([1, 1, 1]);
    expect(more(asked, 'openim_socket_request_duration_seconds_count', { request: 'send_message' })).toBe(1);
    expect(more(asked, 'openim_socket_handshakes_total', { code: stranger.body.errCode })).toBe(1);
    // To Bob, and to both sockets of Ann.
    await vi.waitFor(async () => {
      expect(more(await scrape(im.url), 'openim_push_lag_seconds_count')).toBe(3);
    });
    const pushed = await scrape(im.url);
    expect(more(pushed, 'openim_pushed_frames_total', { platform: 'Web' })).toBe(1);
    expect(more(pushed, 'openim_push_lag_seconds_bucket', { le: 30 })).toBe(3);
    expect(pushed.of('openim_push_queue_messages')).toMatchObject([{ value: 0 }]);

    await im.v3('/auth/force_logout', { userID: 'ann', platformID: 5 }, await im.adminToken());
    await audience.close();
    await vi.waitFor(async () => {
      const closed = await scrape(im.url);
      expect(more(closed, 'openim_sockets')).toBe(0);
      expect(more(closed, 'openim_sockets_ended_total', { reason: 'kicked' })).toBe(1);
      expect(more(closed, 'openim_sockets_ended_total')).toBe(1);
    });
  });

  it('counts messages that share a commit', async () => {
    const token = await im.adminToken();
    const message = { sendID: 'ann', recvID: 'bob', contentType: 101, sessionType: 1 };
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
    await Promise.all(texts.map((content) => im.v3('/msg/send_msg', { ...message, content: { content } }, token)));
    const after = await scrape(im.url);
    expect(more(after, 'openim_commit_messages_sum')).toBe(40);
    const commits = more(after, 'openim_commit_messages_count');
    expect(commits).toBeGreaterThan(0);
    expect(commits).toBeLessThan(40);
    expect(more(after, 'openim_commit_duration_seconds_count')).toBe(commits);
    expect(after.of('openim_commit_queue_messages')).toMatchObject([{ value: 0 }]);
  });

  it('tells of the database, of the process, and who it is', async () => {
    const now = await scrape(im.url);
    const [used] = now.of('openim_database_connections', { state: 'used' });
    const [free] = now.of('openim_database_connections', { state: 'free' });
    expect([used.value, free.value > 0]).toEqual([0, true]);
    expect(now.of('openim_database_waiting')).toMatchObject([{ value: 0 }]);
    expect(now.of('openim_failures_total').map(({ value }) => value)).toEqual([0, 0]);
    expect(now.of('openim_transaction_retries_total')).toHaveLength(2);
    expect(now.of('openim_build_info')).toMatchObject([
      { labels: { version: VERSION, node: process.version }, value: 1 },
    ]);
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'nodejs_gc_duration_seconds',
    ]) {
      expect(now.names).toContain(name);
    }
  });

  it('tells how many wait for the database', async () => {
    const { dataSource } = im.get(Transactions);
    const runners = Array.from({ length: 17 }, () => dataSource.createQueryRunner());
    const begun = runners.map((runner) => runner.startTransaction());
    const now = await vi.waitFor(async () => {
      const seen = await scrape(im.url);
      expect(seen.sum('openim_database_waiting')).toBeGreaterThan(0);
      return seen;
    });
    expect(now.sum('openim_database_connections', { state: 'used' })).toBe(17 - now.sum('openim_database_waiting'));
    expect(now.sum('openim_database_connections', { state: 'free' })).toBe(0);
    for (const [index, runner] of runners.entries()) {
      await begun[index];
      await runner.rollbackTransaction();
      await runner.release();
    }
    expect((await scrape(im.url)).sum('openim_database_waiting')).toBe(0);
  });

  it('names no user, group, message or token', async () => {
    const secretUser = 'user-who-wants-to-be-left-alone';
    const audience = await Audience.begin(im, secretUser, 'bob');
    const groupID = await im.group(secretUser, 'bob');
    const clientMsgID = 'message-of-his';
    const sent = { sendID: secretUser, groupID, sessionType: 3, contentType: 101, content: { content: 'hush' } };
    await audience.as('admin', '/msg/send_msg', { ...sent, clientMsgID }, 'operation-of-his');
    await im.v3(`/user/get_users_info?${secretUser}`, { userIDs: [secretUser] }, secretUser);
    await im.post(`/${secretUser}`, {});
    await audience.of('bob').pushOf(101);
    const { text, ...now } = await scrape(im.url);
    const token = await audience.tokenOf(secretUser);
    for (const one of [secretUser, groupID, clientMsgID, 'operation-of-his', 'hush', token]) {
      expect(text).not.toContain(one);
    }
    expect(now.names).toContain(REQUESTS);
    await audience.close();
  });

  it('is each server’s own, in one process', async () => {
    const other = await startIm({ database });
    await im.register('of this one alone');
    const seen = await scrape(other.url);
    expect(seen.sum(REQUESTS)).toBe(0);
    await other.close();
  });
});

describeOnEachDatabase('Who reads metrics', (database) => {
  const read = (im: Im, authorization?: string) =>
    fetch(`${im.url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });

  it('has to show the token, where there is one', async () => {
    const im = await startIm({ database, env: { METRICS_TOKEN: 'sixteen letters!' } });
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Bearer sixteen letters?',
      'sixteen letters!',
      'Basic sixteen letters!',
    ]) {
      const refused = await read(im, wrong);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await refused.text()).not.toContain('openim_');
    }
    expect((await fetch(`${im.url}/metrics`, { headers: { token: await im.adminToken() } })).status).toBe(401);
    const answer = await read(im, 'Bearer sixteen letters!');
    expect([answer.status, (await answer.text()).includes('openim_build_info')]).toEqual([200, true]);
    expect((await fetch(`${im.url}/readyz`)).status).toBe(200);
    await im.close();
  });

  it('is nobody, where they are off', async () => {
    const im = await startIm({ database, env: { METRICS: 'off' } });
    const answer = await read(im);
    expect([answer.status, await answer.json()]).toEqual([404, { errCode: 404, errMsg: '404 page not found' }]);
    await im.close();
  });

  it('is everybody who reaches the port, unless something else is said', async () => {
    const im = await startIm({ database });
    expect((await read(im)).status).toBe(200);
    await im.close();
  });
});
