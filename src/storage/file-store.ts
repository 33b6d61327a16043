import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileStorage } from '../core/object-storage.js';
import { Meter } from './metering.js';
import {
  ObjectStore,
  type PendingUpload,
  type Presentation,
  type SignedForm,
  type SignedPart,
} from './object-store.js';
import { ContentMissing, FileSizeMismatch, UploadIncomplete } from './storage.errors.js';
import { partBytes, partCount } from './storage.policy.js';
import type { Tickets } from './tickets.js';

/** Name of the form's field for the file. */
export const FORM_FIELD = 'file';

/** The file of a form, in the folder of its upload. */
const FORM_FILE = 'form';

/** Age of a file that a broken-off request left behind, in milliseconds. */
const LEFTOVER_AGE_MS = 24 * 3_600_000;

/** Age of an upload's folder, in milliseconds, at which its row is gone for certain. */
const ORPHAN_AGE_MS = 9 * 24 * 3_600_000;

/** Nobody waits for parts of this upload any more. */
export class UploadGone extends Error {}

/**
 * Objects as files of a folder. Names and keys never become paths: content lies under the hash of its key, what comes
 * of an upload under its random ID. Every file is written aside, flushed and renamed, so that none is ever seen in part. What
 * clients load and store passes through this process as streams.
 *
 * ```
 * content/<2 hex>/<SHA-256 of the key>    uploads/<uploadID>/<part, or form>    writing/<random>
 * ```
 */
export class FileStore extends ObjectStore {
  readonly engine = 'file';
  readonly limits = { minPartSize: 5 * 1024 ** 2, maxPartSize: 5 * 1024 ** 3, maxParts: 10_000 };
  private readonly root: string;
  private prepared: Promise<unknown> | undefined;

  constructor(
    { folder }: FileStorage,
    private readonly tickets: Tickets,
  ) {
    super();
    this.root = resolve(folder);
  }

  async begin({ uploadID }: PendingUpload): Promise<string> {
    await this.prepare();
    await mkdir(this.uploadFolder(uploadID));
    return '';
  }

  sign(upload: PendingUpload, partNumbers: readonly number[], until: number, base: string): Promise<SignedPart[]> {
    return this.signEach(partNumbers, (part) => {
      const size = partBytes(upload, part);
      return this.tickets.url({ do: 'put', upload: upload.uploadID, part, size }, until, base);
    });
  }

  /**
   * Takes in one part. A part that comes again takes the place of the first.
   *
   * @returns the MD5 of the part, lower-case hex
   * @throws UploadGone, TooManyBytes
   */
  receivePart(uploadID: string, part: number, source: Readable, size: number): Promise<string> {
    return this.receive(uploadID, String(part), source, size);
  }

  /** Takes in the file of a form, which waits for the upload's completion. @throws UploadGone, TooManyBytes */
  async receiveForm(uploadID: string, source: Readable, size: number): Promise<void> {
    await this.receive(uploadID, FORM_FILE, source, size);
  }

  /** Copies while it checks: what is kept is what was compared, whatever else is written meanwhile. */
  async complete(upload: PendingUpload, md5s: readonly string[]): Promise<void> {
    const folder = this.uploadFolder(upload.uploadID);
    const count = partCount(upload);
    if (md5s.length !== count) throw new UploadIncomplete(`parts must have ${count} entries`);
    for (let part = 1; part <= count; part += 1) {
      const found = await stat(join(folder, String(part))).catch(absent);
      if (!found) throw new UploadIncomplete(`part ${part} is missing`);
      if (found.size !== partBytes(upload, part)) throw new UploadIncomplete('upload size mismatching');
    }
    const path = this.contentPath(upload.storageKey);
    await mkdir(dirname(path), { recursive: true });
    try {
      await this.write(path, (file) => pipeline(() => checkedParts(folder, md5s), file));
    } catch (error) {
      throw error instanceof UploadGone ? new UploadIncomplete('the upload has ended') : error;
    }
    await removeFolder(folder);
  }

  async adopt({ uploadID, kind, storageKey, size }: PendingUpload): Promise<void> {
    const folder = this.uploadFolder(uploadID);
    const path = this.contentPath(storageKey);
    // Whoever sends the form again replaces the file: it is looked at where he cannot.
    const held = join(folder, randomUUID());
    if (await move(join(folder, FORM_FILE), held)) {
      const found = await stat(held).catch(absent);
      if (found?.size !== size) {
        await rm(held, { force: true });
        throw found ? new FileSizeMismatch() : new ContentMissing(storageKey);
      }
      await mkdir(dirname(path), { recursive: true });
      if (!(await move(held, path))) throw new ContentMissing(storageKey);
      await flushFolder(dirname(path));
    } else if (kind !== 'form' || (await this.stat(storageKey))?.size !== size) {
      // Nothing but this upload has its key, unless an administrator chose it: what is there came before a crash.
      throw new ContentMissing(storageKey);
    }
    await removeFolder(folder);
  }

