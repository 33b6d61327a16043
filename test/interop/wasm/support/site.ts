import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const SDK = join(HERE, 'node_modules/@openim/wasm-client-sdk');

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A site on this machine that serves one page and, untouched, the files of the SDK's package. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `page/` at `/` and the package at `/sdk/`. */
export async function serveSite(): Promise<Site> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname));
      const file = path.startsWith('/sdk/') ? join(SDK, path.slice(4)) : join(HERE, 'page', path);
      const found = await stat(file).catch(() => undefined);
      if (!found?.isFile()) return response.writeHead(404).end();
      // The SDK keeps the core in the browser's cache for as long as these two headers stay the same.
      const headers = {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Length': found.size,
        ETag: `"${found.size}"`,
        'Last-Modified': found.mtime.toUTCString(),
      };
      response.writeHead(200, headers);
      return request.method === 'HEAD' ? response.end() : createReadStream(file).pipe(response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
