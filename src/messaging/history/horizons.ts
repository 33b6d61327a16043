import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { chunks, inChunks, insertRows } from '../../database/bulk.js';
import { forUpdate } from '../../database/for-update.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { ChangeState, VersionLog } from '../../sync/version-log.js';
import { Conversation } from '../conversation.entity.js';
import { ConversationsChanged } from '../conversation.events.js';
import { ConversationStore } from '../conversation.store.js';
import { Sequence } from '../sequence.entity.js';
import { HiddenMessage } from './hidden-message.entity.js';

/** Conversations one statement sets. */
const BATCH = 1_000;

/** From where on conversations are readable: for everybody in them, and for each of their users. Within the open transaction. */
@Injectable()
export class Horizons {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly versions: VersionLog,
    private readonly conversations: ConversationStore,
  ) {}

  /** Nobody reads what is up to these ends any more. */
  async raise(ends: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...ends]
      .filter(([, maxSeq]) => maxSeq > 0)
      .map(([conversationID, maxSeq]) => ({ conversationID, minSeq: maxSeq + 1 }))
      // In the order in which senders lock them.
      .sort((a, b) => (a.conversationID < b.conversationID ? -1 : 1));
    await insertRows(this.transactions.manager, Sequence, rows, { raise: ['minSeq'] });
  }

  /** The user does not read what is up to these ends any more: a change of his conversations. Answers of which ones. */
  async raiseOwn(
    userID: string,
    conversations: readonly Conversation[],
    ends: ReadonlyMap<string, number>,
  ): Promise<Conversation[]> {
    const nextOf = ({ conversationID }: Conversation): number => (ends.get(conversationID) ?? 0) + 1;
    const wanted = conversations.filter((one) => nextOf(one) > one.minSeq);
    const { manager } = this.transactions;
    // Somebody may have deleted one from the list meanwhile.
    const held = await inChunks(wanted, (some) =>
      manager.find(Conversation, {
        select: { ownerUserID: true, conversationID: true },
        where: { ownerUserID: userID, conversationID: In(some.map(({ conversationID }) => conversationID)) },
        ...forUpdate(manager),
      }),
    );
    const there = new Set(held.map(({ conversationID }) => conversationID));
    const raised = wanted.filter(({ conversationID }) => there.has(conversationID));
    if (raised.length === 0) return [];
    // Somebody may have raised it further meanwhile.
    const higher = manager.dataSource.options.type === 'better-sqlite3' ? 'MAX' : 'GREATEST';
    for (const some of chunks(raised, BATCH)) {
      const cases = some.map(() => `WHEN ? THEN ${higher}(minSeq, ?)`).join(' ');
      const ids = some.map(({ conversationID }) => conversationID);
      await manager.query(
        `UPDATE im_conversations SET minSeq = CASE conversationID ${cases} ELSE minSeq END ` +
          `WHERE ownerUserID = ? AND conversationID IN (${ids.map(() => '?').join(', ')})`,
        [...some.flatMap((one) => [one.conversationID, nextOf(one)]), userID, ...ids],
      );
      // What is not readable need not be hidden.
      await manager.delete(HiddenMessage, { userID, conversationID: In(ids) });
    }
    const elementIDs = raised.map(({ conversationID }) => conversationID);
    this.conversations.forget(elementIDs.map((conversationID) => ({ ownerUserID: userID, conversationID })));
    await this.versions.record('conversations', [{ ownerID: userID, elementIDs, state: ChangeState.update }]);
    await this.events.publish(new ConversationsChanged(new Map([[userID, elementIDs]])));
    return raised;
  }
}
