import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid } from '../core/errors.js';
import { ImSettings } from '../core/settings.js';
import { ObjectStore, type PartLimits, type SignedPart } from './object-store.js';
import { Once } from './once.js';
import { UploadIncomplete } from './storage.errors.js';
import { contentKey, hashOfParts, md5Of, partCount, partSizeOf } from './storage.policy.js';
import { StorageRepository } from './storage.repository.js';
import type { Upload } from './upload.entity.js';
import { type Naming, UPLOAD_MS, Uploads } from './uploads.service.js';

/** How long parts may be PUT once they were signed. */
const PARTS_MS = 24 * 3_600_000;

export interface InitiateUpload extends Naming {
  /** MD5 over the comma-joined MD5s of the parts, hex. */
  hash: string;
  /** Bytes. */
  size: number;
  /** Signatures wanted at once: 0 none, below 0 all. */
  maxParts: number;
}

/** An upload that has to be done. */
export interface InitiatedUpload {
  uploadID: string;
  partSize: number;
  /** Undefined when none were asked for. */
  parts?: SignedPart[];
  /** Epoch milliseconds. */
  expireTime: number;
}

export interface CompleteUpload extends Naming {
  uploadID: string;
  /** MD5s of the parts, in order. */
  parts: readonly string[];
}

/** Uploading by parts, or in one: content goes to the {@link ObjectStore} once, names for it go here. */
@Injectable()
export class StorageService {
  private readonly joining = new Once<void>();

  constructor(
    private readonly settings: ImSettings,
    private readonly objects: StorageRepository,
    private readonly uploads: Uploads,
    private readonly store: ObjectStore,
  ) {}

  /** Bounds of parts. */
  get limits(): PartLimits {
    return this.store.limits;
  }

  /** The size of the parts of an object. @throws ArgumentInvalid */
  partSize(size: number): number {
    return partSizeOf(size, this.store.limits, this.settings.maxObjectSize);
  }

  /**
   * Begins an upload, or answers undefined after giving the name to content that is there already.
   *
   * @param base where the client reaches the REST routes
   * @throws ArgumentInvalid, NotPermitted for the name; ArgumentInvalid for the rest
   */
  async initiate(wanted: InitiateUpload, actor: Actor, base: string): Promise<InitiatedUpload | undefined> {
    await this.uploads.assertName(wanted.name, actor);
    const { size } = wanted;
    const hash = md5Of(wanted.hash);
    const partSize = this.partSize(size);
    const count = partCount({ size, partSize });
    if (wanted.maxParts > count) throw new ArgumentInvalid(`too many parts: ${count}`, 'maxParts');

    const storageKey = contentKey(hash);
    const known = await this.store.stat(storageKey);
    if (known && known.size !== size) throw new ArgumentInvalid('upload size mismatching', 'size');
    if (known) {
      await this.uploads.name(wanted, { storageKey, size }, actor);
      return undefined;
    }

    const expireTime = Date.now() + UPLOAD_MS;
    const kind = count === 1 ? 'single' : 'parts';
    const upload = await this.uploads.begin({
      ...wanted,
      kind,
      userID: actor.userID,
      storageKey,
      hash,
      partSize,
      expireTime,
    });
    const wantedParts = kind === 'single' ? 1 : wanted.maxParts < 0 ? count : wanted.maxParts;
    const until = kind === 'single' ? expireTime : Date.now() + PARTS_MS;
    const numbers = Array.from({ length: wantedParts }, (_, index) => index + 1);
    return {
      uploadID: upload.uploadID,
      partSize,
      expireTime,
      ...(numbers.length > 0 ? { parts: await this.store.sign(upload, numbers, until, base) } : {}),
    };
  }

  /**
   * Signs parts of an upload of the caller's.
   *
   * @throws ArgumentInvalid for an unknown upload, one in a single piece, or a part it does not have
   * @throws NotPermitted when somebody else began it
   */
  async signParts(
    { uploadID, partNumbers }: { uploadID: string; partNumbers: readonly number[] },
    actor: Actor,
    base: string,
  ): Promise<SignedPart[]> {
    const upload = await this.unfinished(uploadID, actor);
    if (upload.kind !== 'parts') throw new ArgumentInvalid('presigned id not support auth sign', 'uploadID');
    const count = partCount(upload);
    if (partNumbers.length > count) throw new ArgumentInvalid(`too many parts: ${count}`, 'partNumbers');
    const impossible = partNumbers.find((number) => number < 1 || number > count);
    if (impossible !== undefined) {
      throw new ArgumentInvalid(`part ${impossible} is not one of 1 to ${count}`, 'partNumbers');
    }
    return this.store.sign(upload, partNumbers, Date.now() + PARTS_MS, base);
  }

  /**
   * Ends an upload of the caller's: the content is what was announced, and has its name.
   *
   * @throws ArgumentInvalid, NotPermitted for the name and the upload; UploadIncomplete
   */
  async complete(done: CompleteUpload, actor: Actor): Promise<void> {
    await this.uploads.assertName(done.name, actor);
    const md5s = done.parts.map((md5) => md5.toLowerCase());
    const hash = hashOfParts(md5s);
    const named = await this.objects.findObject(this.store.engine, done.name);
    // The client did not hear that it is done already.
    if (named?.storageKey === contentKey(hash) && !(await this.uploads.isUnderWay(done.uploadID))) return;
    const upload = await this.unfinished(done.uploadID, actor);
    if (hash !== upload.hash) throw new ArgumentInvalid('md5 mismatching', 'parts');
    // Each of many at the same time would copy all of the content, and fill the disk with copies.
    await this.joining.run(upload.uploadID, () => this.putTogether(upload, md5s));
    // Ended by another completion of it, it has the content all the same.
    if (!(await this.uploads.end(upload, done, actor))) await this.uploads.name(done, upload, actor);
  }

  /** The content may be there by now, by another upload of it, or by this one before a crash. @throws UploadIncomplete */
  private async putTogether(upload: Upload, md5s: readonly string[]): Promise<void> {
    const isThere = async (): Promise<boolean> => (await this.store.stat(upload.storageKey))?.size === upload.size;
    if (await isThere()) {
      await this.store.discard(upload);
      return;
    }
    try {
      await this.store.complete(upload, md5s);
    } catch (error) {
      if (!(error instanceof UploadIncomplete) || !(await isThere())) throw error;
    }
  }

  private unfinished(uploadID: string, actor: Actor): Promise<Upload> {
    return this.uploads.unfinished(uploadID, ['single', 'parts'], actor, 'invalid multipart upload id');
  }
}
