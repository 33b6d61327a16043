import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks } from '../../database/bulk.js';
import { rowsWhere } from '../../database/rows.js';
import { Transactions } from '../../database/transactions.js';
import { Message } from '../message.entity.js';
import { HiddenMessage } from './hidden-message.entity.js';
import { conversationSize, messageSize } from './encoded-size.js';
import { concerns, type Readable } from './readable.js';
import { runsOf } from './seq-condition.js';
import {
  hiddenMessage,
  placeholder,
  type QuotedMessage,
  quotationOf,
  revokedMessage,
  type ShownMessage,
  withQuotation,
} from './shown-message.js';

/** Messages of a conversation that a user asks for. */
export interface Wanted {
  readable: Readable;
  /** Within its bounds. */
  seqs: readonly number[];
}

/** Conversations one statement asks for: every one is a condition of its own. */
const CONDITIONS = 200;

/** Messages one statement reads: one alone may have 200 kB. */
const SLICE = 100;

/** Stored messages as users are shown them. Every read goes through here. Source: contract/messages.md 6.6. */
@Injectable()
export class ShownMessages {
  constructor(private readonly transactions: Transactions) {}

  /**
   * What a user is shown for each seq he asks for, in his order, a placeholder where there is nothing. A statement for
   * every {@link SLICE} messages; one for what is hidden, and one for what is quoted, for {@link CONDITIONS} conversations.
   *
   * @param maxBytes of what is answered, in protobuf, though at least one message is: beyond it the first seqs of a list,
   *   and all lists after it, are left out
   */
  async read(
    userID: string,
    wanted: readonly Wanted[],
    { maxBytes = Number.POSITIVE_INFINITY }: { maxBytes?: number } = {},
  ): Promise<ShownMessage[][]> {
    const stored = new Map<string, Message>();
    const begins = wanted.map(({ seqs }) => seqs.length);
    let left = maxBytes;
    reading: for (const slice of slices(wanted)) {
      const read = await this.stored(wanted, slice);
      for (const { place, from, to } of slice) {
        const { readable, seqs } = wanted[place];
        for (let index = to - 1; index >= from; index -= 1) {
          const key = keyOf({ conversationID: readable.conversationID, seq: seqs[index] });
          const message = read.get(key);
          // The same message may be asked for twice, and is answered as often.
          if (message) left -= messageSize(message);
          if (left < 0 && stored.size > 0) break reading;
          if (message) stored.set(key, message);
          begins[place] = index;
        }
      }
    }
    const hidden = await this.hiddenBy(userID, wanted, begins);
    const quoted = await this.quotedBy(stored);
    const shown = wanted.map(({ readable, seqs }, place) =>
      seqs.slice(begins[place]).map((seq) => {
        const { conversationID } = readable;
        const message = stored.get(keyOf({ conversationID, seq }));
        if (!message || !concerns(readable, message)) return placeholder(conversationID, seq);
        if (hidden.has(keyOf(message))) return hiddenMessage(message);
        if (message.revocation) return revokedMessage(message);
        const quotation = quotationOf(message);
        if (!quotation) return message;
        return withQuotation(message, quotation, quoted.get(keyOf({ conversationID, seq: quotation.seq })));
      }),
    );
    // What is shown may be longer than what is stored: who revoked a message is told in JSON within JSON.
    return fitting(shown, maxBytes);
  }

  private async stored(wanted: readonly Wanted[], slice: readonly Part[]): Promise<ReadonlyMap<string, Message>> {
    const asked = slice.flatMap(({ place, from, to }) => {
      const { readable, seqs } = wanted[place];
      return runsOf(seqs.slice(from, to)).map(([first, last]) => [readable.conversationID, first, last]);
    });
    const condition = 'conversationID = ? AND seq BETWEEN ? AND ?';
    const rows = await rowsWhere(this.transactions.manager, Message, condition, asked);
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  /** Which of the messages, of each list those from where it begins, the user deleted for himself. */
  private async hiddenBy(
    userID: string,
    wanted: readonly Wanted[],
    begins: readonly number[],
  ): Promise<ReadonlySet<string>> {
    const asked = wanted.flatMap(({ readable: { conversationID }, seqs }, place) => {
      return runsOf(seqs.slice(begins[place])).map(([first, last]) => [userID, conversationID, first, last]);
    });
    const condition = 'userID = ? AND conversationID = ? AND seq BETWEEN ? AND ?';
    const rows = await rowsWhere(this.transactions.manager, HiddenMessage, condition, asked);
    return new Set(rows.map(keyOf));
  }

  /** The messages that are quoted by those that were read. */
  private async quotedBy(stored: ReadonlyMap<string, Message>): Promise<ReadonlyMap<string, QuotedMessage>> {
    const found = new Map<string, QuotedMessage>(stored);
    const missing = new Map<string, Set<number>>();
    for (const message of stored.values()) {
      const quotation = quotationOf(message);
      const { conversationID } = message;
      if (!quotation || found.has(keyOf({ conversationID, seq: quotation.seq }))) continue;
      missing.set(conversationID, (missing.get(conversationID) ?? new Set()).add(quotation.seq));
    }
    for (const some of chunks([...missing], CONDITIONS)) {
      const quoted = await this.transactions.manager.find(Message, {
        select: {
          conversationID: true,
          seq: true,
          clientMsgID: true,
          sendID: true,
          senderNickname: true,
          sendTime: true,
          sessionType: true,
          ex: true,
          revocation: true,
        },
        where: some.map(([conversationID, seqs]) => ({ conversationID, seq: In([...seqs]) })),
      });
      for (const message of quoted) found.set(keyOf(message), message);
    }
    return found;
  }
}

/** Part of one list of seqs. */
interface Part {
  /** Which of the lists. */
  place: number;
  from: number;
  to: number;
}

/** The lists in parts that a statement reads together, each list from its end. */
function* slices(wanted: readonly Wanted[]): Generator<Part[]> {
  let slice: Part[] = [];
  let count = 0;
  for (const [place, { seqs }] of wanted.entries()) {
    for (let to = seqs.length; to > 0;) {
      const from = Math.max(0, to - (SLICE - count));
      slice.push({ place, from, to });
      count += to - from;
      to = from;
      if (count < SLICE && slice.length < CONDITIONS) continue;
      yield slice;
      slice = [];
      count = 0;
    }
  }
  if (slice.length > 0) yield slice;
}

/** Of the lists what takes so many bytes at most: each list from its end, one after the other; at least one message. */
function fitting(lists: readonly ShownMessage[][], maxBytes: number): ShownMessage[][] {
  let left = maxBytes;
  let some = false;
  return lists.map((messages) => {
    let begin = messages.length;
    if (begin > 0) left -= conversationSize(messages[0].conversationID);
    while (begin > 0) {
      left -= messageSize(messages[begin - 1]);
      if (left < 0 && some) break;
      some = true;
      begin -= 1;
    }
    return messages.slice(begin);
  });
}

function keyOf({ conversationID, seq }: Pick<Message, 'conversationID' | 'seq'>): string {
  return `${conversationID}\0${seq}`;
}
