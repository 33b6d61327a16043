// The baseline of REST: bare node:http that reads a body, parses it and answers JSON.
//   node bare-http.js <port> [<database url>]
// `PUT /answer` sets what is answered. With a database, a request inserts rows first: `PUT /table` says which.
import { createServer, type IncomingMessage } from 'node:http';
import type { BareInsert, TableOfRows } from './bare-insert.js';

const [port, databaseUrl] = process.argv.slice(2) as [string, string | undefined];

let answer: unknown = { errCode: 0 };
let insert: BareInsert | undefined;

const http = createServer((request, response) => {
  void (async () => {
    const body: unknown = JSON.parse(await bodyOf(request));
    if (request.method === 'PUT' && request.url === '/answer') answer = body;
    else if (request.method === 'PUT') insert = await insertInto(body as TableOfRows);
    else if (insert) await insert.run();
    const text = Buffer.from(JSON.stringify(answer));
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': text.length });
    response.end(text);
  })().catch((error: unknown) => {
    const text = JSON.stringify({ errCode: 500, errMsg: String(error) });
    response.writeHead(500, { 'content-length': Buffer.byteLength(text) }).end(text);
  });
});
http.listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 });

/** Drivers are loaded by who needs them. */
async function insertInto(table: TableOfRows): Promise<BareInsert> {
  const { bareInsert } = await import('./bare-insert.js');
  return bareInsert(databaseUrl!, table);
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 0 ? 'null' : Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}
