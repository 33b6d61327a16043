import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { groupBy } from '../core/collections.js';
import { groupConversationID } from '../core/ids.js';
import { SessionType } from '../core/protocol.js';
import { chunks, inChunks, insertRows } from '../database/bulk.js';
import { RowCache } from '../database/row-cache.js';
import { Transactions } from '../database/transactions.js';
import { OnImEvent } from '../events/on-im-event.js';
import { GroupsService } from '../groups/groups.service.js';
import { ChangeState, VersionLog } from '../sync/version-log.js';
import { UsersDeleted } from '../users/user.events.js';
import { Conversation } from './conversation.entity.js';
import type { Message } from './message.entity.js';
import { Sequence } from './sequence.entity.js';

/** What a first message tells of its conversation. */
type FirstMessage = Pick<Message, 'conversationID' | 'sessionType' | 'sendID' | 'recvID' | 'groupID'>;

/** Whose conversation, and which. */
export type ConversationKey = Pick<Conversation, 'ownerUserID' | 'conversationID'>;

/** Conversations as their users see them: opened by a first message or by joining, closed by leaving. */
@Injectable()
export class ConversationStore {
  private readonly known: RowCache<Conversation>;

  constructor(
    private readonly transactions: Transactions,
    private readonly groups: GroupsService,
    private readonly versions: VersionLog,
  ) {
    this.known = new RowCache(transactions, 100_000);
  }

  /** Creates the conversations of their first messages: for both users, or for every member. Source: contract/messages.md section 11. */
  async open(firsts: readonly FirstMessage[]): Promise<void> {
    if (firsts.length === 0) return;
    const conversations: Conversation[] = [];
    for (const first of firsts) conversations.push(...(await this.conversationsOf(first)));
    await this.add(conversations);
  }

  private async conversationsOf(first: FirstMessage): Promise<Conversation[]> {
    const { conversationID, sessionType, sendID, recvID, groupID } = first;
    switch (sessionType) {
      case SessionType.group: {
        const members = await this.groups.memberIDs(groupID);
        return members.map((userID) => conversationOf(userID, conversationID, { groupID }));
      }
      case SessionType.notification:
        return [conversationOf(recvID, conversationID, { userID: sendID, conversationType: sessionType })];
      default: {
        const mine = conversationOf(sendID, conversationID, { userID: recvID });
        return sendID === recvID ? [mine] : [mine, conversationOf(recvID, conversationID, { userID: sendID })];
      }
    }
  }

  /** New members see the group's conversation; who was in it before may read on. */
  async joinGroup(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    await this.add(userIDs.map((userID) => conversationOf(userID, conversationID, { groupID })));
    for (const some of chunks(userIDs)) {
      await manager.update(Conversation, { ownerUserID: In([...some]), conversationID }, { maxSeq: 0 });
    }
    this.known.forget(userIDs.map((userID) => cacheKey(userID, conversationID)));
  }

  /** Who left keeps the conversation as it was then, and reads nothing that comes after. */
  async leaveGroup(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    const counter = await manager.findOneBy(Sequence, { conversationID });
    for (const some of chunks(userIDs)) {
      const mine = { ownerUserID: In([...some]), conversationID };
      await manager.update(Conversation, mine, { maxSeq: counter?.maxSeq ?? 0 });
    }
    this.known.forget(userIDs.map((userID) => cacheKey(userID, conversationID)));
  }

