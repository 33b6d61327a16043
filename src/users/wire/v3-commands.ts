import { ID } from '../../dialects/common-fields.js';
import { Int, Text } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { UserCommand } from '../command.entity.js';
import type { CommandName } from '../commands.repository.js';
import type { CommandContent } from '../commands.service.js';

/** Longest `value`, in characters. */
const MAX_VALUE = 16_384;

/** A command and what it holds or shall hold. */
export interface NamedCommand {
  name: CommandName;
  content: CommandContent;
}

/** Whose commands. */
class CommandOwnerV3 {
  @ID({ missing: 'userID is empty', example: 'openIM123456' }) userID: string;
}

/** Whose, and of which type. */
class CommandTypeV3 extends CommandOwnerV3 {
  @Int({ missing: 'type is not specified', description: 'The meaning is the client’s; not 0.', example: 1 })
  type: number;
}

/** Which command. */
class CommandNameV3 extends CommandTypeV3 {
  @Text({ max: 255, missing: 'UUID is empty', description: 'The client’s name for it.', example: 'favourite-1' })
  uuid: string;

  protected get name(): CommandName {
    return { userID: this.userID, type: this.type, uuid: this.uuid };
  }
}

const NAME_SAMPLE = { userID: 'openIM123456', type: 1, uuid: 'favourite-1' };

export class ProcessUserCommandAddV3 extends CommandNameV3 implements Wire<NamedCommand> {
  @Text({ need: 'optional', max: MAX_VALUE, example: '{"text":"kept"}' }) value?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;

  toInput(): NamedCommand {
    return { name: this.name, content: { value: this.value, ex: this.ex } };
  }
}

/** Source: contract/v3/user.md. */
export const addCommandV3: V3Speech<NamedCommand, void> = {
  request: ProcessUserCommandAddV3,
  sample: { request: { ...NAME_SAMPLE, value: '{"text":"kept"}' }, answer: v3Answer() },
};

export class ProcessUserCommandUpdateV3 extends ProcessUserCommandAddV3 {}

/** Source: contract/v3/user.md. */
export const updateCommandV3: V3Speech<NamedCommand, void> = {
  request: ProcessUserCommandUpdateV3,
  sample: { request: { ...NAME_SAMPLE, ex: 'seen' }, answer: v3Answer() },
};

export class ProcessUserCommandDeleteV3 extends CommandNameV3 implements Wire<CommandName> {
  toInput(): CommandName {
    return this.name;
  }
}

/** Source: contract/v3/user.md. */
export const deleteCommandV3: V3Speech<CommandName, void> = {
  request: ProcessUserCommandDeleteV3,
  sample: { request: NAME_SAMPLE, answer: v3Answer() },
};

/** The member is spelled with a capital, and `createTime` is in seconds. */
function commandsView(commands: readonly UserCommand[]): object {
  return {
    CommandResp: listOrNull(
      commands.map(({ type, createTime, uuid, value, ex }) => ({
        type,
        createTime: Math.floor(createTime / 1000),
        uuid,
        value,
        ex,
      })),
    ),
  };
}

const COMMANDS_SAMPLE = v3Answer({
  CommandResp: [{ type: 1, createTime: 1699241222, uuid: 'favourite-1', value: '{"text":"kept"}', ex: '' }],
});

export class ProcessUserCommandGetV3 extends CommandTypeV3 implements Wire<Pick<CommandName, 'userID' | 'type'>> {
  toInput(): Pick<CommandName, 'userID' | 'type'> {
    return this;
  }
}

/** Source: contract/v3/user.md. */
export const getCommandsV3: V3Speech<Pick<CommandName, 'userID' | 'type'>, UserCommand[]> = {
  request: ProcessUserCommandGetV3,
  answer: commandsView,
  sample: { request: { userID: 'openIM123456', type: 1 }, answer: COMMANDS_SAMPLE },
};

export class ProcessUserCommandGetAllV3 extends CommandOwnerV3 implements Wire<string> {
  toInput(): string {
    return this.userID;
  }
}

/** Source: contract/v3/user.md. */
export const getAllCommandsV3: V3Speech<string, UserCommand[]> = {
  request: ProcessUserCommandGetAllV3,
  answer: commandsView,
  sample: { request: { userID: 'openIM123456' }, answer: COMMANDS_SAMPLE },
};
