import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { IM_MIGRATIONS } from '../../src/database/migrations/all.js';

const TIME = Date.now() - 40 * 86_400_000;

export const PEOPLE = ['ann', 'bob', 'cid'];
export const GROUP = 'team';
/** Their conversations, and whose they are. */
export const CONVERSATIONS = [
  { conversationID: 'si_ann_bob', owners: ['ann', 'bob'] },
  { conversationID: 'si_ann_cid', owners: ['ann', 'cid'] },
  { conversationID: `sg_${GROUP}`, owners: PEOPLE },
];

type Row = Record<string, string | number>;

/** How a version of the server that knew the first so many migrations left its database. Knows no entity of today. */
export async function makeOlderDatabase(url: string, migrations: number, messages: number): Promise<void> {
  const dataSource = await createDataSource(url, { entities: [], migrations: IM_MIGRATIONS.slice(0, migrations) });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
    await fill(dataSource, messages);
  } finally {
    await dataSource.destroy();
  }
}

/** A message as it was written before it could be read or revoked. */
export function olderMessage(conversationID: string, seq: number): Row {
  const group = conversationID === `sg_${GROUP}`;
  return {
    conversationID,
    seq,
    sendID: 'ann',
    recvID: group ? GROUP : conversationID.slice(-3),
    groupID: group ? GROUP : '',
    clientMsgID: `old-${seq}`,
    serverMsgID: `old-${conversationID}-${seq}`,
    sessionType: group ? 3 : 1,
    msgFrom: 100,
    contentType: 101,
    content: JSON.stringify({ content: `old ${seq}` }),
    sendTime: TIME + seq,
    createTime: TIME + seq,
    options: '{}',
    offlinePushInfo: '',
    atUserIDList: '',
    attachedInfo: '',
    ex: '',
  };
}

async function fill(dataSource: DataSource, messages: number): Promise<void> {
  const insert = (table: string, rows: readonly Row[]): Promise<void> => insertAll(dataSource, table, rows);
  await insert(
    'im_users',
    PEOPLE.map((userID) => ({ userID, nickname: `${userID} of old`, createTime: TIME })),
  );
  await insert('im_friends', [friend('ann', 'bob'), friend('bob', 'ann')]);
  await insert('im_groups', [
    { groupID: GROUP, groupName: 'of old', creatorUserID: 'ann', notificationUserID: '', createTime: TIME },
  ]);
  await insert(
    'im_group_members',
    PEOPLE.map((userID) => ({
      groupID: GROUP,
      userID,
      roleLevel: userID === 'ann' ? 100 : 20,
      joinTime: TIME,
      inviterUserID: 'ann',
      operatorUserID: 'ann',
    })),
  );
  for (const { conversationID, owners } of CONVERSATIONS) {
    const seqs = Array.from({ length: messages }, (_, index) => index + 1);
    await insert(
      'im_messages',
      seqs.map((seq) => olderMessage(conversationID, seq)),
    );
    await insert('im_sequences', [{ conversationID, maxSeq: messages, maxSeqTime: TIME + messages }]);
    await insert('im_read_positions', [{ userID: 'ann', conversationID, hasReadSeq: messages }]);
    const group = conversationID === `sg_${GROUP}`;
    await insert(
      'im_conversations',
      owners.map((ownerUserID) => ({
        ownerUserID,
        conversationID,
        conversationType: group ? 3 : 1,
        userID: group ? '' : (owners.find((one) => one !== ownerUserID) as string),
        groupID: group ? GROUP : '',
        createTime: TIME,
      })),
    );
  }
  for (const userID of PEOPLE) {
    const theirs = CONVERSATIONS.filter(({ owners }) => owners.includes(userID));
    await log(
      'conversations',
      userID,
      theirs.map(({ conversationID }) => conversationID),
    );
    await log('joined-groups', userID, [GROUP]);
  }
  await log('group-members', GROUP, PEOPLE);
  await log('friends', 'ann', ['bob']);
  await log('friends', 'bob', ['ann']);
  if (dataSource.migrations.some(({ name }) => name?.startsWith('Sending'))) {
    const day = Math.floor(Date.now() / 86_400_000);
    await insert('im_send_statuses', [{ day, userID: 'ann', operationHash: 'ab'.repeat(16), sentAt: Date.now() }]);
  }

  async function log(collection: string, ownerID: string, elementIDs: readonly string[]): Promise<void> {
    const changes = elementIDs.map((elementID) => ({ collection, ownerID, elementID, version: 1, state: 1 }));
    await insert('im_versions', [{ collection, ownerID, versionID: 'abcdef012345abcdef012345', version: 1 }]);
    await insert('im_version_changes', changes);
  }
}

function friend(ownerUserID: string, friendUserID: string): Row {
  return { ownerUserID, friendUserID, operatorUserID: ownerUserID, createTime: TIME };
}

/** In one transaction, and statements of some hundred values. */
async function insertAll(dataSource: DataSource, table: string, rows: readonly Row[]): Promise<void> {
  const names = Object.keys(rows[0]);
  const tuple = `(${names.map(() => '?').join(', ')})`;
  await dataSource.transaction(async (manager) => {
    for (let from = 0; from < rows.length; from += 50) {
      const some = rows.slice(from, from + 50);
      const values = some.map(() => tuple).join(', ');
      await manager.query(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES ${values}`,
        some.flatMap((row) => names.map((name) => row[name])),
      );
    }
  });
}
