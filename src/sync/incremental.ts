import { Injectable } from '@nestjs/common';
import { idHashOf } from './id-hash.js';
import { type Collection, VersionLog, type VersionStamp } from './version-log.js';
import type { Changes, FullIDs, KnownVersion } from './views.js';

/** What every incremental and full-ID endpoint does with the log, whatever the collection holds. */
@Injectable()
export class Incremental {
  constructor(private readonly log: VersionLog) {}

  /** What changed since the client's version; `load` answers objects by ID, in one go, leaving out what is not there. */
  async changes<T>(
    collection: Collection,
    {
      ownerID,
      known,
      load,
      stamp,
    }: {
      ownerID: string;
      known: KnownVersion;
      load: (ids: string[]) => Promise<Map<string, T>>;
      /** Where the collection stands, when that was just read. */
      stamp?: VersionStamp;
    },
  ): Promise<Changes<T>> {
    const delta = await this.log.since(collection, ownerID, known, stamp);
    const ids = [...delta.inserted, ...delta.updated];
    const objects = ids.length > 0 ? await load(ids) : new Map<string, T>();
    const found = (wanted: readonly string[]): T[] =>
      wanted.map((id) => objects.get(id)).filter((object) => object !== undefined);
    return { delta, inserted: found(delta.inserted), updated: found(delta.updated) };
  }

  /** The IDs of a collection in the order served, unless their hash is the client's. */
  async fullIDs(
    collection: Collection,
    { ownerID, idHash, load }: { ownerID: string; idHash: bigint; load: () => Promise<string[]> },
  ): Promise<FullIDs> {
    // The version first: what changes in between is then fetched twice, and never missed.
    const stamp = await this.log.stamp(collection, ownerID);
    const ids = await load();
    return { stamp, equal: idHash === idHashOf(ids), ids };
  }
}
