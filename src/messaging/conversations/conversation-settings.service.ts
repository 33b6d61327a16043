import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { assertSelf } from '../../core/permissions.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { BlacksService } from '../../friends/blacks.service.js';
import { GroupNotFound, NotInGroup } from '../../groups/group.errors.js';
import { assertNotDismissed } from '../../groups/group.policy.js';
import { GroupQueries } from '../../groups/group-queries.service.js';
import { GroupsService } from '../../groups/groups.service.js';
import { ChangeState, VersionLog } from '../../sync/version-log.js';
import type { User } from '../../users/user.entity.js';
import { UserNotFound } from '../../users/user.errors.js';
import { UsersService } from '../../users/users.service.js';
import type { Conversation } from '../conversation.entity.js';
import { ConversationsChanged, PrivateChatSwitched } from '../conversation.events.js';
import { ConversationStore } from '../conversation.store.js';
import { SenderBlocked } from '../message.errors.js';
import { newConversation } from '../new-conversation.js';
import { assertNamesConversationOf, type ConversationName, LEGACY_GROUP } from './conversation.policy.js';
import { ConversationRepository } from './conversation.repository.js';

/** What can be set in a conversation; what is left out stays as it is. */
export type ConversationFields = Partial<
  Pick<
    Conversation,
    | 'recvMsgOpt'
    | 'isPinned'
    | 'attachedInfo'
    | 'ex'
    | 'burnDuration'
    | 'groupAtType'
    | 'msgDestructTime'
    | 'isMsgDestruct'
  >
>;

export interface SetConversations {
  /** Whose conversations. */
  userIDs: readonly string[];
  conversation: ConversationName;
  fields: ConversationFields;
  /** Set on both sides; without effect in a group. */
  isPrivateChat?: boolean | undefined;
}

