// The baseline: the bare ws library, with the options of the gateway and nothing behind it.
//   node bare-ws.js <port> <hold|echo|relay|broadcast|answer>
import { createServer } from 'node:http';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

/** What the bare server does with a binary message. */
export type BareMode =
  /** Nothing: connections are held. */
  | 'hold'
  /** Back to its sender. */
  | 'echo'
  /** Back to its sender as an answer, and on to the user next to him: 0 and 1, 2 and 3, … */
  | 'relay'
  /** Back to its sender, then a buffer set by `PUT /<codec>` to every connection of that codec. */
  | 'broadcast'
  /** Answered with the buffer set by `PUT /json`. */
  | 'answer';

const PONG = '{"type":"pong","body":null}';

const [port, mode] = process.argv.slice(2) as [string, BareMode];
const sockets = new Set<WebSocket>();
const byUser = new Map<string, WebSocket>();
const gobSockets = new WeakSet<WebSocket>();
const prebuilt = { json: Buffer.alloc(0), gob: Buffer.alloc(0) };

const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    prebuilt[request.url === '/gob' ? 'gob' : 'json'] = Buffer.concat(chunks);
    response.end('{"errCode":0}');
  });
});
const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });

http.on('upgrade', (request, socket, head) => {
  wss.handleUpgrade(request, socket, head, (ws) => {
    const query = new URL(request.url ?? '/', 'ws://bare').searchParams;
    const userID = query.get('sendID') ?? '';
    if (query.get('compression') === 'gzip') gobSockets.add(ws);
    sockets.add(ws);
    byUser.set(userID, ws);
    const neighbour = neighbourOf(userID);
    ws.on('close', () => sockets.delete(ws));
    ws.on('message', (data: RawData, isBinary: boolean) => {
      if (!isBinary) ws.send(PONG);
      else if (mode === 'echo') ws.send(data);
      else if (mode === 'answer') ws.send(prebuilt.json);
      else if (mode === 'relay') {
        ws.send(data);
        byUser.get(neighbour)?.send(data);
      } else if (mode === 'broadcast') {
        ws.send(data);
        for (const one of sockets) one.send(gobSockets.has(one) ? prebuilt.gob : prebuilt.json);
      }
    });
  });
});
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });

/** `u6` for `u7` and the other way round. */
function neighbourOf(userID: string): string {
  return `u${Number(userID.slice(1)) ^ 1}`;
}
