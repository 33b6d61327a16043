import { Foundation1700000000001 } from './0001-foundation.js';
import { Versions1700000000002 } from './0002-versions.js';
import { StorageAndThird1700000000010 } from './0010-storage-and-third.js';

/** Every migration, oldest first. A host with its own data source lists them beside its own. */
export const IM_MIGRATIONS = [Foundation1700000000001, Versions1700000000002, StorageAndThird1700000000010];
