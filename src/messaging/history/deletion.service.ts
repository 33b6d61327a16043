import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Actor } from '../../core/actor.js';
import { assertAdmin, assertSelf } from '../../core/permissions.js';
import { chunks, inChunks, insertRows } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { OnImEvent } from '../../events/on-im-event.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import { GroupsService } from '../../groups/groups.service.js';
import { UsersDeleted } from '../../users/user.events.js';
import { ClosedConversation } from '../closed-conversation.entity.js';
import { Conversation } from '../conversation.entity.js';
import { ConversationStore } from '../conversation.store.js';
import { Message } from '../message.entity.js';
import { ConversationNotFound } from '../conversations/conversation.errors.js';
import { HiddenMessage } from './hidden-message.entity.js';
import { ConversationsCleared, MessagesDeleted } from './history.events.js';
import { assertMayClear, assertMayRevoke, mayClear } from './history.policy.js';
import { Horizons } from './horizons.js';
import { MessageRemoval } from './message-removal.js';
import { ReadStateService } from './read-state.service.js';
import { ReadableConversations } from './readable-conversations.js';
import type { Readable } from './readable.js';
import { within } from './seq-condition.js';

/** Whom a deletion reaches. `others` wins over `self`. */
export interface DeleteSync {
  /** The user's other devices are told. */
  self: boolean;
  /** It is deleted for everybody, and everybody is told. */
  others: boolean;
}

export interface DeleteMessages {
  userID: string;
  conversationID: string;
  seqs: readonly number[];
  sync: DeleteSync;
}

export interface ClearConversations {
  userID: string;
  conversationIDs: readonly string[];
  sync: DeleteSync;
}

