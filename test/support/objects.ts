import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Im } from './im.js';

/** 5 MiB: what all parts but the last have. */
export const PART_SIZE = 5 * 1024 * 1024;

export function md5(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

/** Content cut into parts. */
export function partsOf(content: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(content.length / PART_SIZE));
  return Array.from({ length: count }, (_, index) => content.subarray(index * PART_SIZE, (index + 1) * PART_SIZE));
}

/** What the protocol knows content by. */
export function hashOf(content: Uint8Array): string {
  return md5(partsOf(content).map(md5).join(','));
}

/** Bytes nobody uploaded before. */
export function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let seed = Math.floor(Math.random() * 2 ** 31);
  for (let at = 0; at + 4 <= size; at += 4) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    bytes.writeUInt32LE(seed, at);
  }
  if (size < 4) bytes.fill(seed & 0xff);
  return bytes;
}

/** A folder for objects, gone at the end. */
export async function objectFolder(): Promise<{ path: string; files(): Promise<string[]>; drop(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'openim-objects-'));
  return {
    path,
    async files() {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    },
    drop: () => rm(path, { recursive: true, force: true }),
  };
}

/** Begins an upload, with all signatures. */
export function initiate(im: Im, token: string, name: string, content: Uint8Array, more: object = {}): Promise<Answer> {
  const body = { hash: hashOf(content), size: content.length, maxParts: -1, name, contentType: 'text/plain', ...more };
  return im.v3('/object/initiate_multipart_upload', body, token);
}

export function complete(
  im: Im,
  token: string,
  name: string,
  uploadID: string,
  content: Uint8Array,
  more: object = {},
) {
  const body = { uploadID, parts: partsOf(content).map(md5), name, contentType: 'text/plain', cause: 'test', ...more };
  return im.v3('/object/complete_multipart_upload', body, token);
}

/** PUTs every part to where the answer says. */
export async function putParts(initiated: Answer, content: Uint8Array): Promise<Response[]> {
  const parts: { partNumber: number; url: string }[] = initiated.body.data.upload.sign.parts;
  const bodies = partsOf(content);
  return Promise.all(
    parts.map(({ partNumber, url }) => fetch(url, { method: 'PUT', body: bodies[partNumber - 1] as BodyInit })),
  );
}

/** Uploads content under a name; answers the lasting URL. */
export async function upload(im: Im, token: string, name: string, content: Uint8Array, contentType = 'text/plain') {
  const initiated = await initiate(im, token, name, content, { contentType });
  if (initiated.body.data?.url) return initiated.body.data.url as string;
  await putParts(initiated, content);
  const done = await complete(im, token, name, initiated.body.data.upload.uploadID, content, { contentType });
  if (done.body.errCode !== 0) throw new Error(done.text);
  return done.body.data.url as string;
}
