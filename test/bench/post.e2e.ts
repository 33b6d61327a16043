import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { NUMBER } from '../../bench/client/rest-request.js';
import { post } from '../../bench/load/post.js';

const GOOD = '{"errCode":0,"errMsg":""}';
const REQUEST = { path: '/x', body: '{}' };

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(answer: RequestListener): Promise<number> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the load of REST calls', () => {
  it('times every answer of a server that gives good ones', async () => {
    let answered = 0;
    const port = await serve((_, response) => {
      answered++;
      response.end(GOOD);
    });
    const { times, errors, seconds } = await post({ port, connections: 4, requests: [REQUEST], seconds: 1 });
    expect(errors).toBe(0);
    expect(seconds).toBeGreaterThanOrEqual(0.99);
    // All but the last of each connection, which came when the time was over.
    expect(times.length).toBeGreaterThan(0);
    expect(times.length).toBeLessThanOrEqual(answered);
    expect(times.length).toBeGreaterThanOrEqual(answered - 4);
  });

  it('counts answers with an error, and connections that end', async () => {
    let asked = 0;
    const port = await serve((request, response) => {
      if (++asked === 5) request.socket.destroy();
      else response.end('{"errCode":1004,"errMsg":"nobody"}');
    });
    const { times, errors, reason } = await post({ port, connections: 2, requests: [REQUEST], seconds: 0.3 });
    expect(times).toHaveLength(0);
    expect(errors).toBe(asked);
    expect(reason).toContain('nobody');
  });

  it('charges a server that stalls for everything that waits meanwhile', async () => {
    const port = await serve((_, response) => void sleep(20).then(() => response.end(GOOD)));
    // 25 requests are due in a quarter of a second; on one connection they take half a second at the least.
    const { times, errors } = await post({ port, connections: 1, requests: [REQUEST], seconds: 0.25, rate: 100 });
    expect(errors).toBe(0);
    expect(times).toHaveLength(25);
    expect(Math.max(...times)).toBeGreaterThan(200);
  });

  it('gives no two requests the same number, unless there are only so many', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
      request.on('end', () => response.end(GOOD));
    });
    const numbered = { path: '/x', body: `{"userID":"u${NUMBER}"}` };
    await post({ port, connections: 3, requests: [numbered], seconds: 0.2 });
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen).size).toBe(seen.length);

    seen.length = 0;
    await post({ port, connections: 3, requests: [numbered], among: 2, seconds: 0.2 });
    expect(new Set(seen).size).toBe(2);
  });
});
