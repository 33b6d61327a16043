import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { Cluster } from '../../support/cluster.js';
import { describeCluster } from '../../support/databases.js';
import { freePort } from '../../support/ports.js';
import { redisAt, RedisServer } from '../../support/redis.js';

const STORY_MS = 120_000;

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

describeCluster('Nodes find each other', (database) => {
  const left: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of left.splice(0).toReversed()) await one.close();
  });
  const later = <T extends { close(): Promise<unknown> }>(one: T): T => {
    left.push(one);
    return one;
  };

  /** Two nodes, and a message from one to the other. */
  async function meet(url: string): Promise<(text: string) => Promise<void>> {
    const cluster = later(await Cluster.start(database, 2, () => ({ REDIS_URL: url })));
    const [one, two] = cluster.nodes;
    await one.register('ann', 'bob');
    const [ann, bob] = [await cluster.connect(one, 'ann'), await cluster.connect(two, 'bob')];
    return (text) =>
      soon(async () => {
        expect((await ann.say({ recvID: 'bob' }, text)).errCode).toBe(0);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(bob.heard).toContain(text);
      });
  }

  it('through a Redis that wants a password, in a database of its own', { timeout: STORY_MS }, async () => {
    const redis = later(await RedisServer.start('--user', 'im', 'on', '>p@ss:/word', '~*', '&*', '+@all'));
    const say = await meet(`redis://im:${encodeURIComponent('p@ss:/word')}@127.0.0.1:${redis.port}/3`);
    await say('secret');
  });

  it('through a Redis Cluster of three nodes', { timeout: STORY_MS }, async () => {
    // Their bus is 10,000 ports above them unless it is told, which may be beyond the last one.
    const start = async (): Promise<RedisServer> => {
      const nowhereElse = ['--cluster-announce-ip', '127.0.0.1', '--cluster-port', String(await freePort())];
      return later(await RedisServer.start('--cluster-enabled', 'yes', ...nowhereElse));
    };
    const servers = await Promise.all([start(), start(), start()]);
    const hosts = servers.map(({ port }) => `127.0.0.1:${port}`);
    execFileSync('redis-cli', ['--cluster', 'create', ...hosts, '--cluster-yes'], { stdio: 'ignore' });
    for (const server of servers) {
      await soon(async () =>
        expect(await server.ask((client) => client.cluster('INFO'))).toContain('cluster_state:ok'),
      );
    }
    const say = await meet(`redis+cluster://${hosts[0]},${hosts[1]}`);
    await say('slotted');
  });

  it(
    'through the primary that Sentinel names, and through the next one when it is gone',
    { timeout: STORY_MS },
    async () => {
      const primary = later(await RedisServer.start());
      later(await RedisServer.start('--replicaof', `127.0.0.1 ${primary.port}`));
      const port = await freePort();
      const folder = await mkdtemp(join(tmpdir(), 'openim-sentinel-'));
      const file = join(folder, 'sentinel.conf');
      const watch = [
        `sentinel monitor im 127.0.0.1 ${primary.port} 1`,
        'sentinel down-after-milliseconds im 500',
        'sentinel failover-timeout im 2000',
      ];
      await writeFile(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...watch].join('\n'));
      const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
      later({
        async close() {
          sentinel.kill('SIGKILL');
          await once(sentinel, 'exit');
          await rm(folder, { recursive: true, force: true });
        },
      });
      const say = await meet(`redis+sentinel://127.0.0.1:${port}/im`);
      await say('before');
      // Sentinel learns of the replica from the primary, when it asks for the second time.
      const replicas = () => redisAt(port, (client) => client.call('SENTINEL', 'REPLICAS', 'im'));
      await soon(async () => expect(await replicas()).toHaveLength(1));
      await primary.kill();
      await say('after');
    },
  );
});
