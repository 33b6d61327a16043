import { Injectable } from '@nestjs/common';
import { groupConversationID, singleConversationID } from '../../core/ids.js';
import { SessionType } from '../../core/protocol.js';
import { chunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { Message } from '../message.entity.js';
import { Sequence } from '../sequence.entity.js';

/** Which messages are looked for; "" and 0 stand for any. */
export interface MessageFilter {
  sendID: string;
  /** A user or a group. */
  recvID: string;
  contentType: number;
  sessionType: number;
  /** Epoch milliseconds: from the first, before the second. */
  from: number;
  until: number;
}

/** Enough of a message to put it in order and to find it again. */
export type MessageKey = Pick<Message, 'conversationID' | 'seq' | 'sendTime'>;

/** What one statement brought. */
export interface Batch {
  found: MessageKey[];
  /** Rows that were looked at for it. */
  looked: number;
}

/** Where messages may be: a conversation, or what one user wrote there. */
interface Source {
  conversationID: string;
  sendID?: string;
}

/** Most rows one statement looks at: on SQLite nobody else is served meanwhile. */
const STEP = 5_000;

/** Most sources of one statement. */
const SOURCES_AT_ONCE = 100;

/** Most conversations of one user that are looked through. */
const MAX_SOURCES = 50_000;

type Row = Record<'conversationID' | 'clientMsgID', string> &
  Record<'seq' | 'sendTime' | 'contentType', string | number>;

const COLUMNS = 'conversationID, seq, sendTime, contentType, clientMsgID';

/**
 * Finds messages among those of single chats and groups, without ever reading the whole table in one go: who wrote or who
 * received tells the conversations, and a time alone has an index. Every statement looks at a bounded number of rows.
 */
@Injectable()
export class MessageSearchRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The messages that match, a little at a time. In order of time where neither sender nor receiver is given. */
  async *search(filter: MessageFilter): AsyncGenerator<Batch> {
    const { sendID, recvID, sessionType } = filter;
    if (![0, SessionType.single, SessionType.group].includes(sessionType)) return;
    if (!sendID && !recvID) {
      yield* this.byTime(filter);
      return;
    }
    const sources = (await this.sources(filter)).filter(({ conversationID }) => isOf(conversationID, sessionType));
    const written = sources.filter((source): source is Required<Source> => source.sendID !== undefined);
    for (const source of sources) if (source.sendID === undefined) yield* this.inConversation(source, filter);
    for (const some of chunks(written, SOURCES_AT_ONCE)) yield* this.bySenders(some, filter);
  }

  /** The messages themselves, in the order of the keys. */
  async load(keys: readonly MessageKey[]): Promise<Message[]> {
    const loaded = new Map<string, Message>();
    for (const some of chunks(keys, SOURCES_AT_ONCE)) {
      const where = some.map(({ conversationID, seq }) => ({ conversationID, seq }));
      for (const message of await this.manager.find(Message, { where })) loaded.set(keyOf(message), message);
    }
    return keys.map((key) => loaded.get(keyOf(key))).filter((message) => message !== undefined);
  }

  private async sources({ sendID, recvID }: MessageFilter): Promise<Source[]> {
    if (sendID && recvID) {
      return [singleConversationID(sendID, recvID), groupConversationID(recvID)].map((conversationID) => ({
        conversationID,
        sendID,
      }));
    }
    if (sendID) return (await this.conversationIDs(sendID)).map((conversationID) => ({ conversationID, sendID }));
    const chats = (await this.conversationIDs(recvID)).flatMap((conversationID) =>
      peersOf(conversationID, recvID).map((peer) => ({ conversationID, sendID: peer })),
    );
    return [{ conversationID: groupConversationID(recvID) }, ...chats];
  }

  /** The conversations a user wrote in, has in his list, or is the peer of. */
  private async conversationIDs(userID: string): Promise<string[]> {
    const ids = new Set<string>();
    for (const [table, column] of [
      ['im_read_positions', 'userID'],
      ['im_conversations', 'ownerUserID'],
    ]) {
      for (let last = ''; ids.size < MAX_SOURCES;) {
        const rows = await this.rows(
          `SELECT conversationID FROM ${table} WHERE ${column} = ? AND conversationID > ? ORDER BY conversationID LIMIT ${STEP}`,
          [userID, last],
        );
        for (const { conversationID } of rows) ids.add(conversationID);
        if (rows.length < STEP) break;
        last = rows[rows.length - 1].conversationID;
      }
    }
    const sql = `SELECT conversationID FROM im_conversations WHERE userID = ? LIMIT ${MAX_SOURCES}`;
    for (const { conversationID } of await this.rows(sql, [userID])) ids.add(conversationID);
    return [...ids].sort();
  }

  /** What some users wrote, each in one conversation. */
  private async *bySenders(sources: readonly Required<Source>[], filter: MessageFilter): AsyncGenerator<Batch> {
    const any = sources.map(() => '(conversationID = ? AND sendID = ?)').join(' OR ');
    const rows = await this.rows(
      `SELECT ${COLUMNS} FROM im_messages WHERE ${any} LIMIT ${STEP}`,
      sources.flatMap(({ conversationID, sendID }) => [conversationID, sendID]),
    );
    if (rows.length < STEP) yield batchOf(rows, filter);
    else for (const source of sources) yield* this.bySender(source, filter);
  }

  private async *bySender({ conversationID, sendID }: Required<Source>, filter: MessageFilter): AsyncGenerator<Batch> {
    for (let last = ''; ;) {
      const rows = await this.rows(
        `SELECT ${COLUMNS} FROM im_messages WHERE conversationID = ? AND sendID = ? AND clientMsgID > ? ` +
          `ORDER BY clientMsgID LIMIT ${STEP}`,
        [conversationID, sendID, last],
      );
      yield batchOf(rows, filter);
      if (rows.length < STEP) return;
      last = rows[rows.length - 1].clientMsgID;
    }
  }

  /** Everything in a conversation, in the order of seqs. */
  private async *inConversation({ conversationID }: Source, filter: MessageFilter): AsyncGenerator<Batch> {
    const { maxSeq = 0 } = (await this.manager.findOneBy(Sequence, { conversationID })) ?? {};
    for (let seq = 0; seq < maxSeq; seq += STEP) {
      const rows = await this.rows(
        `SELECT ${COLUMNS} FROM im_messages WHERE conversationID = ? AND seq > ? AND seq <= ? AND sendTime >= ? AND sendTime < ?`,
        [conversationID, seq, seq + STEP, filter.from, filter.until],
      );
      yield { ...batchOf(rows, filter), looked: STEP };
    }
  }

  private async *byTime(filter: MessageFilter): AsyncGenerator<Batch> {
    // Several messages may have the time the last step ended with; the next one begins after those it has seen.
    let { from } = filter;
    let seen = 0;
    for (;;) {
      const rows = await this.rows(
        `SELECT ${COLUMNS} FROM im_messages WHERE sendTime >= ? AND sendTime < ? ` +
          `ORDER BY sendTime, sessionType, sendID LIMIT ${STEP} OFFSET ${seen}`,
        [from, filter.until],
      );
      yield batchOf(rows, filter);
      if (rows.length < STEP) return;
      const last = Number(rows[rows.length - 1].sendTime);
      const withLast = rows.filter(({ sendTime }) => Number(sendTime) === last).length;
      seen = last === from ? seen + withLast : withLast;
      from = last;
    }
  }

  private rows(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.manager.query(sql, parameters) as Promise<Row[]>;
  }

  private get manager() {
    return this.transactions.manager;
  }
}

