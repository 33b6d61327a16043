import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { groupBy } from '../core/collections.js';
import { groupConversationID, isGroupConversation, isNotificationChannel } from '../core/ids.js';
import { SessionType } from '../core/protocol.js';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { GroupsService } from '../groups/groups.service.js';
import { ChangeState, type CollectionChange, VersionLog } from '../sync/version-log.js';
import { UsersDeleted } from '../users/user.events.js';
import { ClosedConversation } from './closed-conversation.entity.js';
import { Conversation } from './conversation.entity.js';
import { ConversationsChanged } from './conversation.events.js';
import { concerns, conversationWith, newConversation, type Opening } from './new-conversation.js';
import { Sequence } from './sequence.entity.js';

/** Whose conversation, and which. */
export type ConversationKey = Pick<Conversation, 'ownerUserID' | 'conversationID'>;

/** Conversations as their users see them: opened by a message or by joining, closed by leaving or by deleting them. */
@Injectable()
export class ConversationStore {
  private readonly known: RowCache<Conversation>;

  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly groups: GroupsService,
    private readonly versions: VersionLog,
  ) {
    this.known = new RowCache(transactions, 100_000);
  }

  /**
   * Creates the conversations of their first messages, for both users or for every member (contract/messages.md section
   * 11), and brings back those that go on after a user deleted them.
   */
  async open(firsts: readonly Opening[], messages: readonly Opening[]): Promise<void> {
    const going = new Map(messages.map((message) => [message.conversationID, message]));
    const closed = await this.closed([...going.keys()].filter((id) => !isNotificationChannel(id)));
    const conversations: Conversation[] = [];
    for (const first of firsts) conversations.push(...(await this.conversationsOf(first)));
    for (const { ownerUserID, conversationID, maxSeq } of closed) {
      const message = going.get(conversationID) as Opening;
      // Who left the group is not brought back by what the others write.
      if (maxSeq === 0 && concerns(message, ownerUserID)) conversations.push(conversationWith(ownerUserID, message));
    }
    if (conversations.length > 0) await this.add(conversations, closed);
  }

  private async conversationsOf(first: Opening): Promise<Conversation[]> {
    const { sessionType, sendID, recvID, groupID } = first;
    switch (sessionType) {
      case SessionType.group: {
        const members = await this.groups.memberIDs(groupID);
        return members.map((userID) => conversationWith(userID, first));
      }
      case SessionType.notification:
        return [conversationWith(recvID, first)];
      default:
        return [...new Set([sendID, recvID])].map((userID) => conversationWith(userID, first));
    }
  }

  /** New members see the group's conversation; who was in it before may read on. */
  async joinGroup(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    const closed = await this.closed([conversationID], userIDs);
    const added = await this.add(
      userIDs.map((ownerUserID) => newConversation({ ownerUserID, conversationID, groupID })),
      closed.map((row) => ({ ...row, maxSeq: 0 })),
    );
    const there = userIDs.filter((userID) => !added.has(cacheKey({ ownerUserID: userID, conversationID })));
    for (const some of chunks(there)) {
      await manager.update(Conversation, { ownerUserID: In([...some]), conversationID }, { maxSeq: 0 });
    }
    await this.noteChanged(there, conversationID, ChangeState.update);
    await this.events.publish(new ConversationsChanged(new Map(userIDs.map((userID) => [userID, [conversationID]]))));
  }

  /**
   * Who left keeps the conversation as it was then, and reads nothing that comes after; one in which nothing was ever
   * written goes.
   */
  async leaveGroup(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    const maxSeq = (await manager.findOneBy(Sequence, { conversationID }))?.maxSeq ?? 0;
    const left: string[] = [];
    for (const some of chunks(userIDs)) {
      const theirs = { ownerUserID: In([...some]), conversationID };
      const rows = await manager.find(Conversation, { select: { ownerUserID: true }, where: theirs });
      left.push(...rows.map(({ ownerUserID }) => ownerUserID));
      for (const table of [Conversation, ClosedConversation]) {
        if (maxSeq > 0) await manager.update(table, theirs, { maxSeq });
        else await manager.delete(table, theirs);
      }
    }
    await this.noteChanged(left, conversationID, maxSeq > 0 ? ChangeState.update : ChangeState.delete);
    await this.events.publish(new ConversationsChanged(new Map(left.map((userID) => [userID, [conversationID]]))));
  }

  /** Deletes conversations from their owner's list. Messages and read positions stay. Answers which were there. */
  async close(ownerUserID: string, conversationIDs: readonly string[]): Promise<string[]> {
    const { manager } = this.transactions;
    const rows = await inChunks([...conversationIDs].sort(), async (some) => {
      // Held in the order senders hold them: a message on its way is there already, or brings the conversation back.
      await manager.find(Sequence, {
        select: { conversationID: true },
        where: { conversationID: In([...some]) },
        order: { conversationID: 'ASC' },
        ...this.forUpdate,
      });
      return manager.find(Conversation, { where: { ownerUserID, conversationID: In([...some]) }, ...this.forUpdate });
    });
    const closed = rows.map(({ conversationID, minSeq, maxSeq }) => ({ conversationID, ownerUserID, minSeq, maxSeq }));
    await insertRows(manager, ClosedConversation, closed, { update: ['minSeq', 'maxSeq'] });
    const ids = closed.map(({ conversationID }) => conversationID);
    for (const some of chunks(ids)) {
      await manager.delete(Conversation, { ownerUserID, conversationID: In([...some]) });
    }
    this.forget(closed);
    if (ids.length > 0) {
      const change = { ownerID: ownerUserID, elementIDs: ids, state: ChangeState.delete };
      await this.versions.record('conversations', [change]);
    }
    return ids;
  }

  /**
   * Who is deleted has no conversations, and reads nothing of what was: a new account of the same ID must not find the old
   * one's messages. The conversations stay for their other users, and come back with the next message.
   */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    const { manager } = this.transactions;
    for (const some of chunks(userIDs)) {
      const theirs = { ownerUserID: In([...some]) };
      const select = { ownerUserID: true, conversationID: true } as const;
      const open = await manager.find(Conversation, { select, where: theirs });
      const ended = [...open, ...(await manager.find(ClosedConversation, { select, where: theirs }))];
      const counters = await inChunks([...new Set(ended.map(({ conversationID }) => conversationID))], (ids) =>
        manager.findBy(Sequence, { conversationID: In([...ids]) }),
      );
      const last = new Map(counters.map(({ conversationID, maxSeq }) => [conversationID, maxSeq]));
      const closed = ended.map(({ ownerUserID, conversationID }) => {
        const maxSeq = last.get(conversationID) ?? 0;
        return {
          conversationID,
          ownerUserID,
          minSeq: maxSeq + 1,
          maxSeq: isGroupConversation(conversationID) ? maxSeq : 0,
        };
      });
      await insertRows(manager, ClosedConversation, closed, { update: ['minSeq', 'maxSeq'] });
      await manager.delete(Conversation, theirs);
      this.forget(open);
    }
    await this.versions.drop('conversations', userIDs);
  }

  /** The conversation of one user, undefined when there is none. Remembered: costs no query most of the time. */
  find(ownerUserID: string, conversationID: string): Promise<Conversation | undefined> {
    return this.known.get(cacheKey({ ownerUserID, conversationID }), async () => {
      const found = await this.transactions.manager.findOneBy(Conversation, { ownerUserID, conversationID });
      return found ?? undefined;
    });
  }

  /** Whoever writes rows of conversations says which, so that they are read anew. */
  forget(keys: readonly ConversationKey[]): void {
    this.known.forget(keys.map(cacheKey));
  }

  /** Those of the conversations that a user has, by ID. Costs at most one query. */
  async findAll(ownerUserID: string, conversationIDs: readonly string[]): Promise<Map<string, Conversation>> {
    const idOf = new Map(
      conversationIDs.map((conversationID) => [cacheKey({ ownerUserID, conversationID }), conversationID]),
    );
    const found = await this.known.getAll([...idOf.keys()], async (missing) => {
      const rows = await inChunks(missing, (some) =>
        this.transactions.manager.findBy(Conversation, {
          ownerUserID,
          conversationID: In(some.map((key) => idOf.get(key) as string)),
        }),
      );
      return new Map(rows.map((row) => [cacheKey(row), row]));
    });
    return new Map([...found.values()].map((row) => [row.conversationID, row]));
  }

  /**
   * Adds the conversations their owners do not have, and notes them in the owners' version logs. Answers which were added.
   *
   * @param closed what is kept of those that were there before
   */
  async add(
    conversations: readonly Conversation[],
    closed?: readonly ClosedConversation[],
  ): Promise<ReadonlySet<string>> {
    const { manager } = this.transactions;
    const ids = [...new Set(conversations.map(({ conversationID }) => conversationID))];
    const owners = [...new Set(conversations.map(({ ownerUserID }) => ownerUserID))];
    const before = new Map((closed ?? (await this.closed(ids, owners))).map((row) => [cacheKey(row), row]));
    const there = await inChunks(owners, (some) =>
      manager.find(Conversation, {
        select: { ownerUserID: true, conversationID: true },
        where: { ownerUserID: In([...some]), conversationID: In(ids) },
      }),
    );
    const known = new Set(there.map(cacheKey));
    const added = new Map<string, Conversation>();
    for (const one of conversations) {
      const key = cacheKey(one);
      const { minSeq = 0, maxSeq = 0 } = before.get(key) ?? {};
      if (!known.has(key)) added.set(key, { ...one, minSeq, maxSeq });
    }
    const rows = [...added.values()];
    await insertRows(manager, Conversation, rows, 'ignore');
    const asked = new Set(conversations.map(cacheKey));
    const reopened = [...before.values()].filter((row) => asked.has(cacheKey(row)));
    for (const [conversationID, theirs] of groupBy(reopened, (row) => row.conversationID)) {
      const ownerUserIDs = theirs.map(({ ownerUserID }) => ownerUserID);
      await manager.delete(ClosedConversation, { conversationID, ownerUserID: In(ownerUserIDs) });
    }
    const byOwner = groupBy(rows, ({ ownerUserID }) => ownerUserID);
    await this.versions.record(
      'conversations',
      [...byOwner].map(([ownerID, theirs]) => ({
        ownerID,
        elementIDs: theirs.map(({ conversationID }) => conversationID),
        state: ChangeState.insert,
      })),
    );
    return new Set(added.keys());
  }
  /** Rows that are read to be changed. SQLite has one writer at a time anyway, and no row locks. */
  private get forUpdate(): { lock?: { mode: 'pessimistic_write' } } {
    const sqlite = this.transactions.dataSource.options.type === 'better-sqlite3';
    return sqlite ? {} : { lock: { mode: 'pessimistic_write' } };
  }

  /**
   * What is kept of deleted conversations, of all owners or of some. Asked with every batch of messages, so it goes past
   * what TypeORM's finding costs.
   */
  private closed(ids: readonly string[], ownerUserIDs: readonly string[] = []): Promise<ClosedConversation[]> {
    const places = (values: readonly string[]): string => values.map(() => '?').join(', ');
    return inChunks(ids, async (some) => {
      const rows = (await this.transactions.manager.query(
        'SELECT conversationID, ownerUserID, minSeq, maxSeq FROM im_closed_conversations ' +
          `WHERE conversationID IN (${places(some)})` +
          (ownerUserIDs.length > 0 ? ` AND ownerUserID IN (${places(ownerUserIDs)})` : ''),
        [...some, ...ownerUserIDs],
      )) as (ConversationKey & Record<'minSeq' | 'maxSeq', string | number>)[];
      return rows.map((row) => ({ ...row, minSeq: Number(row.minSeq), maxSeq: Number(row.maxSeq) }));
    });
  }

  private async noteChanged(
    userIDs: readonly string[],
    conversationID: string,
    state: CollectionChange['state'],
  ): Promise<void> {
    this.forget(userIDs.map((ownerUserID) => ({ ownerUserID, conversationID })));
    await this.versions.record(
      'conversations',
      userIDs.map((ownerID) => ({ ownerID, elementIDs: [conversationID], state })),
    );
  }
}

function cacheKey({ ownerUserID, conversationID }: ConversationKey): string {
  return `${ownerUserID}\0${conversationID}`;
}
