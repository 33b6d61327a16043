import { TokenState } from '../../access/user-token.entity.js';
import { AppLevel } from '../../core/protocol.js';
import type { Area, Check } from '../check.js';
import { rule, withoutUser } from './rule.js';

/** What goes with its user when he is deleted. */
function ofUsers(name: string, table: string, what: string): Check {
  return rule({
    name: `users.${name}`,
    title: `${what} are registered users'`,
    broken: withoutUser(table, 'userID'),
    advice: 'Delete the rows: a new user of that ID would have them.',
  });
}

/** The server gives its level to exactly the configured administrators, whenever it starts. */
const administrators: Check = {
  name: 'users.administrators',
  title: 'the administrators are those of the configuration',
  async look({ config, query }) {
    const rows = await query(`SELECT userID FROM im_users WHERE appMangerLevel = ${AppLevel.admin} ORDER BY userID`);
    const stored = new Set(rows.map(({ userID }) => String(userID)));
    const missing = config.admins.filter(({ userID }) => !stored.delete(userID)).map(({ userID }) => `${userID} is missing`);
    const examples = [...missing, ...[...stored].map((userID) => `${userID} is not configured`)];
    if (examples.length === 0) return { level: 'ok' };
    const says = 'stored are others than IM_ADMIN_USER_IDS says';
    return { level: 'warning', says, examples, advice: 'The server sets it right when it starts with this configuration.' };
  },
};

/** Source: whoever listens to `UsersDeleted`. What a user wrote, and his chats, stay without him. */
export const USERS: Area = {
  title: 'Users',
  checks: [
    administrators,
    ofUsers('tokens', 'im_user_tokens', 'tokens'),
    rule({
      name: 'users.token-states',
      title: 'tokens are in a state that exists',
      broken: `
        SELECT userID, platformID, state, dialect FROM im_user_tokens
        WHERE state NOT IN (${Object.values(TokenState).join(', ')}) OR dialect NOT IN (1, 2, 3)`,
      advice: 'Delete the rows: the users log in again.',
    }),
    ofUsers('commands', 'im_user_commands', 'commands'),
    rule({
      name: 'users.configs',
      title: "client configurations are everybody's, or registered users'",
      broken: `${withoutUser('im_client_configs', 'userID', ['configKey'])} AND t.userID <> ''`,
      advice: 'Delete the rows.',
    }),
    ofUsers('push-tokens', 'im_push_tokens', 'push tokens'),
    ofUsers('badges', 'im_app_badges', 'badges'),
  ],
};
