import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { newMessageID } from '../core/ids.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import { UsersDeleted } from '../users/user.events.js';
import { ObjectStore } from './object-store.js';
import { assertName, assertReplaceable } from './storage.policy.js';
import { StorageRepository } from './storage.repository.js';
import type { Upload, UploadKind } from './upload.entity.js';

/** An upload may take a week. Source: contract/v3/object-and-third.md "initiate_multipart_upload". */
export const UPLOAD_MS = 7 * 24 * 3_600_000;

/** Uploads a user may leave unfinished; the oldest gives way. */
const MAX_UNFINISHED = 1_000;

/** Expired uploads removed in one go. */
const SWEEP_BATCH = 100;

/** What an object is to be called. */
export interface Naming {
  name: string;
  contentType: string;
  /** What it is for: msg-picture, sdklog … */
  cause: string;
}

/** An upload to begin: what its kind does not need may be left out. */
export type NewUpload = Omit<Upload, 'uploadID' | 'storeID' | 'hash' | 'partSize'> & Partial<Upload>;

/** Uploads under way, of all kinds: begun by somebody, ended by him or by time. */
@Injectable()
export class Uploads {
  private readonly logger = new Logger('openim');

  constructor(
    private readonly transactions: Transactions,
    private readonly objects: StorageRepository,
    private readonly store: ObjectStore,
  ) {}

  /** Makes the store ready and remembers what was announced. */
  async begin(begun: NewUpload): Promise<Upload> {
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

  /**
   * An upload of the caller's that may still go on.
   *
   * @param unknown what to say when there is none
   * @throws ArgumentInvalid, NotPermitted when somebody else began it
   */
  async unfinished(uploadID: string, kinds: readonly UploadKind[], actor: Actor, unknown: string): Promise<Upload> {
    const upload = await this.objects.findUpload(uploadID);
    if (!upload || upload.expireTime <= Date.now() || !kinds.includes(upload.kind)) {
      throw new ArgumentInvalid(`${unknown}: no such upload, or it has expired`);
    }
    if (upload.userID !== actor.userID) throw new NotPermitted('the upload was begun by another user');
    return upload;
  }

  /** Whether nobody has ended the upload. */
  async isUnderWay(uploadID: string): Promise<boolean> {
    return (await this.objects.findUpload(uploadID)) !== undefined;
  }

  /** Whether the name an upload was begun with stands for its content. */
  async isNamed({ name, storageKey }: Upload): Promise<boolean> {
    return (await this.objects.findObject(this.store.engine, name))?.storageKey === storageKey;
  }

  /** Ends an upload by giving its content a name. Answers false, and does nothing, when somebody else ended it. */
  end(upload: Upload, naming: Naming, actor: Actor): Promise<boolean> {
    return this.transactions.run(async () => {
      const taken = await this.objects.takeUpload(upload.uploadID);
      if (taken) await this.name(naming, upload, actor);
      return taken;
    });
  }

  /**
   * Whether the caller may give a name. Asked before the content comes, and once more when it is there.
   *
   * @throws ArgumentInvalid, NotPermitted
   */
  async assertName(name: string, actor: Actor): Promise<void> {
    assertName(name, actor);
    const known = await this.objects.findObject(this.store.engine, name);
    if (known) assertReplaceable(known, actor);
  }

  /** Gives content a name. @throws NotPermitted when the name has become another user's */
  async name(
    { name, contentType, cause }: Naming,
    { storageKey, size }: Pick<Upload, 'storageKey' | 'size'>,
    actor: Actor,
  ): Promise<void> {
    const { engine } = this.store;
    const { userID } = actor;
    const object = { engine, name, contentType, cause, userID, storageKey, size, createTime: Date.now() };
    await this.transactions.run(async () => {
      const known = await this.objects.lockObject(engine, name);
      if (known) assertReplaceable(known, actor);
      await this.objects.nameObject(object);
    });
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

  /** Who ends an upload first, this or its completion, has it. */
  private async discard(upload: Upload): Promise<void> {
    if (!(await this.transactions.run(() => this.objects.takeUpload(upload.uploadID)))) return;
    try {
      await this.store.discard(upload);
    } catch (error) {
      this.logger.warn(`what came of upload ${upload.uploadID} could not be removed: ${String(error)}`);
    }
  }
}
