import type { Area } from './check.js';
import { CONVERSATIONS } from './data/conversations.js';
import { FRIENDS } from './data/friends.js';
import { GROUPS } from './data/groups.js';
import { JOBS } from './data/jobs.js';
import { MESSAGES } from './data/messages.js';
import { OBJECTS } from './data/objects.js';
import { USERS } from './data/users.js';
import { VERSIONS } from './data/versions.js';
import { ADDRESSES } from './setup/addresses.js';
import { ENVIRONMENT } from './setup/environment.js';
import { MYSQL } from './setup/mysql.js';
import { SCHEMA } from './setup/schema.js';
import { SQLITE } from './setup/sqlite.js';

/** How the server is set up. Looked at first, and outside the snapshot. */
export const SETUP: readonly Area[] = [ENVIRONMENT, ADDRESSES, SQLITE, MYSQL];

/** Whether the tables are those this version knows: nothing can be said of rows before. */
export const TABLES: readonly Area[] = [SCHEMA];

/** What is stored, all of one moment. */
export const DATA: readonly Area[] = [USERS, FRIENDS, GROUPS, CONVERSATIONS, MESSAGES, VERSIONS, JOBS, OBJECTS];
