import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { newMessageID } from '../core/ids.js';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UsersDeleted } from '../users/user.events.js';
import { ObjectStore, type PartLimits, type SignedForm, type SignedPart } from './object-store.js';
import { FileSizeMismatch, ObjectNotFound, UploadIncomplete } from './storage.errors.js';
import { assertName, contentKey, directKey, hashOfParts, md5Of, partCount, partSizeOf } from './storage.policy.js';
import { StorageRepository } from './storage.repository.js';
import type { Upload } from './upload.entity.js';

const HOUR_MS = 3_600_000;

/** An upload may take a week. Source: contract/v3/object-and-third.md "initiate_multipart_upload". */
const UPLOAD_MS = 7 * 24 * HOUR_MS;

/** Signatures for parts of an upload in several. */
const PARTS_MS = 24 * HOUR_MS;

/** A form may be sent this long after it was asked for, unless an administrator says otherwise. */
const FORM_MS = 10 * 60_000;

/** Time to complete an upload whose form was sent at the last moment. */
const FORM_GRACE_MS = 24 * HOUR_MS;

/** Uploads a user may leave unfinished; the oldest gives way. */
const MAX_UNFINISHED = 1_000;

/** Expired uploads removed in one go. */
const SWEEP_BATCH = 100;

/** What an object is to be called. */
interface Naming {
  name: string;
  contentType: string;
  /** What it is for: msg-picture, sdklog … */
  cause: string;
}

export interface InitiateUpload extends Naming {
  /** MD5 over the comma-joined MD5s of the parts, hex. */
  hash: string;
  /** Bytes. */
  size: number;
  /** Signatures wanted at once: 0 none, below 0 all. */
  maxParts: number;
}

/** An upload that has to be done; undefined when the content is there already. */
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

export interface InitiateForm extends Naming {
  size: number;
  /** Of administrators: how long the form may be sent. */
  millisecond: number;
  /** Of administrators: the name is the key. */
  absolute: boolean;
}

/** A form to send, and what to complete it by. */
export interface InitiatedForm extends SignedForm {
  id: string;
  /** Epoch milliseconds. */
  expires: number;
}

/** Uploading: content goes to the {@link ObjectStore} once, names for it go here. */
@Injectable()
export class StorageService {
  private readonly logger = new Logger('openim');

  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly objects: StorageRepository,
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
    assertName(wanted.name, actor);
    const { size } = wanted;
    const hash = md5Of(wanted.hash);
    const partSize = this.partSize(size);
    const count = partCount({ size, partSize });
    if (wanted.maxParts > count) throw new ArgumentInvalid(`too many parts: ${count}`, 'maxParts');

    const storageKey = contentKey(hash);
    const known = await this.store.stat(storageKey);
    if (known && known.size !== size) throw new ArgumentInvalid('upload size mismatching', 'size');
    if (known) {
      await this.transactions.run(() => this.giveName(wanted, actor, storageKey, size));
      return undefined;
    }

