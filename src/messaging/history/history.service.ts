import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { assertSelf } from '../../core/permissions.js';
import { isNotificationChannel } from '../../core/ids.js';
import { chunks } from '../../database/bulk.js';
import { rowsByKey } from '../../database/rows.js';
import { Transactions } from '../../database/transactions.js';
import type { Conversation } from '../conversation.entity.js';
import { ConversationStore } from '../conversation.store.js';
import { ReadPosition } from '../read-position.entity.js';
import { conversationSize } from './encoded-size.js';
import { ReadableConversations } from './readable-conversations.js';
import { boundsOf, type Readable, type SeqRange, seqsWithin } from './readable.js';
import type { ShownMessage } from './shown-message.js';
import { ShownMessages, type Wanted } from './shown-messages.js';

export interface PullMessages {
  userID: string;
  ranges: readonly SeqRange[];
  /** Newest first: tells only which end `isEnd` is about. */
  descending: boolean;
}

export interface PullSeqs {
  userID: string;
  conversations: readonly { conversationID: string; seqs: readonly number[] }[];
  /** Newest first: tells only which end `isEnd` is about. */
  descending: boolean;
}

/** How long an answer may be. */
export interface AnswerBound {
  /**
   * Bytes of it in protobuf. What is beyond has to be asked for again; a single message is answered even so. Default:
   * several megabytes.
   */
  maxBytes?: number;
}

/** Messages of one conversation. */
export interface History {
  conversationID: string;
  messages: ShownMessage[];
  /** Nothing readable lies beyond, in the direction asked. */
  isEnd: boolean;
  /** The bound that was crossed; 0 when none was, and in a pull by ranges. */
  endSeq: number;
}

export interface AskReadStates {
  userID: string;
  /** Empty: all of the user's. */
  conversationIDs: readonly string[];
  withPinned: boolean;
}

/** How far a conversation goes, and how far its user has read it: unread is the difference. */
export interface ReadState {
  conversationID: string;
  maxSeq: number;
  hasReadSeq: number;
  /** Epoch milliseconds of the newest message. */
  maxSeqTime: number;
}

export interface ReadStates {
  states: ReadState[];
  /** Conversations at the top of the list; undefined when nobody asked. */
  pinned: string[] | undefined;
}

/** Most messages of one range of a chat, and of one pull: what is beyond has to be asked for again. */
const MAX_RANGE = 1_000;
const MAX_PULL = 2_000;

/** Bytes after which a pull reads no further, where it is not told otherwise: what is older has to be asked for again. */
const MAX_PULL_BYTES = 8 * 1024 * 1024;

/** As much of newest messages; conversations beyond it are answered without theirs. */
const MAX_LAST_BYTES = 64 * 1024 * 1024;

/** Conversations whose newest seq one statement looks up; SQLite joins 500 queries at most. */
const LOOKUPS = 200;

/** The newest of a conversation that its reader did not delete for himself. */
const NEWEST =
  'SELECT m.seq FROM im_messages m WHERE m.conversationID = ? AND m.seq BETWEEN ? AND ? AND NOT EXISTS ' +
  '(SELECT 1 FROM im_hidden_messages h WHERE h.userID = ? AND h.conversationID = m.conversationID AND h.seq = m.seq) ' +
  'ORDER BY m.seq DESC LIMIT 1';