/** Deleting messages, for oneself or for everybody. Source: contract/messages.md section 8. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly groups: GroupsService,
    private readonly horizons: Horizons,
    private readonly removal: MessageRemoval,
    private readonly conversations: ConversationStore,
    private readonly readable: ReadableConversations,
    private readonly readState: ReadStateService,
  ) {}

  /**
   * Deletes messages of a conversation: for the user himself, who is then shown that they were deleted, or for everybody,
   * which takes the right to revoke each of them. Seqs he cannot read are passed over.
   *
   * @throws NotPermitted and then nothing is deleted
   * @throws RecordNotFound when the user has no such conversation
   */
  async deleteMessages(actor: Actor, { userID, conversationID, seqs, sync }: DeleteMessages): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = await this.readable.one(userID, conversationID);
      if (!own?.conversation) throw new ConversationNotFound();
      const some = [...new Set(seqs)].filter((seq) => seq >= own.min && seq <= own.max).sort((a, b) => a - b);
      // Of what is gone already nobody is told: devices may have kept it.
      const gone = sync.others ? await this.removeForAll(actor, own, some) : await this.hide(own, some);
      if (gone.length === 0 || !(sync.others || sync.self)) return;
      const reach = sync.others ? 'everybody' : 'self';
      await this.events.publish(new MessagesDeleted(userID, own.conversation, gone, reach));
    });
  }

  /** Deletes messages for everybody, and tells nobody. @throws NotPermitted */
  async removeBySeqs(actor: Actor, conversationID: string, seqs: readonly number[]): Promise<void> {
    assertAdmin(actor);
    await this.transactions.run(() =>
      this.remove(
        conversationID,
        [...new Set(seqs)].sort((a, b) => a - b),
      ),
    );
  }

  /**
   * Deletes the messages of conversations that were sent before a moment, for everybody, and tells nobody: from the first
   * one up to the first that is not older. Done in steps that hold no lock for long; each leaves everything readable that
   * is to stay.
   *
   * @param before epoch milliseconds
   * @throws NotPermitted
   */
  async removeOlder(actor: Actor, conversationIDs: readonly string[], before: number): Promise<void> {
    assertAdmin(actor);
    for (const conversationID of new Set(conversationIDs)) await this.removal.removeOlder(conversationID, before);
  }

  /**
   * Clears conversations up to now, and all is read then: for the user himself, or for everybody, which in a group its
   * owner and administrators may. Conversations he does not have are passed over.
   *
   * @throws NotPermitted and then nothing is cleared
   */
  async clear(actor: Actor, { userID, conversationIDs, sync }: ClearConversations): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = [...(await this.conversations.findAll(userID, conversationIDs)).values()];
      if (!sync.others) return this.clearOwn(userID, own, sync);
      const memberships = await this.memberships(userID, own);
      const shared = await this.sharedWithOthers(own);
      for (const one of own) assertMayClear(actor, one, { self: memberships.get(one.groupID), shared });
      await this.clearForAll(userID, own);
    });
  }

  /**
   * Clears all conversations of a user. For everybody: those he may clear for everybody, and the others for himself.
   *
   * @throws NotPermitted
   */
  async clearAll(actor: Actor, userID: string, sync: DeleteSync): Promise<void> {
    assertSelf(actor, userID);
    await this.transactions.run(async () => {
      const own = await this.readable.all(userID);
      const memberships = sync.others ? await this.memberships(userID, own) : new Map<string, GroupMember>();
      const shared = sync.others ? await this.sharedWithOthers(own) : new Set<string>();
      const forAll = own.filter(
        (one) => sync.others && mayClear(actor, one, { self: memberships.get(one.groupID), shared }),
      );
      await this.clearForAll(userID, forAll);
      const forSelf = own.filter((one) => !forAll.includes(one));
      await this.clearOwn(userID, forSelf, sync);
    });
  }

  /** Nothing is kept of whom does not exist. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.transactions.manager.delete(HiddenMessage, { userID: In([...some]) });
    }
  }

  private async clearOwn(userID: string, own: readonly Conversation[], sync: DeleteSync): Promise<void> {
    if (own.length === 0) return;
    const ends = await this.ends(own);
    const cleared = await this.horizons.raiseOwn(userID, own, ends);
    if (cleared.length === 0) return;
    await this.readState.raise(userID, ends);
    if (sync.self || sync.others) await this.events.publish(new ConversationsCleared(userID, cleared, 'self'));
  }

  private async clearForAll(userID: string, own: readonly Conversation[]): Promise<void> {
    const counters = await this.readable.counters(own.map(({ conversationID }) => conversationID));
    const full = [...counters.values()].filter(({ minSeq, maxSeq }) => maxSeq > 0 && minSeq <= maxSeq);
    if (full.length === 0) return;
    const ends = new Map(full.map(({ conversationID, maxSeq }) => [conversationID, maxSeq]));
    await this.horizons.raise(ends);
    await this.readState.raise(userID, ends);
    const cleared = own.filter(({ conversationID }) => ends.has(conversationID));
    await this.events.publish(new ConversationsCleared(userID, cleared, 'everybody'));
  }

  /**
   * Those of the chats that other users have, too: two pairs of users may share a conversation ID (`a_b` with `c`, `a` with
   * `b_c`). Most IDs tell that it cannot be; the others cost two statements.
   */
  private async sharedWithOthers(own: readonly Conversation[]): Promise<ReadonlySet<string>> {
    const users = new Map(
      own
        .filter(({ groupID, conversationID }) => !groupID && conversationID.split('_').length > 3)
        .map(({ conversationID, ownerUserID, userID }) => [conversationID, new Set([ownerUserID, userID])]),
    );
    const { manager } = this.transactions;
    const select = { conversationID: true, ownerUserID: true } as const;
    const theirs = await inChunks([...users.keys()], async (some) => {
      const where = { conversationID: In([...some]) };
      const open = await manager.find(Conversation, { select, where });
      return [...open, ...(await manager.find(ClosedConversation, { select, where }))];
    });
    const others = theirs.filter(({ conversationID, ownerUserID }) => !users.get(conversationID)?.has(ownerUserID));
    return new Set(others.map(({ conversationID }) => conversationID));
  }

  private memberships(userID: string, own: readonly Conversation[]): Promise<Map<string, GroupMember>> {
    return this.groups.memberships(
      userID,
      own.flatMap(({ groupID }) => groupID || []),
    );
  }

  /** Answers which there were. @throws NotPermitted when one of them is not his to take */
  private async removeForAll(actor: Actor, own: Readable, seqs: readonly number[]): Promise<number[]> {
    const { userID, conversationID } = own;
    const messages = await inChunks(seqs, (some) =>
      this.transactions.manager.find(Message, {
        select: { conversationID: true, seq: true, sessionType: true, sendID: true },
        where: { conversationID, seq: within(some) },
        order: { seq: 'ASC' },
      }),
    );
    const [groupID] = own.groupIDs;
    const involved = [userID, ...messages.map(({ sendID }) => sendID)];
    const members = groupID ? await this.groups.findMembers(groupID, involved) : new Map<string, GroupMember>();
    for (const message of messages) {
      assertMayRevoke(actor, message, { userID, self: members.get(userID), sender: members.get(message.sendID) });
    }
    const there = messages.map(({ seq }) => seq);
    await this.remove(conversationID, there);
    return there;
  }

  /** Answers those that were not hidden before. */
  private async hide({ userID, conversationID }: Readable, seqs: readonly number[]): Promise<readonly number[]> {
    const { manager } = this.transactions;
    const there = await inChunks(seqs, (some) =>
      manager.findBy(HiddenMessage, { userID, conversationID, seq: within(some) }),
    );
    const hidden = new Set(there.map(({ seq }) => seq));
    const fresh = seqs.filter((seq) => !hidden.has(seq));
    const rows = fresh.map((seq) => ({ userID, conversationID, seq }));
    await insertRows(manager, HiddenMessage, rows, 'ignore');
    return fresh;
  }

  private async remove(conversationID: string, seqs: readonly number[]): Promise<void> {
    const { manager } = this.transactions;
    for (const some of chunks(seqs)) {
      const those = { conversationID, seq: within(some) };
      await manager.delete(Message, those);
      await manager.delete(HiddenMessage, those);
    }
  }

  /** The highest seq of each conversation now. */
  private async ends(conversations: readonly Conversation[]): Promise<Map<string, number>> {
    const ids = conversations.map(({ conversationID }) => conversationID);
    const counters = await this.readable.counters(ids);
    return new Map(ids.map((id) => [id, counters.get(id)?.maxSeq ?? 0]));
  }
}
