import { Injectable } from '@nestjs/common';
import { type EntityTarget, In } from 'typeorm';
import { groupBy } from '../core/collections.js';
import { isGroupConversation, isNotificationChannel } from '../core/ids.js';
import { SessionType } from '../core/protocol.js';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { forUpdate } from '../database/for-update.js';
import { RowCache } from '../database/row-cache.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import { GroupsService } from '../groups/groups.service.js';
import { ChangeState, VersionLog } from '../sync/version-log.js';
import { UsersDeleted } from '../users/user.events.js';
import { ClosedConversation } from './closed-conversation.entity.js';
import { Conversation } from './conversation.entity.js';
import { Counters } from './counters.js';
import { concerns, conversationWith, type Opening } from './new-conversation.js';
import { Sequence } from './sequence.entity.js';

/** Whose conversation, and which. */
export type ConversationKey = Pick<Conversation, 'ownerUserID' | 'conversationID'>;

/** Conversations as their users see them: opened by their first message, closed by deleting them. */
@Injectable()
export class ConversationStore {
  private readonly known: RowCache<Conversation>;

  constructor(
    private readonly transactions: Transactions,
    private readonly counters: Counters,
    private readonly groups: GroupsService,
    private readonly versions: VersionLog,
  ) {
    this.known = new RowCache(transactions, 'conversations', 100_000);
  }

  /**
   * Creates the conversations of their first messages, for both users or for every member (contract/messages.md section
   * 11), and brings back those that go on after a user deleted them.
   */
  async open(firsts: readonly Opening[], messages: readonly Opening[]): Promise<void> {
    const going = new Map(messages.map((message) => [message.conversationID, message]));
    const chats = [...going.keys()].filter((id) => !isNotificationChannel(id));
    const closed = await this.closed(chats);
    const conversations: Conversation[] = [];
    for (const first of firsts) conversations.push(...(await this.conversationsOf(first)));
    for (const message of messages)
      if (this.mayBeNew(message)) conversations.push(...(await this.conversationsOf(message)));
    for (const { ownerUserID, conversationID } of closed) {
      const message = going.get(conversationID) as Opening;
      if (concerns(message, ownerUserID)) conversations.push(conversationWith(ownerUserID, message));
    }
    if (conversations.length > 0) await this.add(conversations, closed);
  }

  /**
   * A chat whose receiver is not known to have it. Two pairs of users may share a conversation ID (`a` with `b_c`, `a_b`
   * with `c`), and then the second pair's first message is not the first of the conversation.
   */
  private mayBeNew({ conversationID, sessionType, recvID }: Opening): boolean {
    if (sessionType !== SessionType.single || isNotificationChannel(conversationID)) return false;
    return !this.known.peek(cacheKey({ ownerUserID: recvID, conversationID }));
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

  /** Deletes conversations from their owner's list. Messages and read positions stay. Answers which were there. */
  async close(ownerUserID: string, conversationIDs: readonly string[]): Promise<string[]> {
    const { manager } = this.transactions;
    const rows = await inChunks([...conversationIDs].sort(), async (some) => {
      // A message on its way is there already, or brings the conversation back.
      await this.counters.hold(some);
      return manager.find(Conversation, {
        where: { ownerUserID, conversationID: In([...some]) },
        ...forUpdate(manager),
      });
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
      const isEmptyGroup = ({ conversationID }: ConversationKey): boolean =>
        isGroupConversation(conversationID) && !last.get(conversationID);
      const closed = ended.flatMap((one) => {
        if (isEmptyGroup(one)) return [];
        const { ownerUserID, conversationID } = one;
        const maxSeq = last.get(conversationID) ?? 0;
        const highest = isGroupConversation(conversationID) ? maxSeq : 0;
        return [{ conversationID, ownerUserID, minSeq: maxSeq + 1, maxSeq: highest }];
      });
      await insertRows(manager, ClosedConversation, closed, { update: ['minSeq', 'maxSeq'] });
      // Where nothing was written there is nothing to keep from anybody, and 0 would not limit what is to come.
      const empty = ended.filter(isEmptyGroup).map(({ conversationID }) => conversationID);
      for (const ids of chunks(empty))
        await manager.delete(ClosedConversation, { ...theirs, conversationID: In([...ids]) });
      await manager.delete(Conversation, theirs);
      this.forget(open);
    }
    await this.versions.drop('conversations', userIDs);
  }

  /** The conversation of one user, undefined when there is none. Remembered: costs no query most of the time. */
  find(ownerUserID: string, conversationID: string): Promise<Conversation | undefined> {
    return this.known.get(cacheKey({ ownerUserID, conversationID }), async () => {
      const key = [ownerUserID, conversationID];
      const [found] = await rowsByKey(
        this.transactions.manager,
        Conversation,
        ['ownerUserID', 'conversationID'],
        [key],
      );
      return found;
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
      const keys = missing.map((key) => [ownerUserID, idOf.get(key)]);
      const rows = await rowsByKey(this.transactions.manager, Conversation, ['ownerUserID', 'conversationID'], keys);
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
    const before = new Map(
      (closed ?? (await this.rowsOf(ClosedConversation, conversations))).map((row) => [cacheKey(row), row]),
    );
    const there = await this.rowsOf(Conversation, conversations);
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
      for (const some of chunks(theirs)) {
        const ownerUserID = In(some.map((row) => row.ownerUserID));
        await manager.delete(ClosedConversation, { conversationID, ownerUserID });
      }
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

  /** Rows of users' conversations: of a group those of the users named, of a chat, which has two at most, all. */
  private async rowsOf<T extends ConversationKey>(
    table: EntityTarget<T>,
    keys: readonly ConversationKey[],
  ): Promise<T[]> {
    const read = (where: object): Promise<T[]> => this.transactions.manager.find(table, { where });
    const owners = groupBy(keys, ({ conversationID }) => conversationID);
    const chats = [...owners.keys()].filter((id) => !isGroupConversation(id));
    const found = await inChunks(chats, (some) => read({ conversationID: In([...some]) }));
    for (const [conversationID, users] of owners) {
      if (!isGroupConversation(conversationID)) continue;
      found.push(
        ...(await inChunks(users, (some) =>
          read({ conversationID, ownerUserID: In(some.map(({ ownerUserID }) => ownerUserID)) }),
        )),
      );
    }
    return found;
  }

  /** What is kept of deleted conversations, but of who left: they are not brought back by what the others write. */
  private closed(conversationIDs: readonly string[]): Promise<ClosedConversation[]> {
    const keys = conversationIDs.map((conversationID) => [0, conversationID]);
    return rowsByKey(this.transactions.manager, ClosedConversation, ['maxSeq', 'conversationID'], keys);
  }
}

/** Names a conversation of one user among all. */
export function cacheKey({ ownerUserID, conversationID }: ConversationKey): string {
  return `${ownerUserID}\0${conversationID}`;
}
