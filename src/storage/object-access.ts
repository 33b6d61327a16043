import { Injectable } from '@nestjs/common';
import { ArgumentInvalid } from '../core/errors.js';
import { IMAGE_HEAD_BYTES, imageViewOf, isImage, MAX_SOURCE_BYTES } from './image.policy.js';
import { ObjectStore } from './object-store.js';
import { fileNameOf } from './presentation.js';
import { ContentMissing, ObjectNotFound } from './storage.errors.js';
import { StorageRepository } from './storage.repository.js';
import { Tickets } from './tickets.js';

/** Finding objects by name: who knows the name may look, as it has to be for pictures in pages. */
@Injectable()
export class ObjectAccess {
  constructor(
    private readonly objects: StorageRepository,
    private readonly store: ObjectStore,
    private readonly tickets: Tickets,
  ) {}

  /**
   * A URL to load an object from, or a smaller picture of it.
   *
   * @param query `type`, `format`, `width`, `height`; see {@link imageViewOf}
   * @param until epoch milliseconds
   * @param base where the client reaches the REST routes; may be relative to what it asked for
   * @throws ObjectNotFound, ArgumentInvalid
   */
  async url(name: string, query: Readonly<Record<string, string>>, until: number, base: string): Promise<string> {
    if (name === '') throw new ArgumentInvalid('name is empty', 'name');
    const view = imageViewOf(query);
    const object = await this.objects.findObject(this.store.engine, name);
    if (!object) throw new ObjectNotFound(name);
    const { storageKey: key, contentType } = object;
    if (!view) return this.store.url(key, { fileName: fileNameOf(name), contentType }, until, base);
    await this.assertPicture(name, key);
    return this.tickets.url({ do: 'image', key, view }, until, base);
  }

  /** @throws ObjectNotFound, ArgumentInvalid */
  private async assertPicture(name: string, key: string): Promise<void> {
    const found = await this.store.stat(key);
    if (!found) throw new ObjectNotFound(name);
    if (found.size > MAX_SOURCE_BYTES) throw new ArgumentInvalid('file size too large', 'name');
    if (found.size < IMAGE_HEAD_BYTES || !isImage(await this.head(name, key))) {
      throw new ArgumentInvalid('object not image', 'name');
    }
  }

  private async head(name: string, key: string): Promise<Buffer> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of await this.store.read(key, { start: 0, end: IMAGE_HEAD_BYTES - 1 })) {
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof ContentMissing) throw new ObjectNotFound(name);
      throw error;
    }
  }
}
