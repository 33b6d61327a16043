import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { Deliveries } from '../../../src/gateway/deliveries.js';
import { MessageSending } from '../../../src/messaging/message.events.js';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { type SeenSpan, SpanCollector } from '../../support/spans.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

const collector = SpanCollector.install();

describeOnEachDatabase('Traces', (database) => {
  let im: Im;
  let admin: string;
  let audience: Audience;
  /** What was active while a message was about to be sent. */
  let active: SeenSpan[] = [];
  beforeAll(async () => {
    im = await startIm({ database, env: { TRACING: 'true' } });
    admin = await im.adminToken();
    audience = await Audience.begin(im, 'ann', 'bob');
    im.get(ImEvents).on(MessageSending, 'before', () => void active.push(trace.getActiveSpan() as SeenSpan));
  });
  afterAll(async () => {
    await audience?.close();
    await im?.close();
  });
  beforeEach(async () => {
    // What the story before has sent is not of this one.
    await im.get(Deliveries).finish(10_000);
    active = [];
    collector.spans.length = 0;
  });

  const message = (content: string) => ({
    sendID: 'ann',
    recvID: 'bob',
    contentType: 101,
    sessionType: 1,
    content: { content },
  });
  const send = (headers: Record<string, string>, content = 'hi') =>
    im.post('/msg/send_msg', message(content), { operationID: 'traced', token: admin, ...headers });
  const seen = (name: string): Promise<SeenSpan> =>
    vi.waitFor(() => {
      const [span] = collector.named(name);
      expect(span, name).toBeDefined();
      return span;
    });

  it('have a span for a request over REST, whose parent the caller names', async () => {
    await send({ traceparent: `00-${TRACE}-${CALLER}-01` });
    const [span] = collector.named('POST /msg/send_msg');
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parent: { traceId: TRACE, spanId: CALLER },
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        'openim.operation_id': 'traced',
        'openim.dialect': 'v3',
        'openim.path': '/msg/send_msg',
        'openim.platform': 'IOS',
        'openim.err_code': 0,
      },
    });
    expect(active).toEqual([span]);
  });

  it.each(['v1', 'v2'] as const)('say that a request was in %s', async (dialect) => {
    const who = dialect === 'v1' ? { uid: 'ann' } : { userID: 'ann' };
    await im[dialect]('/auth/user_token', { secret: 'wrong', platform: 2, ...who, operationID: 'legacy' });
    const [span] = collector.named('POST /auth/user_token');
    expect(span.attributes).toMatchObject({ 'openim.dialect': dialect, 'openim.operation_id': 'legacy' });
    expect(span.attributes['openim.err_code']).toBeGreaterThan(0);
    // Nobody knows who it was, and the mistake was his.
    expect(span.attributes).not.toHaveProperty('openim.platform');
    expect([span.parent, span.status.code]).toEqual([undefined, SpanStatusCode.UNSET]);
  });

  it('say whose fault it was', async () => {
    const { dataSource } = im.get(Transactions);
    const failing = vi.spyOn(dataSource, 'createQueryRunner').mockImplementation(() => {
      throw new Error('out of order');
    });
    await send({});
    failing.mockRestore();
    const [span] = collector.named('POST /msg/send_msg');
    expect(span).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'openim.err_code': 500 } });
  });

  it('have a span for a request over a socket', async () => {
    await audience.of('ann').say({ recvID: 'bob' }, 'over the wire');
    const span = await seen('socket send_message');
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      parent: undefined,
      attributes: { 'openim.request': 'send_message', 'openim.platform': 'IOS', 'openim.err_code': 0 },
    });
    expect(span.attributes['openim.operation_id']).not.toBe('');
    expect(active).toEqual([span]);
  });

  it('have one span for messages that are committed together, and for those delivered together, linked to their requests', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => send({}, `text ${index}`)));
    await vi.waitFor(() => {
      const delivered = collector.named('deliver messages').map(({ attributes }) => attributes['openim.messages']);
      expect(delivered.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(20);
    });
    const requests = collector.named('POST /msg/send_msg');
    expect(requests).toHaveLength(20);
    for (const name of ['commit messages', 'deliver messages']) {
      const spans = collector.named(name);
      expect(spans.length).toBeLessThan(20);
      for (const span of spans) {
        // Of many, and so part of none.
        expect([span.kind, span.parent]).toEqual([SpanKind.INTERNAL, undefined]);
        expect(span.links).toHaveLength(Number(span.attributes['openim.messages']));
      }
      for (const request of requests) expect(spans.filter((span) => span.linksTo(request))).toHaveLength(1);
    }
  });

  it('name no user', async () => {
    await send({});
    await seen('deliver messages');
    const told = JSON.stringify(collector.spans.map(({ name, attributes }) => [name, attributes]));
    expect(told).not.toMatch(/ann|bob|openIM123456/);
  });

  it('end once each', async () => {
    await send({});
    await seen('deliver messages');
    expect(collector.spans.map(({ ended }) => ended)).toEqual(collector.spans.map(() => 1));
  });
});

describeOnEachDatabase('A server that was not asked for traces', (database) => {
  it('begins no span', async () => {
    collector.spans.length = 0;
    const im = await startIm({ database });
    await im.register('ann');
    expect(collector.spans).toEqual([]);
    await im.close();
  });
});
