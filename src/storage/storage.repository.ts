import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { chunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { StoredObject } from './object.entity.js';
import { Upload } from './upload.entity.js';

/** How names of objects and uploads under way are stored. */
@Injectable()
export class StorageRepository {
  constructor(private readonly transactions: Transactions) {}

  async findObject(engine: string, name: string): Promise<StoredObject | undefined> {
    return (await this.manager.findOneBy(StoredObject, { engine, nameHash: hashOf(name) })) ?? undefined;
  }

  /** The same, kept as it is until the transaction ends. */
  async lockObject(engine: string, name: string): Promise<StoredObject | undefined> {
    const { options } = this.transactions.dataSource;
    const locked = await this.manager.findOne(StoredObject, {
      where: { engine, nameHash: hashOf(name) },
      ...(options.type === 'better-sqlite3' ? {} : { lock: { mode: 'pessimistic_write' as const } }),
    });
    return locked ?? undefined;
  }

  /** A name that is there already stands for the new content from now on. */
  async nameObject(object: Omit<StoredObject, 'nameHash'>): Promise<void> {
    const row: StoredObject = { ...object, nameHash: hashOf(object.name) };
    await insertRows(this.manager, StoredObject, [row], {
      update: ['storageKey', 'size', 'contentType', 'cause', 'userID', 'createTime'],
    });
  }

  async addUpload(upload: Upload): Promise<void> {
    await insertRows(this.manager, Upload, [upload]);
  }

  async findUpload(uploadID: string): Promise<Upload | undefined> {
    return (await this.manager.findOneBy(Upload, { uploadID })) ?? undefined;
  }

  /** Ends an upload. Answers false when somebody else did. */
  async takeUpload(uploadID: string): Promise<boolean> {
    const { affected } = await this.manager.delete(Upload, { uploadID });
    return affected === 1;
  }

  countUploads(userID: string): Promise<number> {
    return this.manager.countBy(Upload, { userID });
  }

  /** Those of a user that expire first. */
  oldestUploads(userID: string, limit: number): Promise<Upload[]> {
    return this.manager.find(Upload, { where: { userID }, order: { expireTime: 'ASC' }, take: limit });
  }

  expiredUploads(now: number, limit: number): Promise<Upload[]> {
    return this.manager.find(Upload, {
      where: { expireTime: LessThanOrEqual(now) },
      order: { expireTime: 'ASC' },
      take: limit,
    });
  }

  /** Ends the uploads of users as if their time were over. */
  async expireUploads(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.manager.update(Upload, { userID: In([...some]) }, { expireTime: 0 });
    }
  }

  private get manager() {
    return this.transactions.manager;
  }
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