    const expireTime = Date.now() + UPLOAD_MS;
    const kind = count === 1 ? 'single' : 'parts';
    const upload = await this.begin({ ...wanted, kind, userID: actor.userID, storageKey, hash, partSize, expireTime });
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
    assertName(done.name, actor);
    const md5s = done.parts.map((md5) => md5.toLowerCase());
    const hash = hashOfParts(md5s);
    const named = await this.objects.findObject(this.store.engine, done.name);
    // The client did not hear that it is done already.
    if (named?.storageKey === contentKey(hash) && !(await this.objects.findUpload(done.uploadID))) return;
    const upload = await this.unfinished(done.uploadID, actor);
    if (upload.kind !== 'single' && upload.kind !== 'parts') {
      throw new ArgumentInvalid('invalid upload id type', 'uploadID');
    }
    if (hash !== upload.hash) throw new ArgumentInvalid('md5 mismatching', 'parts');
    await this.putTogether(upload, md5s);
    await this.transactions.run(async () => {
      await this.giveName(done, actor, upload.storageKey, upload.size);
      await this.objects.takeUpload(upload.uploadID);
    });
  }

  /** Begins an upload by an HTML form. @throws ArgumentInvalid, NotPermitted */
  async initiateForm(wanted: InitiateForm, actor: Actor, base: string): Promise<InitiatedForm> {
    assertName(wanted.name, actor);
    const { name, size, contentType } = wanted;
    if (size <= 0) throw new ArgumentInvalid('size must be greater than 0', 'size');
    if (size > this.settings.maxObjectSize) {
      throw new ArgumentInvalid(`size must be less than or equal to ${this.settings.maxObjectSize}`, 'size');
    }
    const now = Date.now();
    const absolute = actor.isAdmin && wanted.absolute;
    const validity = actor.isAdmin && wanted.millisecond > 0 ? wanted.millisecond : FORM_MS;
    const expires = now + Math.min(validity, UPLOAD_MS);
    const uploadID = newMessageID();
    const upload = await this.begin({
      ...wanted,
      uploadID,
      kind: absolute ? 'form-absolute' : 'form',
      userID: actor.userID,
      storageKey: absolute ? name : directKey(actor.userID, uploadID, name, new Date(now)),
      expireTime: expires + FORM_GRACE_MS,
    });
    const form = await this.store.form(upload.storageKey, { size, contentType }, expires, base);
    return { ...form, id: uploadID, expires };
  }

  /**
   * Ends an upload by form of the caller's. Answers the name.
   *
   * @throws ArgumentInvalid, NotPermitted, ObjectNotFound when the form was not sent, FileSizeMismatch
   */
  async completeForm(id: string, actor: Actor): Promise<string> {
    if (id === '') throw new ArgumentInvalid('id is empty', 'id');
    const upload = await this.objects.findUpload(id);
    if (!upload?.kind.startsWith('form') || upload.expireTime <= Date.now()) {
      throw new ArgumentInvalid('invalid id: no such upload, or it has expired', 'id');
    }
    assertOwn(upload, actor);
    assertName(upload.name, actor);
    const found = await this.store.stat(upload.storageKey);
    if (!found) throw new ObjectNotFound(upload.name);
    if (found.size !== upload.size) throw new FileSizeMismatch();
    await this.transactions.run(async () => {
      // Swept away at this very moment, the content is gone.
      if (!(await this.objects.takeUpload(id))) throw new ObjectNotFound(upload.name);
      await this.giveName(upload, actor, upload.storageKey, upload.size);
    });
    return upload.name;
  }

  /** Removes what came of uploads whose time is over, a batch at a time, until none is left. Answers how many. */
  async sweep(): Promise<number> {
    let swept = 0;
    for (;;) {
      const expired = await this.objects.expiredUploads(Date.now(), SWEEP_BATCH);
      for (const upload of expired) await this.discard(upload);
      swept += expired.length;
      if (expired.length < SWEEP_BATCH) break;
    }
    await this.store.sweep();
    return swept;
  }

  /** Objects stay, as messages do: others look at them. What was begun ends. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async endUploads({ userIDs }: UsersDeleted): Promise<void> {
    await this.objects.expireUploads(userIDs);
  }

  private async begin(
    begun: Omit<Upload, 'uploadID' | 'storeID' | 'hash' | 'partSize'> & Partial<Upload>,
  ): Promise<Upload> {
    const upload: Upload = {
      uploadID: begun.uploadID ?? newMessageID(),
      userID: begun.userID,
      kind: begun.kind,
      storeID: '',
      storageKey: begun.storageKey,
      hash: begun.hash ?? '',
      size: begun.size,
      partSize: begun.partSize ?? begun.size,
      name: begun.name,
      contentType: begun.contentType,
      cause: begun.cause,
      expireTime: begun.expireTime,
    };
    const surplus = (await this.objects.countUploads(upload.userID)) - MAX_UNFINISHED + 1;
    if (surplus > 0) {
      for (const oldest of await this.objects.oldestUploads(upload.userID, surplus)) await this.discard(oldest);
    }
    upload.storeID = await this.store.begin(upload);
    await this.transactions.run(() => this.objects.addUpload(upload));
    return upload;
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

  /** Who ends an upload first, this or its completion, has it. */
  private async discard(upload: Upload): Promise<void> {
    if (!(await this.transactions.run(() => this.objects.takeUpload(upload.uploadID)))) return;
    try {
      await this.store.discard(upload);
    } catch (error) {
      this.logger.warn(`what came of upload ${upload.uploadID} could not be removed: ${String(error)}`);
    }
  }

  /** @throws ArgumentInvalid, NotPermitted */
  private async unfinished(uploadID: string, actor: Actor): Promise<Upload> {
    const upload = await this.objects.findUpload(uploadID);
    if (!upload || upload.expireTime <= Date.now()) {
      throw new ArgumentInvalid('invalid multipart upload id: no such upload, or it has expired', 'uploadID');
    }
    assertOwn(upload, actor);
    return upload;
  }

  private async giveName(
    { name, contentType, cause }: Naming,
    { userID }: Actor,
    storageKey: string,
    size: number,
  ): Promise<void> {
    const { engine } = this.store;
    await this.objects.nameObject({
      engine,
      name,
      storageKey,
      size,
      contentType,
      cause,
      userID,
      createTime: Date.now(),
    });
  }
}

/** @throws NotPermitted */
function assertOwn({ userID }: Upload, actor: Actor): void {
  if (userID !== actor.userID) throw new NotPermitted('the upload was begun by another user');
}
