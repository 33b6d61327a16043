import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { chunks } from '../database/bulk.js';
import type { Upload } from './upload.entity.js';

/** Parts signed in one go, which takes a few milliseconds. */
const SIGNED_AT_ONCE = 100;

/** What a store takes apart. Source: contract/v3/object-and-third.md "part_limit". */
export interface PartLimits {
  /** Bytes; the last part may have fewer. */
  minPartSize: number;
  maxPartSize: number;
  maxParts: number;
}

/** Where one part is PUT to: nothing but the URL is needed. */
export interface SignedPart {
  partNumber: number;
  url: string;
}

/** How a file is POSTed as an HTML form. */
export interface SignedForm {
  url: string;
  /** Name of the form's field for the file. */
  file: string;
  /** Fields to send before it. */
  fields: Record<string, string>;
}

/** What somebody who opens a signed URL is told about the content. */
export interface Presentation {
  /** Name to save it under. */
  fileName: string;
  /** "" when unknown. */
  contentType: string;
}

/** Something that is kept. */
export interface StoredContent {
  /** Bytes. */
  size: number;
}

/** An upload that was begun, as far as a store needs to know it. */
export type PendingUpload = Pick<Upload, 'uploadID' | 'kind' | 'storeID' | 'storageKey' | 'hash' | 'size' | 'partSize'>;

/**
 * Where the bytes are: a folder of this machine, or an S3-compatible store. Knows keys, not names, and decides nothing:
 * who may do what is the business of {@link StorageService}.
 *
 * `base` is the address a client reaches the REST routes at; moments are epoch milliseconds.
 */
export abstract class ObjectStore {
  /** What objects are recorded under. */
  abstract readonly engine: 'file' | 's3';
  abstract readonly limits: PartLimits;

  /** Makes ready for the content of an upload. Answers the store's own ID of it, "" when it needs none. */
  abstract begin(upload: PendingUpload): Promise<string>;

  /** URLs to PUT parts to, in the order asked. Of an upload in one piece, part 1 is all of it. */
  abstract sign(
    upload: PendingUpload,
    partNumbers: readonly number[],
    until: number,
    base: string,
  ): Promise<SignedPart[]>;

  /**
   * Puts the parts together under the upload's key.
   *
   * @param md5s of the parts in order, lower-case hex, as the client knows them
   * @throws UploadIncomplete when a part is missing, is not what the client says, or all of them are not the size
   */
  abstract complete(upload: PendingUpload, md5s: readonly string[]): Promise<void>;

  /**
   * Moves the file of a form under the upload's key, where nobody who may send the form reaches it any more. Doing it again
   * is no failure, but where an administrator chose the key.
   *
   * @throws ContentMissing when the form was not sent; FileSizeMismatch, and the form may be sent again
   */
  abstract adopt(upload: PendingUpload): Promise<void>;

  /** Removes what came of an upload that will not be completed. Nothing there is no failure. */
  abstract discard(upload: PendingUpload): Promise<void>;

  /** A form that takes in one file of at most the upload's size, to a place of its own first. */
  abstract form(upload: PendingUpload, contentType: string, until: number, base: string): Promise<SignedForm>;

  /** What is kept under a key, undefined when nothing is. */
  abstract stat(key: string): Promise<StoredContent | undefined>;

  /** A URL to load content from. */
  abstract url(key: string, presentation: Presentation, until: number, base: string): Promise<string>;

  /** Content as a stream, all of it or the bytes from `start` to `end`, both included. @throws ContentMissing */
  abstract read(key: string, range?: { start: number; end: number }): Promise<Readable>;

  /** Removes leftovers of the store's own, of requests that broke off. */
  sweep(): Promise<void> {
    return Promise.resolve();
  }

  /** Ends what is open. */
  close(): void {}

  /** Signs part by part. An upload may have thousands: others get their turn in between. */
  protected async signEach(partNumbers: readonly number[], url: (part: number) => string): Promise<SignedPart[]> {
    const signed: SignedPart[] = [];
    for (const some of chunks(partNumbers, SIGNED_AT_ONCE)) {
      if (signed.length > 0) await setImmediate();
      for (const partNumber of some) signed.push({ partNumber, url: url(partNumber) });
    }
    return signed;
  }
}
