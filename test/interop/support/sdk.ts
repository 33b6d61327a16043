import { createRequire } from 'node:module';
import { vi } from 'vitest';
import { WebSocket } from 'ws';

/** What the SDK hands to a listener. */
export interface SdkEvent {
  event: string;
  data: any;
  errCode: number;
  errMsg: string;
  operationID: string;
}

/** An instance of the SDK: every method answers `{ data }`, or rejects with `{ errCode, errMsg }`. */
export interface Sdk {
  on(event: string, listener: (event: SdkEvent) => void): void;
  [method: string]: (...args: any[]) => any;
}

/** The build Node takes, and the one a bundler for modern browsers takes. They do not behave alike, see reconnect.e2e.ts. */
export type Build = 'index.js' | 'index.modern.mjs';

const require = createRequire(import.meta.url);
const sockets: Socket[] = [];
const strays: Error[] = [];

/** As browsers have it: binary frames come as blobs. */
class Socket extends WebSocket {
  constructor(url: string) {
    super(url);
    (this as { binaryType: string }).binaryType = 'blob';
    sockets.push(this);
  }
}

/** As much of the browsers' class as uploading needs. */
class FileReader {
  onload?: (event: { target: { result: ArrayBuffer } }) => void;
  onerror?: (error: unknown) => void;

  readAsArrayBuffer(blob: Blob): void {
    blob.arrayBuffer().then(
      (result) => this.onload?.({ target: { result } }),
      (error: unknown) => this.onerror?.(error),
    );
  }
}

Object.assign(globalThis, { WebSocket: Socket, FileReader });

/** What the SDK throws where nobody can catch it. vitest.config.ts leaves it to the stories to look. */
process.on('unhandledRejection', (error) => {
  if (error instanceof Error && error.stack?.includes('@openim/client-sdk')) strays.push(error);
});

/** What the SDK threw into nowhere since it was asked last. */
export function takeStrays(): Error[] {
  return strays.splice(0);
}

/** A fresh instance of the SDK, and the names of all its events. */
export async function newSdk(build: Build = 'index.js'): Promise<{ sdk: Sdk; events: string[] }> {
  const path = require.resolve(`@openim/client-sdk/lib/${build}`);
  vi.spyOn(console, 'info').mockReturnValue();
  vi.spyOn(console, 'warn').mockReturnValue();
  const { getSDK, CbEvents } = (await import(path)) as { getSDK: () => Sdk; CbEvents: Record<string, string> };
  return { sdk: getSDK(), events: Object.values(CbEvents) };
}

/** Breaks a user's connection without a word, as a dead network does. */
export function cutConnectionOf(userID: string): void {
  const mine = sockets.filter(
    ({ url, readyState }) => readyState === WebSocket.OPEN && url.includes(`sendID=${userID}&`),
  );
  for (const socket of mine) socket.terminate();
}
