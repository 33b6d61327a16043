import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, insertRows } from '../database/bulk.js';
import { RowCache } from '../database/row-cache.js';
import { rowsByKey, rowsWhere } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { Change } from './change.entity.js';
import { Version } from './version.entity.js';

/** What is synchronised by version. `group-members` is owned by a group, the others by a user. */
export type Collection = 'friends' | 'blacks' | 'joined-groups' | 'group-members' | 'conversations';

/** What happened to an element. */
export const ChangeState = { insert: 1, delete: 2, update: 3 } as const;

/** In place of an element: the order of the collection changed. */
export const SORT_MARKER = '____S_O_R_T_I_D____';

/** In place of an element of `group-members`: the group itself changed. */
export const GROUP_MARKER = '';

/** Where a collection stands. 0 and "" stand for none in notifications. */
export interface VersionStamp {
  /** 24 hex digits. */
  versionID: string;
  version: number;
}

/** A change of one owner's collection. All elements of one change share one version. */
export interface CollectionChange {
  ownerID: string;
  elementIDs: readonly string[];
  state: (typeof ChangeState)[keyof typeof ChangeState];
  /** The order of the collection changed too. */
  sorted?: boolean;
}

/** What a client that stands at some version has to do. Source: contract/sync.md section 1.3. */
export interface Delta extends VersionStamp {
  /** The client has to fetch everything; the lists are empty then. */
  full: boolean;
  deleted: string[];
  inserted: string[];
  updated: string[];
  /** Version of the last change of the order, among the changes answered; else 0. */
  sortVersion: number;
  /** `group-members` only: the group itself is among the changes. */
  groupChanged: boolean;
}

/** More changes than this are answered by `full`. */
const MAX_CHANGES = 200;

const VERSION_ID = /^(?!0{24})[0-9a-f]{24}$/i;

/**
 * The log of what changed in the collections clients keep a copy of. A change is written in the transaction of what it is
 * about; clients ask for what came after the version they have. Source: contract/sync.md section 1.
 */
@Injectable()
export class VersionLog {
  private readonly known: RowCache<Version>;

  constructor(private readonly transactions: Transactions) {
    this.known = new RowCache(transactions, 'versions', 100_000);
  }

  /**
   * Notes changes within the open transaction, with a handful of statements however many owners there are. At most one
   * change per owner. Answers where each owner's collection stands now.
   */
  async record(collection: Collection, changes: readonly CollectionChange[]): Promise<Map<string, VersionStamp>> {
    const stamps = await this.raise(
      collection,
      changes.map(({ ownerID }) => ownerID),
    );
    const rows = changes.flatMap(({ ownerID, elementIDs, state, sorted }) => {
      const { version } = stamps.get(ownerID) as VersionStamp;
      const elements = sorted ? [SORT_MARKER, ...elementIDs] : elementIDs;
      return [...new Set(elements)].map((elementID) => ({ collection, ownerID, elementID, version, state }));
    });
    await insertRows(this.transactions.manager, Change, rows, { update: ['version', 'state'] });
    return stamps;
  }

  /** Where a collection stands; one that never changed stands at 1. */
  async stamp(collection: Collection, ownerID: string): Promise<VersionStamp> {
    const found = await this.find(collection, ownerID);
    if (found) return found;
    await insertRows(this.transactions.manager, Version, [newVersion(collection, ownerID)], 'ignore');
    return (await this.find(collection, ownerID)) as VersionStamp;
  }

  /** As {@link VersionLog.stamp}, of many collections at once, by owner. */
  async stamps(collection: Collection, ownerIDs: readonly string[]): Promise<Map<string, VersionStamp>> {
    const stamps = await this.findAll(collection, ownerIDs);
    const missing = ownerIDs.filter((ownerID) => !stamps.has(ownerID));
    if (missing.length === 0) return stamps;
    const begun = missing.map((ownerID) => newVersion(collection, ownerID));
    await insertRows(this.transactions.manager, Version, begun, 'ignore');
    return new Map([...stamps, ...(await this.findAll(collection, missing))]);
  }

  /** Throws a collection and its log away; it begins anew when it is next asked for. */
  async drop(collection: Collection, ownerIDs: readonly string[]): Promise<void> {
    for (const some of chunks(ownerIDs)) {
      const theirs = { collection, ownerID: In([...some]) };
      await this.transactions.manager.delete(Version, theirs);
      await this.transactions.manager.delete(Change, theirs);
    }
    this.known.forget(ownerIDs.map((ownerID) => keyOf(collection, ownerID)));
  }

