import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid } from '../core/errors.js';
import { newMessageID } from '../core/ids.js';
import { ImSettings } from '../core/settings.js';
import { ObjectStore, type SignedForm } from './object-store.js';
import { Once } from './once.js';
import { ContentMissing, ObjectNotFound } from './storage.errors.js';
import { assertKey, directKey } from './storage.policy.js';
import { type Naming, UPLOAD_MS, Uploads } from './uploads.service.js';

/** A form may be sent this long after it was asked for, unless an administrator says otherwise. */
const FORM_MS = 10 * 60_000;

/** Time to complete an upload whose form was sent at the last moment. */
const FORM_GRACE_MS = 24 * 3_600_000;

export interface InitiateForm extends Naming {
  /** Bytes. */
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

/** Uploading by an HTML form: in one piece, and not hashed. */
@Injectable()
export class FormsService {
  private readonly completing = new Once<string>();

  constructor(
    private readonly settings: ImSettings,
    private readonly uploads: Uploads,
    private readonly store: ObjectStore,
  ) {}

  /** Begins an upload. @throws ArgumentInvalid, NotPermitted */
  async initiate(wanted: InitiateForm, actor: Actor, base: string): Promise<InitiatedForm> {
    await this.uploads.assertName(wanted.name, actor);
    const { name, size, contentType } = wanted;
    if (size <= 0) throw new ArgumentInvalid('size must be greater than 0', 'size');
    // A form is one piece, and stores take no larger one.
    const most = Math.min(this.settings.maxObjectSize, this.store.limits.maxPartSize);
    if (size > most) throw new ArgumentInvalid(`size must be less than or equal to ${most}`, 'size');
    const now = Date.now();
    const absolute = actor.isAdmin && wanted.absolute;
    if (absolute) assertKey(name);
    const validity = actor.isAdmin && wanted.millisecond > 0 ? wanted.millisecond : FORM_MS;
    const expires = now + Math.min(validity, UPLOAD_MS);
    const uploadID = newMessageID();
    const upload = await this.uploads.begin({
      ...wanted,
      uploadID,
      kind: absolute ? 'form-absolute' : 'form',
      userID: actor.userID,
      storageKey: absolute ? name : directKey(actor.userID, uploadID, name, new Date(now)),
      expireTime: expires + FORM_GRACE_MS,
    });
    const form = await this.store.form(upload, contentType, expires, base);
    return { ...form, id: uploadID, expires };
  }

  /**
   * Ends an upload of the caller's. Answers the name.
   *
   * @throws ArgumentInvalid, NotPermitted, ObjectNotFound when the form was not sent, FileSizeMismatch
   */
  async complete(id: string, actor: Actor): Promise<string> {
    if (id === '') throw new ArgumentInvalid('id is empty', 'id');
    // One that looked before another ended it, and goes on afterwards, would take in what was sent in between.
    return this.completing.run(JSON.stringify([id, actor.userID, actor.isAdmin]), () => this.finish(id, actor));
  }

  private async finish(id: string, actor: Actor): Promise<string> {
    const upload = await this.uploads.unfinished(id, ['form', 'form-absolute'], actor, 'invalid id');
    await this.uploads.assertName(upload.name, actor);
    await this.store.adopt(upload).catch((error: unknown) => {
      throw error instanceof ContentMissing ? new ObjectNotFound(upload.name) : error;
    });
    if (await this.uploads.end(upload, upload, actor)) return upload.name;
    // Another process was faster; or it gave way at this very moment, and the file must not stay behind.
    if (await this.uploads.isNamed(upload)) return upload.name;
    await this.store.discard(upload);
    throw new ObjectNotFound(upload.name);
  }
}