  /**
   * Who is deleted reads nothing of what was: a new account of the same ID must not find the old one's messages. The
   * conversations stay for their other users, and go on for a new account with the next message.
   */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    const { manager } = this.transactions;
    for (const some of chunks(userIDs)) {
      const owners = some.map(() => '?').join(', ');
      await manager.query(
        'UPDATE im_conversations SET recvMsgOpt = 0, minSeq = 1 + COALESCE((SELECT s.maxSeq FROM im_sequences s ' +
          `WHERE s.conversationID = im_conversations.conversationID), 0) WHERE ownerUserID IN (${owners})`,
        [...some],
      );
      const theirs = { ownerUserID: In([...some]) };
      const kept = await manager.find(Conversation, {
        select: { ownerUserID: true, conversationID: true },
        where: theirs,
      });
      this.known.forget(kept.map(({ ownerUserID, conversationID }) => cacheKey(ownerUserID, conversationID)));
    }
  }

  /** The conversation of one user, undefined when there is none. Remembered: costs no query most of the time. */
  find(ownerUserID: string, conversationID: string): Promise<Conversation | undefined> {
    return this.known.get(cacheKey(ownerUserID, conversationID), async () => {
      const found = await this.transactions.manager.findOneBy(Conversation, { ownerUserID, conversationID });
      return found ?? undefined;
    });
  }

  /** Whoever writes rows of conversations says which, so that they are read anew. */
  forget(keys: readonly ConversationKey[]): void {
    this.known.forget(keys.map(({ ownerUserID, conversationID }) => cacheKey(ownerUserID, conversationID)));
  }

  /** Those of the conversations that a user has, by ID. Costs at most one query. */
  async findAll(ownerUserID: string, conversationIDs: readonly string[]): Promise<Map<string, Conversation>> {
    const idOf = new Map(
      conversationIDs.map((conversationID) => [cacheKey(ownerUserID, conversationID), conversationID]),
    );
    const found = await this.known.getAll([...idOf.keys()], async (missing) => {
      const rows = await inChunks(missing, (some) =>
        this.transactions.manager.findBy(Conversation, {
          ownerUserID,
          conversationID: In(some.map((key) => idOf.get(key) as string)),
        }),
      );
      return new Map(rows.map((row) => [cacheKey(ownerUserID, row.conversationID), row]));
    });
    return new Map([...found.values()].map((row) => [row.conversationID, row]));
  }

  /** Adds the conversations their owners do not have, and notes them in the owners' version logs. */
  private async add(conversations: readonly Conversation[]): Promise<void> {
    const ids = [...new Set(conversations.map(({ conversationID }) => conversationID))];
    const there = await inChunks(ids, (some) =>
      this.transactions.manager.find(Conversation, {
        select: { ownerUserID: true, conversationID: true },
        where: { conversationID: In([...some]) },
      }),
    );
    const known = new Set(there.map(({ ownerUserID, conversationID }) => cacheKey(ownerUserID, conversationID)));
    const added = conversations.filter((one) => !known.has(cacheKey(one.ownerUserID, one.conversationID)));
    await insertRows(this.transactions.manager, Conversation, added, 'ignore');
    const byOwner = groupBy(added, ({ ownerUserID }) => ownerUserID);
    await this.versions.record(
      'conversations',
      [...byOwner].map(([ownerID, theirs]) => ({
        ownerID,
        elementIDs: theirs.map(({ conversationID }) => conversationID),
        state: ChangeState.insert,
      })),
    );
  }
}

function cacheKey(ownerUserID: string, conversationID: string): string {
  return `${ownerUserID}\0${conversationID}`;
}

function conversationOf(
  ownerUserID: string,
  conversationID: string,
  { userID = '', groupID = '', conversationType }: { userID?: string; groupID?: string; conversationType?: number },
): Conversation {
  return {
    ownerUserID,
    conversationID,
    conversationType: conversationType ?? (groupID ? SessionType.group : SessionType.single),
    userID,
    groupID,
    recvMsgOpt: 0,
    isPinned: false,
    isPrivateChat: false,
    burnDuration: 0,
    groupAtType: 0,
    attachedInfo: '',
    ex: '',
    minSeq: 0,
    maxSeq: 0,
    isMsgDestruct: false,
    msgDestructTime: 0,
    latestMsgDestructTime: 0,
    createTime: Date.now(),
  };
}
