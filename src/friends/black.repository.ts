import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { Black } from './black.entity.js';

/** How black lists are stored. */
@Injectable()
export class BlackRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(black: Black): Promise<void> {
    await insertRows(this.manager, Black, [black]);
  }

  async find(ownerUserID: string, blackUserID: string): Promise<Black | undefined> {
    return (await this.manager.findOneBy(Black, { ownerUserID, blackUserID })) ?? undefined;
  }

  async remove(ownerUserID: string, blackUserID: string): Promise<void> {
    await this.manager.delete(Black, { ownerUserID, blackUserID });
  }

  /** Everybody a user blocks. */
  async blockedBy(ownerUserID: string): Promise<Set<string>> {
    const rows = await this.manager.find(Black, { select: { blackUserID: true }, where: { ownerUserID } });
    return new Set(rows.map(({ blackUserID }) => blackUserID));
  }

  /** Who of the users is on the owner's black list; the order is the database's. */
  listed(ownerUserID: string, blackUserIDs: readonly string[]): Promise<Black[]> {
    return inChunks(blackUserIDs, (some) => this.manager.findBy(Black, { ownerUserID, blackUserID: In([...some]) }));
  }

  /** Which of the owners block the user. */
  async blocking(ownerUserIDs: readonly string[], blackUserID: string): Promise<Set<string>> {
    const rows = await inChunks(ownerUserIDs, (some) =>
      this.manager.find(Black, { select: { ownerUserID: true }, where: { ownerUserID: In([...some]), blackUserID } }),
    );
    return new Set(rows.map(({ ownerUserID }) => ownerUserID));
  }

  count(ownerUserID: string): Promise<number> {
    return this.manager.countBy(Black, { ownerUserID });
  }

  /** Oldest first, by the index `im_blacks_in_order`. */
  page(ownerUserID: string, offset: number, limit: number): Promise<Black[]> {
    return this.manager.find(Black, {
      where: { ownerUserID },
      order: { createTime: 'ASC', blackUserID: 'ASC' },
      skip: offset,
      take: limit,
    });
  }

  /** Removes the users' black lists, and the users from those of others. Answers the latter entries. */
  async removeAllOf(userIDs: readonly string[]): Promise<Pick<Black, 'ownerUserID' | 'blackUserID'>[]> {
    const entries: Black[] = [];
    for (const some of chunks(userIDs)) {
      const users = In([...some]);
      await this.manager.delete(Black, { ownerUserID: users });
      const select = { ownerUserID: true, blackUserID: true };
      entries.push(...(await this.manager.find(Black, { select, where: { blackUserID: users } })));
      await this.manager.delete(Black, { blackUserID: users });
    }
    return entries;
  }

  private get manager() {
    return this.transactions.manager;
  }
}
