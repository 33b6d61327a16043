import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Transactions } from '../../src/database/transactions.js';
import {
  ChangeState,
  type CollectionChange,
  GROUP_MARKER,
  VersionLog,
  type VersionStamp,
} from '../../src/sync/version-log.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

const NOTHING = { full: false, deleted: [], inserted: [], updated: [], sortVersion: 0, groupChanged: false };
const EVERYTHING = { ...NOTHING, full: true };

describeOnEachDatabase('The version log', (database) => {
  let im: Im;
  let log: VersionLog;
  let ann: string;
  let owners = 0;

  beforeAll(async () => {
    im = await startIm({ database });
    log = im.get(VersionLog);
  });
  afterAll(() => im.close());
  beforeEach(() => {
    ann = `ann${(owners += 1)}`;
  });

  const record = (...changes: CollectionChange[]): Promise<Map<string, VersionStamp>> =>
    im.get(Transactions).run(() => log.record('friends', changes));
  const insert = (...elementIDs: string[]) => record({ ownerID: ann, elementIDs, state: ChangeState.insert });
  const update = (...elementIDs: string[]) => record({ ownerID: ann, elementIDs, state: ChangeState.update });
  const remove = (...elementIDs: string[]) => record({ ownerID: ann, elementIDs, state: ChangeState.delete });
  const stamp = () => log.stamp('friends', ann);
  const since = (known: VersionStamp) => log.since('friends', ann, known);

  describe('of a collection that never changed', () => {
    it('stands at 1, and keeps the ID it was given', async () => {
      const first = await stamp();
      expect(first).toEqual({ version: 1, versionID: expect.stringMatching(/^[0-9a-f]{24}$/) });
      expect(await stamp()).toEqual(first);
    });

    it('is begun once, however many ask at the same moment', async () => {
      const stamps = await Promise.all(Array.from({ length: 10 }, stamp));
      expect(new Set(stamps.map(({ versionID }) => versionID)).size).toBe(1);
    });

    it('has nothing to tell who knows it, and everything who does not', async () => {
      const known = await stamp();
      expect(await since(known)).toEqual({ ...known, ...NOTHING });
      expect(await since({ versionID: '', version: 0 })).toEqual({ ...known, ...EVERYTHING });
    });
  });

  it('begins with a first change at 1', async () => {
    const stamps = await insert('bob');
    expect(stamps.get(ann)).toEqual({ version: 1, versionID: expect.any(String) });
  });

  it('rises by one with every change, also when two begin it at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => insert(`friend${index}`)));
    expect((await stamp()).version).toBe(8);
    expect(await im.rows('im_versions', { ownerID: ann })).toHaveLength(1);
  });

  it('tells what came after, each element once and as it was changed last', async () => {
    const known = await stamp();
    await insert('bob', 'carl', 'dora');
    await update('bob');
    await remove('carl');
    const delta = await since(known);
    expect(delta).toMatchObject({ version: 4, full: false, deleted: ['carl'], inserted: ['dora'], updated: ['bob'] });
    const later = await since({ ...known, version: 2 });
    expect(later).toMatchObject({ deleted: ['carl'], inserted: [], updated: ['bob'] });
    expect(await im.rows('im_version_changes', { ownerID: ann })).toHaveLength(3);
  });

  it('tells of a change of the order and of the group apart from the elements', async () => {
    const known = await stamp();
    await record({ ownerID: ann, elementIDs: ['bob'], state: ChangeState.update, sorted: true });
    await record({ ownerID: ann, elementIDs: [GROUP_MARKER], state: ChangeState.update });
    expect(await since(known)).toMatchObject({ updated: ['bob'], sortVersion: 2, groupChanged: true, deleted: [] });
  });

  it.each([
    ['no version ID', (known: VersionStamp) => ({ ...known, versionID: '' })],
    ['no version', (known: VersionStamp) => ({ ...known, version: 0 })],
    ['another version ID', (known: VersionStamp) => ({ ...known, versionID: 'a'.repeat(24) })],
    ['an ID of zeros', (known: VersionStamp) => ({ ...known, versionID: '0'.repeat(24) })],
    ['an ID of other letters', (known: VersionStamp) => ({ ...known, versionID: 'z'.repeat(24) })],
    ['a version of the future', (known: VersionStamp) => ({ ...known, version: 99 })],
  ])('sends who comes with %s to fetch everything', async (_, spoil) => {
    await insert('bob');
    const known = await stamp();
    expect(await since(spoil(known))).toEqual({ ...known, ...EVERYTHING });
  });

  it('tells of 200 changes, and of 201 that everything is to be fetched', async () => {
    const known = await stamp();
    const friends = Array.from({ length: 200 }, (_, index) => `friend${index}`);
    await record({ ownerID: ann, elementIDs: friends, state: ChangeState.insert, sorted: true });
    expect(await since(known)).toMatchObject({ full: false, inserted: { length: 200 }, sortVersion: 2 });
    await insert('one more');
    expect(await since(known)).toEqual({ ...(await stamp()), ...EVERYTHING });
  });

  it('keeps owners and collections apart', async () => {
    const stamps = await record(
      { ownerID: ann, elementIDs: ['x'], state: ChangeState.insert },
      { ownerID: `${ann}b`, elementIDs: ['y'], state: ChangeState.insert },
    );
    expect([...stamps.keys()].toSorted()).toEqual([ann, `${ann}b`]);
    expect(stamps.get(ann)?.versionID).not.toBe(stamps.get(`${ann}b`)?.versionID);
    expect((await log.stamp('conversations', ann)).versionID).not.toBe(stamps.get(ann)?.versionID);
  });

  it('forgets nothing of a change that was rolled back, because it never happened', async () => {
    const known = await stamp();
    const failing = im.get(Transactions).run(async () => {
      await log.record('friends', [{ ownerID: ann, elementIDs: ['bob'], state: ChangeState.insert }]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await since(known)).toEqual({ ...known, ...NOTHING });
  });

  it('begins anew under another ID when it was dropped', async () => {
    await insert('bob');
    const known = await stamp();
    await log.drop('friends', [ann]);
    const next = await since(known);
    expect(next).toMatchObject({ full: true, version: 1 });
    expect(next.versionID).not.toBe(known.versionID);
  });

  it('notes a change of 5,000 owners in one go', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => `${ann}-${index}`);
    const stamps = await record(...many.map((ownerID) => ({ ownerID, elementIDs: [ann], state: ChangeState.update })));
    expect(stamps.size).toBe(5000);
  });
});