  async discard({ uploadID, kind, storageKey }: PendingUpload): Promise<void> {
    if (kind === 'form') await rm(this.contentPath(storageKey), { force: true });
    await removeFolder(this.uploadFolder(uploadID));
  }

  async form({ uploadID, size }: PendingUpload, _type: string, until: number, base: string): Promise<SignedForm> {
    return {
      url: this.tickets.url({ do: 'form', upload: uploadID, size }, until, base),
      file: FORM_FIELD,
      fields: {},
    };
  }

  async stat(key: string): Promise<{ size: number; version: string } | undefined> {
    const found = await stat(this.contentPath(key)).catch(absent);
    return (
      found && { size: found.size, version: `${found.size.toString(16)}-${Math.trunc(found.mtimeMs).toString(16)}` }
    );
  }

  async url(key: string, { fileName, contentType }: Presentation, until: number, base: string): Promise<string> {
    return this.tickets.url({ do: 'get', key, type: contentType, name: fileName }, until, base);
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const handle = await open(this.contentPath(key)).catch(absent);
    if (!handle) throw new ContentMissing(key);
    return handle.createReadStream(range);
  }

  /** Removes what requests that broke off, or a process that was killed, left half written. */
  override async sweep(): Promise<void> {
    await this.sweepFolder('writing', LEFTOVER_AGE_MS);
    await this.sweepFolder('uploads', ORPHAN_AGE_MS);
  }

  private async sweepFolder(name: string, age: number): Promise<void> {
    const folder = join(this.root, name);
    for (const entry of (await readdir(folder).catch(absent)) ?? []) {
      const path = join(folder, entry);
      const found = await stat(path).catch(absent);
      if (found && found.mtimeMs < Date.now() - age) await removeFolder(path);
    }
  }

  private async receive(uploadID: string, name: string, source: Readable, size: number): Promise<string> {
    const folder = this.uploadFolder(uploadID);
    // Looked at before the bytes come, so that nobody sends gigabytes for nothing.
    if (!(await exists(folder))) throw new UploadGone();
    const meter = new Meter(size);
    await this.write(join(folder, name), (file) => pipeline(source, meter, file));
    return meter.md5();
  }

  private prepare(): Promise<unknown> {
    const folders = ['content', 'uploads', 'writing'].map((name) => join(this.root, name));
    this.prepared ??= Promise.all(folders.map((folder) => mkdir(folder, { recursive: true }))).catch((error) => {
      this.prepared = undefined;
      throw error;
    });
    return this.prepared;
  }

  private uploadFolder(uploadID: string): string {
    return join(this.root, 'uploads', uploadID);
  }

  private contentPath(key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.root, 'content', hash.slice(0, 2), hash);
  }

  /** Writes a file aside, flushes it, and only then puts it where it belongs. */
  private async write(path: string, fill: (file: NodeJS.WritableStream) => Promise<unknown>): Promise<void> {
    await this.prepare();
    const aside = join(this.root, 'writing', randomUUID());
    try {
      await fill(createWriteStream(aside, { flags: 'wx', flush: true }));
      await rename(aside, path);
    } catch (error) {
      await rm(aside, { force: true });
      // The folder of the upload went while the bytes came.
      if (isAbsence(error)) throw new UploadGone();
      throw error;
    }
    await flushFolder(dirname(path));
  }
}

/** The bytes of all parts, one after the other. @throws UploadIncomplete when a part is not what its MD5 says */
async function* checkedParts(folder: string, md5s: readonly string[]): AsyncGenerator<Buffer> {
  for (const [index, md5] of md5s.entries()) {
    const hash = createHash('md5');
    const source = createReadStream(join(folder, String(index + 1)));
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    const found = hash.digest('hex');
    if (found !== md5) throw new UploadIncomplete(`md5 mismatching ${found} != ${md5}`);
  }
}

/** A renamed file survives a power failure only when its folder is flushed too. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Answers false when there is nothing to move, or nowhere to. */
async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    absent(error);
    return false;
  }
}

/** Files may still come while it goes: then it is tried again. */
function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(absent)) !== undefined;
}

function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Turns the failure that something is not there into undefined. */
function absent(error: unknown): undefined {
  if (!isAbsence(error)) throw error;
}
