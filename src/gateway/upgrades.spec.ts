import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeUpgrades } from './upgrades.js';

describe('Upgrades of a server that belongs to somebody else', () => {
  let server: Server;
  let taken: string[];
  const sockets: Socket[] = [];
  beforeEach(async () => {
    taken = [];
    server = createServer((request, response) => response.end(`request of ${request.url}`));
    takeUpgrades(
      server,
      (path) => path.endsWith('/ours'),
      (request, socket) => {
        taken.push(request.url ?? '');
        socket.end('taken');
      },
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const send = (path: string, header: string): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n${header}\r\n\r\n`);
    return socket;
  };
  const ask = async (path: string, header = 'Connection: Upgrade\r\nUpgrade: websocket'): Promise<string> => {
    let answer = '';
    const socket = send(path, header);
    socket.on('data', (data) => (answer += data.toString()));
    await once(socket, 'close');
    return answer;
  };

  it('are taken for our paths, whatever the query', async () => {
    expect(await ask('/any/prefix/ours?and=/theirs')).toBe('taken');
    expect(await ask('/theirs?not=/ours')).toMatch(/^HTTP\/1.1 404 Not Found\r\n/);
    expect(taken).toEqual(['/any/prefix/ours?and=/theirs']);
  });

  it('go to other listeners for other paths only', async () => {
    const heard: string[] = [];
    server.on('upgrade', (request, socket) => {
      heard.push(request.url ?? '');
      socket.end('theirs');
    });
    expect([await ask('/ours'), await ask('/theirs')]).toEqual(['taken', 'theirs']);
    expect([taken, heard]).toEqual([['/ours'], ['/theirs']]);
  });

  it('are not what other requests are', async () => {
    expect(await ask('/ours', 'Connection: close')).toMatch(/request of \/ours/);
    expect(taken).toEqual([]);
  });

  it('that are refused may be reset', async () => {
    for (let i = 0; i < 20; i += 1) {
      const socket = send('/theirs', 'Connection: Upgrade\r\nUpgrade: websocket');
      setImmediate(() => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    expect(await ask('/ours')).toBe('taken');
  });
});
