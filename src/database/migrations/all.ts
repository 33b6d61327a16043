import { Foundation1700000000001 } from './0001-foundation.js';
import { Versions1700000000002 } from './0002-versions.js';
import { Friends1700000000004 } from './0004-friends.js';
import { Sending1700000000007 } from './0007-sending.js';

/** Every migration, oldest first. A host with its own data source lists them beside its own. */
export const IM_MIGRATIONS = [
  Foundation1700000000001,
  Versions1700000000002,
  Friends1700000000004,
  Sending1700000000007,
];
