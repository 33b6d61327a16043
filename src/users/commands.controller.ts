import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { UserCommand } from './command.entity.js';
import type { CommandName } from './commands.repository.js';
import { CommandsService } from './commands.service.js';
import {
  addCommandV3,
  deleteCommandV3,
  getAllCommandsV3,
  getCommandsV3,
  type NamedCommand,
  updateCommandV3,
} from './wire/v3-commands.js';

@ImController('users')
export class CommandsController {
  constructor(private readonly commands: CommandsService) {}

  @ImCall({
    path: 'user/process_user_command_add',
    summary: 'Keeps a record for a user',
    v3: addCommandV3,
    by: 'token',
  })
  add(@CurrentActor() actor: Actor, @Input() { name, content }: NamedCommand): Promise<void> {
    return this.commands.add(actor, name, content);
  }

  @ImCall({
    path: 'user/process_user_command_delete',
    summary: 'Deletes a record of a user',
    v3: deleteCommandV3,
    by: 'token',
  })
  delete(@CurrentActor() actor: Actor, @Input() name: CommandName): Promise<void> {
    return this.commands.delete(actor, name);
  }

  @ImCall({
    path: 'user/process_user_command_update',
    summary: 'Changes a record of a user',
    v3: updateCommandV3,
    by: 'token',
  })
  update(@CurrentActor() actor: Actor, @Input() { name, content }: NamedCommand): Promise<void> {
    return this.commands.update(actor, name, content);
  }

  @ImCall({
    path: 'user/process_user_command_get',
    summary: 'Reads the records of a user of one type',
    v3: getCommandsV3,
    by: 'token',
  })
  list(
    @CurrentActor() actor: Actor,
    @Input() { userID, type }: Pick<CommandName, 'userID' | 'type'>,
  ): Promise<UserCommand[]> {
    return this.commands.list(actor, userID, type);
  }

  @ImCall({
    path: 'user/process_user_command_get_all',
    summary: 'Reads all records of a user',
    v3: getAllCommandsV3,
    by: 'token',
  })
  listAll(@CurrentActor() actor: Actor, @Input() userID: string): Promise<UserCommand[]> {
    return this.commands.list(actor, userID);
  }
}
