import { Foundation1700000000001 } from './0001-foundation.js';
import { Versions1700000000002 } from './0002-versions.js';
import { Sending1700000000007 } from './0007-sending.js';

/** Every migration, oldest first. A host with its own data source lists them beside its own. */
export const IM_MIGRATIONS = [Foundation1700000000001, Versions1700000000002, Sending1700000000007];
