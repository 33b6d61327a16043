import { ChangeState, type Collection, GROUP_MARKER, SORT_MARKER } from '../../sync/version-log.js';
import type { Area, Check } from '../check.js';
import { rule } from './rule.js';

/** Where the elements of a collection are, and whose they are. */
interface Elements {
  collection: Collection;
  table: string;
  owner: string;
  element: string;
}

const COLLECTIONS: readonly Elements[] = [
  { collection: 'friends', table: 'im_friends', owner: 'ownerUserID', element: 'friendUserID' },
  { collection: 'blacks', table: 'im_blacks', owner: 'ownerUserID', element: 'blackUserID' },
  { collection: 'joined-groups', table: 'im_group_members', owner: 'userID', element: 'groupID' },
  { collection: 'group-members', table: 'im_group_members', owner: 'groupID', element: 'userID' },
  { collection: 'conversations', table: 'im_conversations', owner: 'ownerUserID', element: 'conversationID' },
];

/**
 * The log says last of an element what is so: one that was inserted or updated is there, one that was deleted is not, and
 * nothing is there of which it says nothing.
 */
function agreement({ collection, table, owner, element }: Elements): Check {
  const pair = (change: string, row: string): string =>
    `${row}.${owner} = ${change}.ownerID AND ${row}.${element} = ${change}.elementID`;
  return rule({
    name: `versions.${collection}`,
    title: `the log of ${collection} says what is so`,
    broken: `
      SELECT * FROM (
        SELECT c.ownerID, c.elementID, c.version, c.state, 0 AS isThere FROM im_version_changes c
        WHERE c.collection = '${collection}' AND c.state <> ${ChangeState.delete}
          AND c.elementID NOT IN ('${GROUP_MARKER}', '${SORT_MARKER}')
          AND NOT EXISTS (SELECT 1 FROM ${table} t WHERE ${pair('c', 't')})
        UNION ALL
        SELECT t.${owner} AS ownerID, t.${element} AS elementID, c.version, c.state, 1 AS isThere FROM ${table} t
        LEFT JOIN im_version_changes c ON c.collection = '${collection}' AND ${pair('c', 't')}
        WHERE c.state IS NULL OR c.state = ${ChangeState.delete}
      ) t`,
    advice:
      'Clients that keep a copy have it wrong until they fetch everything: delete the rows of this collection and owner ' +
      'in im_versions and im_version_changes, and they will.',
  });
}

/** Source: `VersionLog`. */
export const VERSIONS: Area = {
  title: 'Version log',
  checks: [
    rule({
      name: 'versions.heads',
      title: 'no change is newer than the version of its collection',
      broken: `
        SELECT c.collection, c.ownerID, c.elementID, c.version, v.version AS head FROM im_version_changes c
        LEFT JOIN im_versions v ON v.collection = c.collection AND v.ownerID = c.ownerID
        WHERE v.version IS NULL OR c.version > v.version OR c.version < 1`,
      advice: 'Clients do not hear of it: set the version in im_versions to the highest of its changes.',
    }),
    rule({
      name: 'versions.documents',
      title: 'every collection has a version and an ID',
      broken: `
        SELECT collection, ownerID, versionID, version FROM im_versions
        WHERE version < 1 OR LENGTH(versionID) <> 24
          OR collection NOT IN (${COLLECTIONS.map(({ collection }) => `'${collection}'`).join(', ')})`,
      advice: 'Delete the row, and those of its owner in im_version_changes: clients then fetch everything.',
    }),
    ...COLLECTIONS.map(agreement),
  ],
};
