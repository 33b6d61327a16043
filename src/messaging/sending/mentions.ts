import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { groupBy } from '../../core/collections.js';
import { Operation, within } from '../../core/operation.js';
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
import { type AcceptedMessage, MessagesAccepted } from '../message.events.js';

/** Before the sender's operationID: his own client must not take the change for the message. */
const MENTION_PREFIX = '@@@';

/** A conversation in which its owner was mentioned. */
interface Mark extends ConversationKey {
  groupAtType: number;
  /** Of the message that mentions him. */
  operationID: string;
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
  async mention({ accepted }: MessagesAccepted): Promise<void> {
    const marks = new Map<string, Mark>();
    for (const one of accepted) {
      if (!mentions(one.message)) continue;
      // Of several messages the last one counts.
      for (const mark of await this.marksOf(one)) marks.set(`${mark.ownerUserID}\0${mark.conversationID}`, mark);
    }
    if (marks.size > 0) await this.show([...marks.values()]);
  }

  private async marksOf({ message, operation: { operationID } }: AcceptedMessage): Promise<Mark[]> {
    const { conversationID, groupID, sendID, atUserIDList } = message;
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
        operationID,
      }));
  }

  private async show(marks: readonly Mark[]): Promise<void> {
    const changed: Mark[] = [];
    for (const alike of groupBy(marks, (mark) => `${mark.groupAtType}\0${mark.conversationID}`).values()) {
      changed.push(...(await this.set(alike)));
    }
    if (changed.length === 0) return;
    this.conversations.forget(changed);
    await this.versions.record(
      'conversations',
      [...byOwner(changed)].map(([ownerID, elementIDs]) => ({ ownerID, elementIDs, state: ChangeState.update })),
    );
    for (const [operationID, theirs] of groupBy(changed, (mark) => mark.operationID)) {
      const told = new ConversationsChanged(byOwner(theirs));
      await within(new Operation(MENTION_PREFIX + operationID), () => this.events.publish(told));
    }
  }

  /** Sets one mark in the conversations of many. Answers those that did not have it. */
  private async set(marks: readonly Mark[]): Promise<Mark[]> {
    const { manager } = this.transactions;
    const { conversationID, groupAtType } = marks[0];
    const owners = marks.map(({ ownerUserID }) => ownerUserID);
    const unmarked = await inChunks(owners, (some) =>
      manager.find(Conversation, {
        select: { ownerUserID: true },
        where: { conversationID, ownerUserID: In([...some]), groupAtType: Not(groupAtType) },
      }),
    );
    for (const some of chunks(unmarked)) {
      const theirs = { conversationID, ownerUserID: In(some.map(({ ownerUserID }) => ownerUserID)) };
      await manager.update(Conversation, theirs, { groupAtType });
    }
    const changed = new Set(unmarked.map(({ ownerUserID }) => ownerUserID));
    return marks.filter(({ ownerUserID }) => changed.has(ownerUserID));
  }
}

/** Owner → IDs of his conversations. */
function byOwner(marks: readonly Mark[]): Map<string, string[]> {
  const owners = groupBy(marks, ({ ownerUserID }) => ownerUserID);
  return new Map([...owners].map(([ownerID, theirs]) => [ownerID, theirs.map((mark) => mark.conversationID)]));
}

/** A stored message of a group that names somebody. */
function mentions({ contentType, sessionType, seq, atUserIDList }: Message): boolean {
  return contentType === ContentType.at && sessionType === SessionType.group && seq > 0 && atUserIDList !== '';
}
