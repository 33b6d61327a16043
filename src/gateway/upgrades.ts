import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers a request to upgrade. */
export type Upgrading = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Takes the upgrades of some paths of a server that belongs to somebody else. Nobody else hears of them: what listens for
 * upgrades beside us (`ws` with a path, the WebSocket adapter of Nest) ends every socket whose path it does not know.
 */
export function takeUpgrades(server: Server, isOurs: (path: string) => boolean, take: Upgrading): void {
  const emit = server.emit.bind(server);
  server.emit = ((event: string, ...args: unknown[]): boolean => {
    if (event !== 'upgrade') return emit(event, ...args);
    const [request, socket, head] = args as Parameters<Upgrading>;
    const [path] = (request.url ?? '').split('?', 1);
    if (!isOurs(path)) return emit(event, ...args);
    take(request, socket, head);
    return true;
  }) as typeof server.emit;
  // Node upgrades only where somebody listens. Where nobody else does, nobody would ever answer the other paths.
  server.on('upgrade', (_request, socket) => {
    if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, 404);
  });
}

/** Refuses an upgrade that is none of ours, or that comes at a bad time. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // Node takes its own handler off before an upgrade: a client that resets would end the process.
  socket.on('error', () => undefined);
  part(socket, `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** Says a last word. Does not wait until the other side hangs up too: some never do. */
export function part(socket: Duplex, text: string): void {
  socket.once('finish', () => socket.destroy()).end(text);
}
