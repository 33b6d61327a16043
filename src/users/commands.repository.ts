import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, insertRows } from '../database/bulk.js';
import { Transactions } from '../database/transactions.js';
import { UserCommand } from './command.entity.js';

/** What names a command to its user. */
export type CommandName = Pick<UserCommand, 'userID' | 'type' | 'uuid'>;

/** How user commands are stored. */
@Injectable()
export class CommandsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(command: UserCommand): Promise<void> {
    await insertRows(this.manager, UserCommand, [command]);
  }

  count(userID: string): Promise<number> {
    return this.manager.countBy(UserCommand, { userID });
  }

  /** The oldest of that name. */
  async oldest({ userID, type, uuid }: CommandName): Promise<UserCommand | undefined> {
    const found = await this.manager.findOne(UserCommand, {
      where: { userID, type, uuid },
      order: { commandID: 'ASC' },
    });
    return found ?? undefined;
  }

  async update(
    { userID, commandID }: UserCommand,
    changes: { value?: string | undefined; ex?: string | undefined },
  ): Promise<void> {
    await this.manager.update(UserCommand, { userID, commandID }, changes);
  }

  async delete({ userID, commandID }: UserCommand): Promise<void> {
    await this.manager.delete(UserCommand, { userID, commandID });
  }

  async deleteAllOf(userIDs: readonly string[]): Promise<void> {
    for (const some of chunks(userIDs)) await this.manager.delete(UserCommand, { userID: In([...some]) });
  }

  /** Oldest first. Without a type: all. */
  list(userID: string, type?: number): Promise<UserCommand[]> {
    return this.manager.find(UserCommand, {
      where: { userID, ...(type === undefined ? {} : { type }) },
      order: { commandID: 'ASC' },
    });
  }

  private get manager() {
    return this.transactions.manager;
  }
}
