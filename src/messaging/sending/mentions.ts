import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { groupBy } from '../../core/collections.js';
import { AT_ALL, GroupAt, ContentType, SessionType } from '../../core/protocol.js';
import { inChunks, chunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { GroupsService } from '../../groups/groups.service.js';
import { ChangeState, VersionLog } from '../../sync/version-log.js';
import { Conversation } from '../conversation.entity.js';
import { ConversationsChanged } from '../conversation.events.js';
import { type ConversationKey, ConversationStore } from '../conversation.store.js';
import type { Message } from '../message.entity.js';
import { MessagesAccepted } from '../message.events.js';

/** A conversation in which its owner was mentioned. */
interface Mark extends ConversationKey {
  groupAtType: number;
}

/**
 * Shows members of a group that a message mentions them, in their conversation lists. Part of the message's transaction;
 * messages that mention nobody cost nothing. Source: contract/messages.md section 10.
 */
@Injectable()
export class Mentions {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly groups: GroupsService,
    private readonly conversations: ConversationStore,
    private readonly versions: VersionLog,
  ) {}

  @OnImEvent(MessagesAccepted, { phase: 'in-transaction' })
  async mention({ messages }: MessagesAccepted): Promise<void> {
    const marks = new Map<string, Mark>();
    for (const message of messages) {
      if (!mentions(message)) continue;
      // Of several messages the last one counts.
      for (const mark of await this.marksOf(message)) marks.set(`${mark.ownerUserID}\0${mark.conversationID}`, mark);
    }
    if (marks.size > 0) await this.show([...marks.values()]);
  }

  private async marksOf({ conversationID, groupID, sendID, atUserIDList }: Message): Promise<Mark[]> {
    const named = new Set(JSON.parse(atUserIDList) as string[]);
    const everybody = named.delete(AT_ALL);
    const members = everybody
      ? await this.groups.memberIDs(groupID)
      : [...(await this.groups.membersAmong(groupID, [...named]))];
    return members
      .filter((userID) => named.has(userID) || userID !== sendID)
      .map((ownerUserID) => ({
        ownerUserID,
        conversationID,
        groupAtType: !everybody ? GroupAt.me : named.has(ownerUserID) ? GroupAt.allAndMe : GroupAt.all,
      }));
  }

  private async show(marks: readonly Mark[]): Promise<void> {
    const changed: ConversationKey[] = [];
    for (const alike of groupBy(marks, (mark) => `${mark.groupAtType}\0${mark.conversationID}`).values()) {
      changed.push(...(await this.set(alike)));
    }
    if (changed.length === 0) return;
    this.conversations.forget(changed);
    const byOwner = new Map(
      [...groupBy(changed, ({ ownerUserID }) => ownerUserID)].map(([ownerID, theirs]) => [
        ownerID,
        theirs.map(({ conversationID }) => conversationID),
      ]),
    );
    await this.versions.record(
      'conversations',
      [...byOwner].map(([ownerID, elementIDs]) => ({ ownerID, elementIDs, state: ChangeState.update })),
    );
    await this.events.publish(new ConversationsChanged(byOwner));
  }

  /** Sets one mark in the conversations of many. Answers those that did not have it. */
  private async set(marks: readonly Mark[]): Promise<ConversationKey[]> {
    const { manager } = this.transactions;
    const { conversationID, groupAtType } = marks[0];
    const owners = marks.map(({ ownerUserID }) => ownerUserID);
    const unmarked = await inChunks(owners, (some) =>
      manager.find(Conversation, {
        select: { ownerUserID: true, conversationID: true },
        where: { conversationID, ownerUserID: In([...some]), groupAtType: Not(groupAtType) },
      }),
    );
    for (const some of chunks(unmarked)) {
      const theirs = { conversationID, ownerUserID: In(some.map(({ ownerUserID }) => ownerUserID)) };
      await manager.update(Conversation, theirs, { groupAtType });
    }
    return unmarked;
  }
}

/** A stored message of a group that names somebody. */
function mentions({ contentType, sessionType, seq, atUserIDList }: Message): boolean {
  return contentType === ContentType.at && sessionType === SessionType.group && seq > 0 && atUserIDList !== '';
}