function batchOf(rows: readonly Row[], filter: MessageFilter): Batch {
  const found = rows
    .map((row) => ({ ...row, seq: Number(row.seq), sendTime: Number(row.sendTime) }))
    .filter(
      ({ conversationID, sendTime, contentType }) =>
        isOf(conversationID, filter.sessionType) &&
        sendTime >= filter.from &&
        sendTime < filter.until &&
        (filter.contentType === 0 || Number(contentType) === filter.contentType),
    )
    .map(({ conversationID, seq, sendTime }) => ({ conversationID, seq, sendTime }));
  // A statement without rows counts too, so that many of them come to an end.
  return { found, looked: Math.max(rows.length, SOURCES_AT_ONCE) };
}

/** Whether a conversation is a single chat or a group, and the one that is asked for. */
function isOf(conversationID: string, sessionType: number): boolean {
  return (
    (sessionType !== SessionType.group && conversationID.startsWith('si_')) ||
    (sessionType !== SessionType.single && conversationID.startsWith('sg_'))
  );
}

/** With whom a single chat of a user may be: an ID may hold the sign between the two, so there can be two answers. */
function peersOf(conversationID: string, userID: string): string[] {
  const pair = conversationID.slice('si_'.length);
  const peers = [
    ...(pair.startsWith(`${userID}_`) ? [pair.slice(userID.length + 1)] : []),
    ...(pair.endsWith(`_${userID}`) ? [pair.slice(0, -userID.length - 1)] : []),
  ];
  return [...new Set(peers)].filter((peer) => singleConversationID(userID, peer) === conversationID);
}

function keyOf({ conversationID, seq }: Pick<Message, 'conversationID' | 'seq'>): string {
  return `${conversationID}\0${seq}`;
}