  /** What changed since a client's version. @param stamp where the collection stands, when that was just read */
  async since(collection: Collection, ownerID: string, known: VersionStamp, stamp?: VersionStamp): Promise<Delta> {
    const { versionID, version } = stamp ?? (await this.stamp(collection, ownerID));
    const delta: Delta = {
      versionID,
      version,
      full: false,
      deleted: [],
      inserted: [],
      updated: [],
      sortVersion: 0,
      groupChanged: false,
    };
    const comparable = VERSION_ID.test(known.versionID) && known.version > 0 && known.versionID === versionID;
    if (!comparable || known.version > version) return { ...delta, full: true };
    if (known.version === version) return delta;
    const changes = await rowsWhere(
      this.transactions.manager,
      Change,
      'collection = ? AND ownerID = ? AND version > ?',
      [[collection, ownerID, known.version]],
      { order: ['version'], page: { offset: 0, limit: MAX_CHANGES + 3 } },
    );
    for (const change of changes) {
      // Written after the version was read: the next request brings it.
      if (change.version > version) continue;
      if (change.elementID === SORT_MARKER) delta.sortVersion = change.version;
      else if (change.elementID === GROUP_MARKER) delta.groupChanged = true;
      else listOf(delta, change.state).push(change.elementID);
    }
    const count = delta.deleted.length + delta.inserted.length + delta.updated.length;
    return count > MAX_CHANGES
      ? { ...delta, full: true, deleted: [], inserted: [], updated: [], sortVersion: 0, groupChanged: false }
      : delta;
  }

  private async find(collection: Collection, ownerID: string): Promise<VersionStamp | undefined> {
    return (await this.findAll(collection, [ownerID])).get(ownerID);
  }

  /** Where those collections stand that have a version, by owner. Remembered: costs no query most of the time. */
  private async findAll(collection: Collection, ownerIDs: readonly string[]): Promise<Map<string, VersionStamp>> {
    const idOf = new Map(ownerIDs.map((ownerID) => [keyOf(collection, ownerID), ownerID]));
    const found = await this.known.getAll([...idOf.keys()], async (missing) => {
      const keys = missing.map((key) => [collection, idOf.get(key)]);
      const rows = await rowsByKey(this.transactions.manager, Version, ['collection', 'ownerID'], keys);
      return new Map(rows.map((row) => [keyOf(collection, row.ownerID), row]));
    });
    return new Map(
      [...found.values()].map(({ ownerID, versionID, version }) => [ownerID, { versionID, version }] as const),
    );
  }

  /** Raises the versions of collections, beginning those that are not there. */
  private async raise(collection: Collection, ownerIDs: readonly string[]): Promise<Map<string, VersionStamp>> {
    const { manager } = this.transactions;
    const stamps = new Map<string, VersionStamp>();
    // One order for everybody who raises several, so that two of them cannot wait for each other.
    for (const some of chunks([...new Set(ownerIDs)].sort())) {
      const held = await this.lock(collection, some);
      const known = new Set(held.map(({ ownerID }) => ownerID));
      const missing = some.filter((ownerID) => !known.has(ownerID));
      if (missing.length > 0) {
        const begun = missing.map((ownerID) => ({ ...newVersion(collection, ownerID), version: 0 }));
        await insertRows(manager, Version, begun, 'ignore');
        // Read back: somebody else may have begun the same collection a moment before.
        held.push(...(await this.lock(collection, missing)));
      }
      const raised = held.map((row) => ({ ...row, version: row.version + 1 }));
      await insertRows(manager, Version, raised, { update: ['version'] });
      this.known.forget(raised.map(({ ownerID }) => keyOf(collection, ownerID)));
      for (const { ownerID, versionID, version } of raised) stamps.set(ownerID, { versionID, version });
    }
    return stamps;
  }

  private lock(collection: Collection, ownerIDs: readonly string[]): Promise<Version[]> {
    const keys = ownerIDs.map((ownerID) => [collection, ownerID]);
    return rowsByKey(this.transactions.manager, Version, ['collection', 'ownerID'], keys, {
      order: ['ownerID'],
      lock: true,
    });
  }
}

function keyOf(collection: Collection, ownerID: string): string {
  return `${collection}\0${ownerID}`;
}

function listOf(delta: Delta, state: number): string[] {
  if (state === ChangeState.delete) return delta.deleted;
  return state === ChangeState.insert ? delta.inserted : delta.updated;
}

function newVersion(collection: Collection, ownerID: string): Version {
  return { collection, ownerID, versionID: randomBytes(12).toString('hex'), version: 1 };
}
