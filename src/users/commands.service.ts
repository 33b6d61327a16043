import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, RecordNotFound } from '../core/errors.js';
import { assertSelf } from '../core/permissions.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import type { UserCommand } from './command.entity.js';
import { type CommandName, CommandsRepository } from './commands.repository.js';
import { UsersDeleted } from './user.events.js';
import { UsersService } from './users.service.js';

/** Commands one user may have: they are read all at once. */
const MAX_COMMANDS = 2_000;

/** What a command holds; what is left out is "", or, in an update, unchanged. */
export interface CommandContent {
  value?: string | undefined;
  ex?: string | undefined;
}

/** Records clients keep for their user. Everybody has his own; an administrator reaches all. Source: contract/v3/user.md. */
@Injectable()
export class CommandsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly commands: CommandsRepository,
  ) {}

  /**
   * Adds a command, beside those of the same name.
   *
   * @throws NotPermitted, UserNotFound
   * @throws ArgumentInvalid when the user has {@link MAX_COMMANDS}
   */
  async add(actor: Actor, { userID, type, uuid }: CommandName, { value = '', ex = '' }: CommandContent): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      await this.hold(userID);
      if ((await this.commands.count(userID)) >= MAX_COMMANDS) {
        throw new ArgumentInvalid(`a user has at most ${MAX_COMMANDS} commands`, 'userID');
      }
      const createTime = Date.now();
      await this.commands.insert({ userID, commandID: commandIDAt(createTime), type, uuid, value, ex, createTime });
    });
  }

  /** Deletes the oldest command of a name. @throws NotPermitted, UserNotFound, RecordNotFound */
  async delete(actor: Actor, name: CommandName): Promise<void> {
    assertSelf(actor, name.userID);
    await this.transactions.run(async () => this.commands.delete(await this.find(name)));
  }

  /** Sets what is given of the oldest command of a name. Nothing given is no error. @throws NotPermitted, UserNotFound, RecordNotFound */
  async update(actor: Actor, name: CommandName, content: CommandContent): Promise<void> {
    assertSelf(actor, name.userID);
    if (content.value === undefined && content.ex === undefined) return;
    await this.transactions.run(async () => this.commands.update(await this.find(name), content));
  }

  /** A user's commands, oldest first; of one type or of all. @throws NotPermitted */
  async list(actor: Actor, userID: string, type?: number): Promise<UserCommand[]> {
    assertSelf(actor, userID);
    return this.commands.list(userID, type);
  }

  /** Who is deleted keeps nothing. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.commands.deleteAllOf(userIDs);
  }

  private async find(name: CommandName): Promise<UserCommand> {
    await this.hold(name.userID);
    const found = await this.commands.oldest(name);
    if (!found) throw new RecordNotFound(`no command ${name.uuid} of type ${name.type}`);
    return found;
  }

  /** A user's commands change one after the other, and not while he is being deleted. */
  private async hold(userID: string): Promise<void> {
    await this.users.holdOne(userID);
  }
}

let counter = 0;

/** Unique, and in the order of time: those of one millisecond and one process by a counter. */
function commandIDAt(epochMs: number): string {
  counter = (counter + 1) % 2 ** 24;
  const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
  return hex(epochMs, 12) + hex(counter, 6) + randomBytes(8).toString('hex');
}
