import { createHash } from 'node:crypto';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { isStorable } from '../core/text.js';
import type { PartLimits } from './object-store.js';
import { MAX_NAME_BYTES, type StoredObject } from './object.entity.js';

/**
 * Whether an object may be given this name: users keep to `<userID>/…`, administrators may choose. The order is the
 * contract's. Source: contract/v3/object-and-third.md "Object model".
 *
 * @throws ArgumentInvalid, NotPermitted
 */
export function assertName(name: string, actor: Actor): void {
  if (name === '') throw new ArgumentInvalid('name is empty', 'name');
  if (name.startsWith('/')) throw new ArgumentInvalid('name cannot start with `/`', 'name');
  if (name.trim() === '') throw new ArgumentInvalid('object name cannot be blank', 'name');
  if (!isStorable(name)) throw new ArgumentInvalid('object name must be valid text without NUL', 'name');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw new ArgumentInvalid(`object name cannot be longer than ${MAX_NAME_BYTES} bytes`, 'name');
  }
  if (!actor.isAdmin && !name.startsWith(`${actor.userID}/`)) {
    throw new NotPermitted(`name must start with \`${actor.userID}/\``);
  }
}

/**
 * Whether an object that is there may get new content from this user. IDs may contain slashes: `a/b/x` begins with `a/` and
 * with `a/b/`, and then it is his who gave the name.
 *
 * @throws NotPermitted
 */
export function assertReplaceable({ name, userID }: Pick<StoredObject, 'name' | 'userID'>, actor: Actor): void {
  if (actor.isAdmin || actor.userID === userID || !name.startsWith(`${userID}/`)) return;
  throw new NotPermitted('the name is taken by another user');
}

/**
 * The size all parts of an object have, but the last, which has what is left.
 *
 * @param maxSize what somebody may upload, in bytes
 * @throws ArgumentInvalid
 */
export function partSizeOf(size: number, { minPartSize, maxPartSize, maxParts }: PartLimits, maxSize: number): number {
  if (size <= 0) throw new ArgumentInvalid('size must be greater than 0', 'size');
  const most = Math.min(maxPartSize * maxParts, maxSize);
  if (size > most) throw new ArgumentInvalid(`size must be less than or equal to ${most}`, 'size');
  return size <= minPartSize * maxParts ? minPartSize : Math.ceil(size / maxParts);
}

/** Number of parts of an object. */
export function partCount({ size, partSize }: { size: number; partSize: number }): number {
  return Math.max(1, Math.ceil(size / partSize));
}

/** Bytes of one part, counted from 1. */
export function partBytes({ size, partSize }: { size: number; partSize: number }, partNumber: number): number {
  return Math.min(partSize, size - (partNumber - 1) * partSize);
}

/** The hash of an object in lower case. @throws ArgumentInvalid unless it is an MD5 in hex */
export function md5Of(hash: string): string {
  if (!/^[0-9a-f]{32}$/i.test(hash)) throw new ArgumentInvalid('invalid md5', 'hash');
  return hash.toLowerCase();
}

/** What an object is known by: the MD5 over the comma-joined MD5s of its parts. Of one part, the MD5 of its MD5. */
export function hashOfParts(md5s: readonly string[]): string {
  return createHash('md5').update(md5s.join(',')).digest('hex');
}

/** Keys below this are ours to give. */
const OWN = 'openim/';

/** Where content is kept once for all who upload it. */
export function contentKey(hash: string): string {
  return `${OWN}data/hash/${hash}`;
}

/** Where an upload waits until it is completed, in a store that has one place for all. */
export function temporaryKey(uploadID: string): string {
  return `${OWN}temp/${uploadID}`;
}

/** True for keys whose content never changes once it is there; false for those administrators choose. */
export function isLasting(key: string): boolean {
  return key.startsWith(OWN);
}

/** Whether an administrator may choose a key. @throws ArgumentInvalid for those content of others may be under */
export function assertKey(key: string): void {
  if (key.startsWith(OWN)) throw new ArgumentInvalid(`an absolute name cannot start with \`${OWN}\``, 'name');
}

/** Longest extension that is taken over into a key. */
const MAX_EXTENSION = 16;

/** Where a form's file goes: `openim/direct/<YYYYMMDD>/<userID>/<hex><.ext>`. */
export function directKey(userID: string, uploadID: string, name: string, now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const [extension = ''] = /\.[A-Za-z0-9]+$/.exec(name) ?? [];
  return `${OWN}direct/${day}/${userID}/${uploadID}${extension.length > MAX_EXTENSION ? '' : extension}`;
}