/** Reading what was stored. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly transactions: Transactions,
    private readonly conversations: ConversationStore,
    private readonly readable: ReadableConversations,
    private readonly messages: ShownMessages,
  ) {}

  /**
   * The newest seq of each of a user's conversations with messages, and of the channels of notifications that concern him.
   * Source: contract/messages.md 6.1. @throws NotPermitted
   */
  async newestSeqs(actor: Actor, userID: string): Promise<Map<string, number>> {
    assertSelf(actor, userID);
    const mine = await this.readable.all(userID);
    const ids = [...mine.map(({ conversationID }) => conversationID), ...this.readable.channelsOf(userID, mine)];
    const counters = await this.readable.counters(ids);
    const seqs = [...counters.values()].map(({ conversationID, maxSeq }) => [conversationID, maxSeq] as const);
    return new Map(seqs.filter(([, maxSeq]) => maxSeq > 0));
  }

  /**
   * Messages by ranges of seqs, ascending. A range of a conversation the user does not have, or without anything he may
   * read, is left out. Of an answer that would be too long, the oldest messages of a range and all ranges after it are.
   * Source: contract/messages.md 6.3. @throws NotPermitted
   */
  async pull(
    actor: Actor,
    { userID, ranges, descending }: PullMessages,
    { maxBytes = MAX_PULL_BYTES }: AnswerBound = {},
  ): Promise<History[]> {
    assertSelf(actor, userID);
    const readable = await this.readable.of(
      userID,
      ranges.map(({ conversationID }) => conversationID),
    );
    const wanted: (Wanted & { range: SeqRange })[] = [];
    let left = MAX_PULL;
    for (const range of ranges) {
      const conversation = readable.get(range.conversationID);
      if (!conversation) continue;
      const most = isNotificationChannel(range.conversationID) ? left : Math.min(range.num, MAX_RANGE, left);
      const seqs = seqsWithin(conversation, range, most);
      left -= seqs.length;
      if (seqs.length > 0) wanted.push({ readable: conversation, seqs, range });
    }
    const messages = await this.messages.read(userID, wanted, { maxBytes });
    const histories = wanted.map(({ readable: { conversationID, min, max }, range, seqs }, index) => ({
      conversationID,
      messages: messages[index],
      // What had to be left out is older.
      isEnd: descending ? range.begin <= min && messages[index].length === seqs.length : max <= range.end,
      endSeq: 0,
    }));
    return histories.filter((history) => history.messages.length > 0);
  }

  /**
   * Messages by lists of seqs, in the order asked. Every conversation asked for is answered, without messages when the user
   * may not read it. Of an answer that would be too long, the first seqs of a list are left out, and the messages of all
   * conversations after it; then no end is told of. Source: contract/messages.md 6.4. @throws NotPermitted
   */
  async pullBySeqs(
    actor: Actor,
    { userID, conversations, descending }: PullSeqs,
    { maxBytes = MAX_PULL_BYTES }: AnswerBound = {},
  ): Promise<History[]> {
    assertSelf(actor, userID);
    const ids = conversations.map(({ conversationID }) => conversationID);
    const readable = await this.readable.of(userID, ids);
    const wanted: Wanted[] = [];
    const counts: number[] = [];
    let left = MAX_PULL;
    for (const { conversationID, seqs } of conversations) {
      const conversation = readable.get(conversationID);
      if (!conversation) continue;
      const inside = seqs.filter((seq) => seq >= conversation.min && seq <= conversation.max);
      const last = inside.slice(Math.max(0, inside.length - left));
      left -= last.length;
      counts.push(inside.length);
      wanted.push({ readable: conversation, seqs: last });
    }
    const frames = ids.reduce((sum, conversationID) => sum + conversationSize(conversationID), 0);
    const read = await this.messages.read(userID, wanted, { maxBytes: maxBytes - frames });
    const found = new Map(
      wanted.map(({ readable: { conversationID } }, place) => [
        conversationID,
        { messages: read[place], complete: read[place].length === counts[place] },
      ]),
    );
    return conversations.map(({ conversationID, seqs }): History => {
      const { min, max } = readable.get(conversationID) ?? { min: 0, max: Number.POSITIVE_INFINITY };
      const { messages, complete } = found.get(conversationID) ?? { messages: [], complete: true };
      const asked = seqs.filter((seq) => seq > 0);
      const isEnd = complete && asked.some((seq) => (descending ? seq < min : seq > max));
      return { conversationID, messages, isEnd, endSeq: isEnd ? (descending ? min : max) : 0 };
    });
  }

  /**
   * The newest message of each conversation as its user is shown it; left out are conversations he does not have or may
   * read nothing of, and those that are beyond the bound. Whoever calls has made sure that he may ask for this user.
   * Source: contract/messages.md 6.5.
   */
  async lastMessages(
    userID: string,
    conversationIDs: readonly string[],
    { maxBytes = MAX_LAST_BYTES }: AnswerBound = {},
  ): Promise<Map<string, ShownMessage>> {
    const readable = [...(await this.readable.of(userID, conversationIDs)).values()];
    const wanted = await this.newestOf(userID, readable);
    const messages = (await this.messages.read(userID, wanted, { maxBytes })).flat();
    // What has no sender is a placeholder: the message is for others.
    return new Map(messages.filter(({ sendID }) => sendID).map((message) => [message.conversationID, message]));
  }

  /** As `lastMessages`, for whoever calls. Source: contract/messages.md 6.5. @throws NotPermitted */
  async pullLast(
    actor: Actor,
    { userID, conversationIDs }: { userID: string; conversationIDs: readonly string[] },
    bound?: AnswerBound,
  ): Promise<Map<string, ShownMessage>> {
    assertSelf(actor, userID);
    return this.lastMessages(userID, conversationIDs, bound);
  }

  /**
   * How far conversations go and are read. Of one the user does not have, all is 0. Source: contract/messages.md 6.2.
   * @throws NotPermitted
   */
  async readStates(actor: Actor, { userID, conversationIDs, withPinned }: AskReadStates): Promise<ReadStates> {
    assertSelf(actor, userID);
    const all = conversationIDs.length === 0 || withPinned ? await this.readable.all(userID) : [];
    const asked = conversationIDs.length > 0 ? [...new Set(conversationIDs)] : all.map((one) => one.conversationID);
    const own = conversationIDs.length > 0 ? await this.conversations.findAll(userID, asked) : mapOf(all);
    const counters = await this.readable.counters([...own.keys()]);
    const positions = await this.positions(userID, [...own.keys()]);
    const states = asked.map((conversationID): ReadState => {
      const conversation = own.get(conversationID);
      if (!conversation) return { conversationID, maxSeq: 0, hasReadSeq: 0, maxSeqTime: 0 };
      const counter = counters.get(conversationID);
      const { min, max } = boundsOf(counter, conversation);
      // What is below the lowest readable seq cannot be unread.
      const hasReadSeq = Math.min(max, Math.max(positions.get(conversationID) ?? 0, min - 1));
      return { conversationID, maxSeq: max, hasReadSeq, maxSeqTime: counter?.maxSeqTime ?? 0 };
    });
    const pinned = all.filter(({ isPinned }) => isPinned).map(({ conversationID }) => conversationID);
    return { states, pinned: withPinned ? pinned : undefined };
  }

  private async positions(userID: string, conversationIDs: readonly string[]): Promise<Map<string, number>> {
    const keys = conversationIDs.map((conversationID) => [userID, conversationID]);
    const rows = await rowsByKey(this.transactions.manager, ReadPosition, ['userID', 'conversationID'], keys);
    return new Map(rows.map(({ conversationID, hasReadSeq }) => [conversationID, hasReadSeq]));
  }

  /** The newest seq of each at which there is something to show: what was deleted, by all or by the user, is passed over. */
  private async newestOf(userID: string, readable: readonly Readable[]): Promise<Wanted[]> {
    const wanted: Wanted[] = [];
    for (const some of chunks(readable, LOOKUPS)) {
      const rows = (await this.transactions.manager.query(
        some.map((_, place) => `SELECT ${place} AS place, (${NEWEST}) AS seq`).join(' UNION ALL '),
        some.flatMap(({ conversationID, min, max }) => [conversationID, min, max, userID]),
      )) as { place: number | string; seq: number | string | null }[];
      for (const { place, seq } of rows) {
        if (seq !== null) wanted.push({ readable: some[Number(place)], seqs: [Number(seq)] });
      }
    }
    return wanted;
  }
}

function mapOf(conversations: readonly Conversation[]): Map<string, Conversation> {
  return new Map(conversations.map((one) => [one.conversationID, one]));
}
