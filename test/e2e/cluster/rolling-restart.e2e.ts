import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeCluster, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import { type ServerProcess, startProcess } from '../../support/process.js';
import { ReadyProxy } from '../../support/ready-proxy.js';
import { RedisServer } from '../../support/redis.js';
import { isDone, ledger, Traffic } from '../../support/traffic.js';

const STORY_MS = 180_000;

describeCluster('Three nodes behind a proxy that follows /readyz', (database) => {
  let fresh: FreshDatabase;
  let redis: RedisServer;
  let proxy: ReadyProxy;
  let nodes: ServerProcess[];
  const urls = new Set<string>();
  beforeEach(async () => {
    [fresh, redis] = await Promise.all([freshDatabase(database), RedisServer.start()]);
    nodes = [await start()];
    nodes.push(...(await Promise.all([start(), start()])));
    urls.clear();
    for (const { url } of nodes) urls.add(url);
    proxy = await ReadyProxy.before(urls);
    await vi.waitFor(() => expect(nodes.every(({ url }) => proxy.uses(url))).toBe(true), { timeout: 20_000 });
  }, STORY_MS);
  afterEach(async () => {
    await proxy.close();
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    await redis.close();
    await fresh.drop();
  });

  const start = (): Promise<ServerProcess> =>
    startProcess({ DATABASE_URL: fresh.url, REDIS_URL: redis.url, READY_GRACE: '2' });

  it('are restarted one after the other, and no request fails', { timeout: STORY_MS }, async () => {
    const traffic = await Traffic.begin(proxy.url);
    await traffic.until(isDone, 5);
    for (const [place, old] of nodes.entries()) {
      const stopped = old.stop('SIGTERM');
      await vi.waitFor(() => expect(proxy.uses(old.url)).toBe(false), { timeout: 20_000, interval: 10 });
      expect(await stopped).toBe(0);
      urls.delete(old.url);
      const next = await start();
      nodes[place] = next;
      urls.add(next.url);
      await vi.waitFor(() => expect(proxy.uses(next.url)).toBe(true), { timeout: 20_000, interval: 10 });
      await traffic.until(isDone, 5);
    }
    await traffic.stop();
    expect(traffic.asked.filter((one) => !isDone(one))).toEqual([]);
    const times = await ledger(fresh.url);
    for (const { clientMsgID } of traffic.asked) if (clientMsgID) expect(times.get(clientMsgID)).toBe(1);
  });
});
