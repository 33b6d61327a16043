import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/database/data-source.js';

export interface StoredMessage {
  conversationID: string;
  seq: number;
  sendID: string;
  clientMsgID: string;
  contentType: number;
  /** Of a text message, else "". */
  text: string;
}

/** What a database has, as far as histories are about it. Pairs are joined by {@link pair}. */
export interface Stored {
  messages: readonly StoredMessage[];
  /** Conversation → its highest seq. */
  counters: ReadonlyMap<string, number>;
  users: ReadonlySet<string>;
  /** Group → whether it is dismissed. */
  groups: ReadonlyMap<string, { dismissed: boolean }>;
  /** Group and user. */
  members: ReadonlySet<string>;
  /** Owner and conversation, open or closed. */
  conversations: ReadonlySet<string>;
  /** Owner and friend. */
  friends: ReadonlySet<string>;
  /** Owner and blocked. */
  blacks: ReadonlySet<string>;
  /** User and conversation → how far he has read. */
  positions: ReadonlyMap<string, number>;
}

export function pair(one: string, other: string): string {
  return `${one} ${other}`;
}

/** Reads it all. */
export async function readStored(url: string): Promise<Stored> {
  const dataSource = await new DataSource(await databaseOptions(url)).initialize();
  const rows = (sql: string): Promise<Record<string, string>[]> => dataSource.query(sql);
  const pairs = async (table: string, one: string, other: string): Promise<Set<string>> =>
    new Set((await rows(`SELECT ${one} AS a, ${other} AS b FROM ${table}`)).map(({ a, b }) => pair(a, b)));
  try {
    const messages = await rows(
      'SELECT conversationID, seq, sendID, clientMsgID, contentType, content FROM im_messages ORDER BY conversationID, seq',
    );
    const counters = await rows('SELECT conversationID, maxSeq FROM im_sequences');
    const positions = await rows('SELECT userID, conversationID, hasReadSeq FROM im_read_positions');
    const groups = await rows('SELECT groupID, status FROM im_groups');
    const open = await pairs('im_conversations', 'ownerUserID', 'conversationID');
    const closed = await pairs('im_closed_conversations', 'ownerUserID', 'conversationID');
    return {
      messages: messages.map(({ conversationID, seq, sendID, clientMsgID, contentType, content }) => ({
        conversationID,
        seq: Number(seq),
        sendID,
        clientMsgID,
        contentType: Number(contentType),
        text: Number(contentType) === 101 ? (JSON.parse(content) as { content: string }).content : '',
      })),
      counters: new Map(counters.map(({ conversationID, maxSeq }) => [conversationID, Number(maxSeq)])),
      users: new Set((await rows('SELECT userID FROM im_users')).map(({ userID }) => userID)),
      groups: new Map(groups.map(({ groupID, status }) => [groupID, { dismissed: Number(status) === 2 }])),
      members: await pairs('im_group_members', 'groupID', 'userID'),
      conversations: new Set([...open, ...closed]),
      friends: await pairs('im_friends', 'ownerUserID', 'friendUserID'),
      blacks: await pairs('im_blacks', 'ownerUserID', 'blackUserID'),
      positions: new Map(
        positions.map(({ userID, conversationID, hasReadSeq }) => [pair(userID, conversationID), Number(hasReadSeq)]),
      ),
    };
  } finally {
    await dataSource.destroy();
  }
}
