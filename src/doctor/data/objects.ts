import { createHash } from 'node:crypto';
import { ImSettings } from '../../core/settings.js';
import { FileStore } from '../../storage/file-store.js';
import { Tickets } from '../../storage/tickets.js';
import type { Area, Check, Query, Row } from '../check.js';
import { enough, judge, rule } from './rule.js';

/** Names looked at in one go. */
const SLICE = 500;

/** What both checks need of a name. */
interface Named {
  engine: string;
  nameHash: string;
  name: string;
  storageKey: string;
}

/** A name is found by its hash, which the database itself cannot compute. */
const hashes: Check = {
  name: 'objects.names',
  title: 'names of files lie under their hashes',
  async look({ query }) {
    const broken: Row[] = [];
    for await (const slice of names(query)) {
      for (const { engine, nameHash, name } of slice) {
        if (nameHash !== createHash('sha256').update(name).digest('hex')) broken.push({ engine, nameHash });
      }
      if (enough(broken)) break;
    }
    return judge(broken, 'These names are not found. Delete the rows, and upload the files again.');
  },
};

/** Files are written before they get a name, and never deleted while they have one. */
const contents: Check = {
  name: 'objects.contents',
  title: 'every named file is in the folder',
  async look({ config, query }) {
    const storage = config.objectStorage;
    if (storage.kind !== 'file') return undefined;
    const store = new FileStore(storage, new Tickets(new ImSettings(config)));
    const broken: Row[] = [];
    for await (const slice of names(query)) {
      const ours = slice.filter(({ engine }) => engine === store.engine);
      const found = await Promise.all(ours.map(({ storageKey }) => store.stat(storageKey)));
      broken.push(...ours.filter((_, index) => !found[index]).map(({ nameHash }) => ({ nameHash })));
      if (enough(broken)) break;
    }
    return judge(broken, 'OBJECT_STORAGE names another folder than before, or files were removed from it: restore them.');
  },
};

async function* names(query: Query): AsyncGenerator<Named[]> {
  let [engine, nameHash] = ['', ''];
  for (;;) {
    const slice = (await query(
      'SELECT engine, nameHash, name, storageKey FROM im_objects WHERE engine > ? OR (engine = ? AND nameHash > ?) ' +
        `ORDER BY engine, nameHash LIMIT ${SLICE}`,
      [engine, engine, nameHash],
    )) as unknown as Named[];
    if (slice.length === 0) return;
    yield slice;
    ({ engine, nameHash } = slice[slice.length - 1]);
  }
}

/** Source: `Uploads`, `StorageRepository`. */
export const OBJECTS: Area = {
  title: 'Files',
  checks: [
    hashes,
    contents,
    rule({
      name: 'objects.uploads',
      title: 'uploads are of a kind that exists',
      broken: `
        SELECT uploadID, kind FROM im_uploads
        WHERE kind NOT IN ('single', 'parts', 'form', 'form-absolute') OR size < 0 OR partSize < 0`,
      advice: 'Delete the rows: the clients begin anew.',
    }),
  ],
};
