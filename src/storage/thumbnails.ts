import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ArgumentInvalid } from '../core/errors.js';
import { type ImageView, isImage, MAX_SOURCE_BYTES, SOURCE_FORMATS } from './image.policy.js';
import { ObjectStore } from './object-store.js';
import { ContentMissing, ObjectNotFound } from './storage.errors.js';
import { isLasting } from './storage.policy.js';

/** Pictures made at a time: each may hold its source and a few rows of pixels in memory. */
const AT_ONCE = 2;

/** Requests that wait for their turn; more are sent away. */
const MAX_WAITING = 64;

/** Bytes of finished pictures that are remembered, and for how long. */
const REMEMBERED_BYTES = 32 * 1024 * 1024;
const REMEMBERED_MS = 3_600_000;

/** Larger pictures, in pixels, are taken for an attempt to exhaust the server. */
const MAX_PIXELS = 64_000_000;

/** Seconds a picture may take; then it is taken for an attempt to keep the others waiting. */
const MAX_SECONDS = 20;

/** A picture that is only turned into another format is made no larger than this, in pixels a side. */
const MAX_CONVERTED_SIDE = 4096;

/** Too many pictures are being made. */
export class ThumbnailsBusy extends Error {}

/**
 * Makes pictures smaller when they are looked at. Nothing is stored, so nobody fills the disk by asking for every size; what
 * was made lately is remembered, and browsers keep what they loaded.
 */
@Injectable()
export class Thumbnails {
  private readonly remembered = new LRUCache<string, Buffer>({
    maxSize: REMEMBERED_BYTES,
    sizeCalculation: (picture) => picture.length + 256,
    ttl: REMEMBERED_MS,
  });
  private readonly underWay = new Map<string, Promise<Buffer>>();
  private readonly waiting: (() => void)[] = [];
  private working = 0;

  constructor(private readonly store: ObjectStore) {}

  /**
   * A picture no larger than the view and than its source, upright, in the view's format.
   *
   * @throws ObjectNotFound, ArgumentInvalid when it cannot be read as a picture, ThumbnailsBusy
   */
  render(key: string, view: ImageView): Promise<Buffer> {
    const name = JSON.stringify([key, view.format, view.width, view.height]);
    const known = this.remembered.get(name);
    if (known) return Promise.resolve(known);
    const making =
      this.underWay.get(name) ??
      this.inTurn(() => this.make(key, view))
        .then((picture) => {
          if (isLasting(key)) this.remembered.set(name, picture);
          return picture;
        })
        .finally(() => this.underWay.delete(name));
    this.underWay.set(name, making);
    return making;
  }

  private async make(key: string, { format, width, height }: ImageView): Promise<Buffer> {
    // The library is large and native: who never asks for a thumbnail never loads it.
    const { default: sharp } = await import('sharp');
    const source = await this.source(key);
    // Looked at again: what is rendered must be what was checked, whatever the ticket was made for.
    if (!isImage(source)) throw new ArgumentInvalid('object not image');
    try {
      const picture = sharp(source, { limitInputPixels: MAX_PIXELS });
      const { format: sourceFormat } = await picture.metadata();
      if (!SOURCE_FORMATS.has(sourceFormat)) throw new Error('a format nobody asked for');
      return await picture
        .timeout({ seconds: MAX_SECONDS })
        .rotate()
        .resize({
          width: width > 0 ? width : MAX_CONVERTED_SIDE,
          height: height > 0 ? height : MAX_CONVERTED_SIDE,
          fit: 'inside',
          withoutEnlargement: true,
        })
        .toFormat(format)
        .toBuffer();
    } catch {
      throw new ArgumentInvalid('object not image');
    }
  }

  private async source(key: string): Promise<Buffer> {
    const found = await this.store.stat(key);
    if (!found) throw new ObjectNotFound(key);
    if (found.size === 0) throw new ArgumentInvalid('object not image');
    if (found.size > MAX_SOURCE_BYTES) throw new ArgumentInvalid('file size too large');
    try {
      const chunks: Buffer[] = [];
      const range = { start: 0, end: found.size - 1 };
      for await (const chunk of await this.store.read(key, range)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    } catch (error) {
      throw error instanceof ContentMissing ? new ObjectNotFound(key) : error;
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.working >= AT_ONCE) {
      if (this.waiting.length >= MAX_WAITING) throw new ThumbnailsBusy();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.working += 1;
    }
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.working -= 1;
    }
  }
}
