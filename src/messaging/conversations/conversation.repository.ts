import { Injectable } from '@nestjs/common';
import { type FindOptionsWhere, In, Not } from 'typeorm';
import { SessionType } from '../../core/protocol.js';
import { chunks, inChunks } from '../../database/bulk.js';
import { forUpdate } from '../../database/for-update.js';
import { rowsByKey, selected } from '../../database/rows.js';
import { Transactions } from '../../database/transactions.js';
import { Conversation } from '../conversation.entity.js';
import { type RawStanding, type Standing, standingsOf } from './standing.js';

/** The time of who left a group is that of the last message he may read. */
const STANDINGS = `
  SELECT c.conversationID, c.isPinned, c.recvMsgOpt, c.minSeq AS ownMinSeq, c.maxSeq AS ownMaxSeq,
    s.minSeq, s.maxSeq, r.hasReadSeq,
    CASE WHEN c.maxSeq > 0 AND c.maxSeq < s.maxSeq
      THEN (SELECT m.sendTime FROM im_messages m WHERE m.conversationID = c.conversationID AND m.seq = c.maxSeq)
      ELSE s.maxSeqTime END AS newestTime
  FROM im_conversations c
  JOIN im_sequences s ON s.conversationID = c.conversationID
  LEFT JOIN im_read_positions r ON r.userID = c.ownerUserID AND r.conversationID = c.conversationID
  WHERE c.ownerUserID = ?`;

const STANDING_COLUMNS: readonly (keyof RawStanding)[] = [
  'conversationID',
  'isPinned',
  'recvMsgOpt',
  'ownMinSeq',
  'ownMaxSeq',
  'minSeq',
  'maxSeq',
  'hasReadSeq',
  'newestTime',
];

/** How conversations are read, and changed in bulk. Their creation and their end are the `ConversationStore`'s. */
@Injectable()
export class ConversationRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Unknown IDs are left out; the order is the one asked for. */
  async some(ownerUserID: string, conversationIDs: readonly string[]): Promise<Conversation[]> {
    const ids = [...new Set(conversationIDs)];
    const keys = ids.map((conversationID) => [ownerUserID, conversationID]);
    const rows = await rowsByKey(this.manager, Conversation, ['ownerUserID', 'conversationID'], keys);
    const byID = new Map(rows.map((row) => [row.conversationID, row]));
    return ids.map((id) => byID.get(id)).filter((row) => row !== undefined);
  }

  /** In storage order: the oldest first, ties by ID. */
  list(ownerUserID: string, page?: { offset: number; limit: number }): Promise<Conversation[]> {
    return rowsByKey(this.manager, Conversation, ['ownerUserID'], [[ownerUserID]], {
      order: ['createTime', 'conversationID'],
      ...(page ? { page } : {}),
    });
  }

  count(ownerUserID: string): Promise<number> {
    return this.manager.countBy(Conversation, { ownerUserID });
  }

  /** Whether the user has any of these conversations, or any at all. */
  async hasAny(ownerUserID: string, conversationIDs?: readonly string[]): Promise<boolean> {
    if (!conversationIDs) return this.manager.existsBy(Conversation, { ownerUserID });
    for (const some of chunks(conversationIDs)) {
      if (await this.manager.existsBy(Conversation, { ownerUserID, conversationID: In([...some]) })) return true;
    }
    return false;
  }

  /** IDs in storage order. */
  async ids(ownerUserID: string, which: FindOptionsWhere<Conversation> = {}): Promise<string[]> {
    const rows = await this.manager.find(Conversation, {
      select: { conversationID: true },
      where: { ownerUserID, ...which },
      order: { createTime: 'ASC', conversationID: 'ASC' },
    });
    return rows.map(({ conversationID }) => conversationID);
  }

  /**
   * Where the conversations of a user with something to read stand, in the order lists show them. One statement in which
   * every row is found by a primary key.
   */
  async standings(ownerUserID: string, conversationIDs?: readonly string[]): Promise<Standing[]> {
    const load = async (ids: readonly string[]): Promise<RawStanding[]> => {
      const asked = ids.length > 0 ? ` AND c.conversationID IN (${ids.map(() => '?').join(', ')})` : '';
      const rows = await selected(this.manager, { sql: STANDINGS + asked, columns: STANDING_COLUMNS }, [
        [ownerUserID, ...ids],
      ]);
      return rows as unknown as RawStanding[];
    };
    const rows = conversationIDs ? await inChunks([...new Set(conversationIDs)], load) : await load([]);
    return standingsOf(rows);
  }

  /** Rows of one conversation by owner, kept from other writers until the transaction ends. */
  async lock(ownerUserIDs: readonly string[], conversationID: string): Promise<Map<string, Conversation>> {
    const rows = await inChunks([...ownerUserIDs].sort(), (some) =>
      this.manager.find(Conversation, {
        where: { ownerUserID: In([...some]), conversationID },
        order: { ownerUserID: 'ASC' },
        ...forUpdate(this.manager),
      }),
    );
    return new Map(rows.map((row) => [row.ownerUserID, row]));
  }

  /** Sets the same members in the rows of one conversation. */
  async update(ownerUserIDs: readonly string[], conversationID: string, changes: Partial<Conversation>): Promise<void> {
    for (const some of chunks(ownerUserIDs)) {
      await this.manager.update(Conversation, { ownerUserID: In([...some]), conversationID }, changes);
    }
  }

  /** Sets `ex` in a user's conversations with other users. Answers which these are. */
  async setExOfSingle(ownerUserID: string, ex: string): Promise<string[]> {
    const single = { conversationType: SessionType.single };
    const rows = await this.manager.find(Conversation, {
      select: { ownerUserID: true, conversationID: true },
      where: { ownerUserID, ...single, ex: Not(ex) },
      order: { conversationID: 'ASC' },
      ...forUpdate(this.manager),
    });
    const ids = rows.map(({ conversationID }) => conversationID);
    for (const some of chunks(ids)) {
      await this.manager.update(Conversation, { ownerUserID, conversationID: In([...some]) }, { ex });
    }
    return ids;
  }

  private get manager() {
    return this.transactions.manager;
  }
}
