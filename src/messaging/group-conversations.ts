import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { groupConversationID } from '../core/ids.js';
import { GroupAt } from '../core/protocol.js';
import { chunks } from '../database/bulk.js';
import { rowsByKey } from '../database/rows.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { GroupsService } from '../groups/groups.service.js';
import { ChangeState, type CollectionChange, VersionLog } from '../sync/version-log.js';
import { ClosedConversation } from './closed-conversation.entity.js';
import { Conversation } from './conversation.entity.js';
import { ConversationsChanged } from './conversation.events.js';
import { cacheKey, ConversationStore } from './conversation.store.js';
import { Counters } from './counters.js';
import { newConversation } from './new-conversation.js';

/** The conversations of groups, as members come and go. */
@Injectable()
export class GroupConversations {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly counters: Counters,
    private readonly conversations: ConversationStore,
    private readonly groups: GroupsService,
    private readonly versions: VersionLog,
  ) {}

  /** New members see the group's conversation; who was in it before may read on. */
  async join(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    const joining = userIDs.map((ownerUserID) => newConversation({ ownerUserID, conversationID, groupID }));
    await this.counters.hold([conversationID]);
    const keys = userIDs.map((ownerUserID) => [conversationID, ownerUserID]);
    const closed = await rowsByKey(manager, ClosedConversation, ['conversationID', 'ownerUserID'], keys);
    const added = await this.conversations.add(
      joining,
      closed.map((row) => ({ ...row, maxSeq: 0 })),
    );
    const there = userIDs.filter((userID) => !added.has(cacheKey({ ownerUserID: userID, conversationID })));
    for (const some of chunks(there)) {
      await manager.update(Conversation, { ownerUserID: In([...some]), conversationID }, { maxSeq: 0 });
    }
    await this.noteChanged(there, conversationID, ChangeState.update);
  }

  /**
   * Tells who came into a group of the conversation he got by {@link GroupConversations.join}. After he was told of the
   * group: clients look the group of an unknown conversation up, and then take it for one they were in already.
   */
  async tellOfJoined(groupID: string, userIDs: readonly string[]): Promise<void> {
    await this.tell(userIDs, groupConversationID(groupID));
  }

  /**
   * Who left keeps the conversation as it was then, and reads nothing that comes after; one in which nothing was ever
   * written goes.
   */
  async leave(groupID: string, userIDs: readonly string[]): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const { manager } = this.transactions;
    // Where nothing is written yet, the counter begins: a first message on its way waits for it, and finds him gone.
    const maxSeq = (await this.counters.begin([conversationID])).get(conversationID)?.maxSeq ?? 0;
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
    await this.tell(left, conversationID);
  }

  /** A group has an announcement: its members' lists show it until they have seen it. */
  async announce(groupID: string): Promise<void> {
    const conversationID = groupConversationID(groupID);
    const members = await this.groups.memberIDs(groupID);
    const theirs = members.map((ownerUserID) => newConversation({ ownerUserID, conversationID, groupID }));
    await this.conversations.add(theirs);
    for (const some of chunks(members)) {
      const owners = { ownerUserID: In([...some]), conversationID };
      await this.transactions.manager.update(Conversation, owners, { groupAtType: GroupAt.announcement });
    }
    await this.noteChanged(members, conversationID, ChangeState.update);
    await this.tell(members, conversationID);
  }

  private async noteChanged(
    userIDs: readonly string[],
    conversationID: string,
    state: CollectionChange['state'],
  ): Promise<void> {
    this.conversations.forget(userIDs.map((ownerUserID) => ({ ownerUserID, conversationID })));
    await this.versions.record(
      'conversations',
      userIDs.map((ownerID) => ({ ownerID, elementIDs: [conversationID], state })),
    );
  }

  private async tell(userIDs: readonly string[], conversationID: string): Promise<void> {
    await this.events.publish(new ConversationsChanged(new Map(userIDs.map((userID) => [userID, [conversationID]]))));
  }
}
