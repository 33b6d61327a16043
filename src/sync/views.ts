import { uint64Of } from '../dialects/exact-numbers.js';
import { listOrNull } from '../dialects/v3-fields.js';
import type { Delta, VersionStamp } from './version-log.js';

/** What a client says of the copy of a collection it has. */
export interface KnownVersion {
  versionID: string;
  version: number;
}

/** What a request says of it, however it spells the number; 0 when it says none. */
export function knownVersionOf({ versionID, version }: { versionID: string; version?: unknown }): KnownVersion {
  return { versionID, version: Number(uint64Of(version) ?? 0n) };
}

/** The `idHash` a request says the client's list has; 0 when it has none. */
export function idHashIn({ idHash }: { idHash?: unknown }): bigint {
  return uint64Of(idHash) ?? 0n;
}

/** The changes of a collection, with the objects that were inserted and updated; those that vanished since are missing. */
export interface Changes<T> {
  delta: Delta;
  inserted: T[];
  updated: T[];
}

/** The members every incremental answer has. Lists are null when empty. Source: contract/sync.md section 1.3. */
export function changesView<T>({ delta, inserted, updated }: Changes<T>, view: (element: T) => object): object {
  return {
    version: delta.version,
    versionID: delta.versionID,
    full: delta.full,
    delete: listOrNull(delta.deleted),
    insert: listOrNull(inserted.map(view)),
    update: listOrNull(updated.map(view)),
  };
}

/** All IDs of a collection, unless the client has them. */
export interface FullIDs {
  stamp: VersionStamp;
  equal: boolean;
  ids: readonly string[];
}

/** `get_full_*`: the list is null when it equals the client's. Source: contract/sync.md section 1.5. */
export function fullIDsView({ stamp, equal, ids }: FullIDs, name: string): object {
  return { version: stamp.version, versionID: stamp.versionID, equal, [name]: equal ? null : listOrNull(ids) };
}