/** Setting what a user can set in his conversations. */
@Injectable()
export class ConversationSettings {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly blacks: BlacksService,
    private readonly groups: GroupsService,
    private readonly groupQueries: GroupQueries,
    private readonly versions: VersionLog,
    private readonly store: ConversationStore,
    private readonly conversations: ConversationRepository,
  ) {}

  /**
   * Sets members of one conversation for users, for all of them or none. Who has no such conversation gets it. Users whose
   * conversation really changed are told (1300); private chat is set on both sides and shown in the chat (1701).
   * Source: contract/v3/conversation.md.
   *
   * @throws NotPermitted, ArgumentInvalid
   * @throws UserNotFound, NotInGroup for a conversation nobody can have
   * @throws SenderBlocked when the other side of a private chat blocks the user
   * @throws GroupNotFound, GroupDismissed for a group of the old kind
   */
  async set(actor: Actor, { userIDs, conversation, fields, isPrivateChat }: SetConversations): Promise<void> {
    const owners = [...new Set(userIDs)];
    for (const userID of owners) assertSelf(actor, userID);
    for (const userID of owners) assertNamesConversationOf(userID, conversation);
    const isPrivate = conversation.groupID ? undefined : isPrivateChat;
    const given = Object.keys(fields).length > 0;
    await this.transactions.run(async () => {
      const registered = await this.assertExists(owners, conversation);
      if (!given && isPrivate === undefined) return;
      if (isPrivate !== undefined) await this.assertMayWrite(actor, owners, conversation.userID);
      const sides = isPrivate === undefined ? owners : [...new Set([...owners, conversation.userID])];
      const { rows, created } = await this.hold(sides, owners, conversation, registered);
      const changed = given ? owners.filter((owner) => created.has(owner) || differs(rows.get(owner), fields)) : [];
      if (changed.length > 0) await this.conversations.update(changed, conversation.conversationID, fields);
      if (isPrivate !== undefined) {
        await this.conversations.update(sides, conversation.conversationID, { isPrivateChat: isPrivate });
      }
      const touched = isPrivate === undefined ? changed : sides;
      await this.note(
        touched.filter((owner) => !created.has(owner)),
        conversation.conversationID,
      );
      this.store.forget(touched.map((ownerUserID) => ({ ownerUserID, conversationID: conversation.conversationID })));
      await this.tell(owners, changed, conversation, isPrivate);
    });
  }

  /**
   * Sets `ex` in all of a user's own conversations with other users; undefined leaves them as they are. Nobody is told.
   *
   * @throws NotPermitted
   */
  async setExOfSingleChats(actor: Actor, userID: string, ex: string | undefined): Promise<void> {
    assertSelf(actor, userID);
    if (ex === undefined) return;
    await this.transactions.run(async () => {
      const changed = await this.conversations.setExOfSingle(userID, ex);
      if (changed.length === 0) return;
      this.store.forget(changed.map((conversationID) => ({ ownerUserID: userID, conversationID })));
      const change = { ownerID: userID, elementIDs: changed, state: ChangeState.update };
      await this.versions.record('conversations', [change]);
    });
  }

  /** The users it is about, kept from being deleted; a peer need not be there yet. @throws UserNotFound, GroupNotFound, GroupDismissed */
  private async assertExists(
    owners: readonly string[],
    { conversationType, userID: peer, groupID }: ConversationName,
  ): Promise<ReadonlyMap<string, User>> {
    const registered = await this.users.hold(groupID ? owners : [...owners, peer]);
    const unknown = owners.find((owner) => !registered.has(owner));
    if (unknown !== undefined) throw new UserNotFound(unknown);
    if (conversationType === LEGACY_GROUP) {
      const group = await this.groups.find(groupID);
      if (!group) throw new GroupNotFound(groupID);
      assertNotDismissed(group);
    }
    return registered;
  }

  /** Private chat is shown in the chat of the other side, who may have blocked the user. @throws SenderBlocked */
  private async assertMayWrite(actor: Actor, owners: readonly string[], peer: string): Promise<void> {
    for (const owner of owners) {
      if (!actor.isAdmin && (await this.blacks.isBlocked(peer, owner))) throw new SenderBlocked(owner, peer);
    }
  }

  /** The rows of one conversation, kept from other writers, after those that were missing were created. */
  private async hold(
    sides: readonly string[],
    owners: readonly string[],
    name: ConversationName,
    registered: ReadonlyMap<string, User>,
  ): Promise<{ rows: Map<string, Conversation>; created: ReadonlySet<string> }> {
    const { conversationID, conversationType, userID: peer, groupID } = name;
    const rows = await this.conversations.lock(sides, conversationID);
    const missing = sides.filter((side) => !rows.has(side));
    if (missing.length === 0) return { rows, created: new Set() };
    if (groupID) await this.assertMembers(groupID, missing);
    else if (!registered.has(peer)) throw new UserNotFound(peer);
    await this.store.add(
      missing.map((ownerUserID) => {
        const userID = groupID ? '' : ownerUserID === peer ? owners[0] : peer;
        return newConversation({ ownerUserID, conversationID, conversationType, userID, groupID });
      }),
    );
    return { rows: await this.conversations.lock(sides, conversationID), created: new Set(missing) };
  }

  /** Who has a group's conversation may read it, so only members get one. @throws NotInGroup */
  private async assertMembers(groupID: string, userIDs: readonly string[]): Promise<void> {
    const members = await this.groupQueries.findMembers(groupID, userIDs);
    const stranger = userIDs.find((userID) => !members.has(userID));
    if (stranger !== undefined) throw new NotInGroup(groupID, stranger);
  }

  private async note(userIDs: readonly string[], conversationID: string): Promise<void> {
    await this.versions.record(
      'conversations',
      userIDs.map((ownerID) => ({ ownerID, elementIDs: [conversationID], state: ChangeState.update })),
    );
  }

  private async tell(
    owners: readonly string[],
    changed: readonly string[],
    { conversationID, conversationType, userID: peer }: ConversationName,
    isPrivate: boolean | undefined,
  ): Promise<void> {
    if (changed.length > 0) {
      await this.events.publish(new ConversationsChanged(new Map(changed.map((owner) => [owner, [conversationID]]))));
    }
    if (isPrivate === undefined) return;
    for (const owner of owners) {
      await this.events.publish(new PrivateChatSwitched(owner, peer, conversationID, isPrivate, conversationType));
    }
  }
}

function differs(row: Conversation | undefined, fields: ConversationFields): boolean {
  const names = Object.keys(fields) as (keyof ConversationFields)[];
  return names.some((name) => row?.[name] !== fields[name]);
}
