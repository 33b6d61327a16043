import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { type Page, pageBounds } from '../../core/pages.js';
import { assertAdmin } from '../../core/permissions.js';
import { SessionType } from '../../core/protocol.js';
import { Transactions } from '../../database/transactions.js';
import { GroupQueries } from '../../groups/group-queries.service.js';
import type { GroupSummary } from '../../groups/groups.service.js';
import { UsersService } from '../../users/users.service.js';
import type { Message } from '../message.entity.js';
import { type MessageFilter, type MessageKey, MessageSearchRepository } from './message-search.repository.js';

/** Which messages, and which part of the list. */
export interface SearchMessages extends MessageFilter {
  page: Page;
}

/** A message with who received it. */
export interface FoundMessage {
  message: Message;
  /** "" in a group. */
  recvNickname: string;
  /** Undefined outside groups, and when the group is gone. */
  group: GroupSummary | undefined;
}

/** Most matches that are counted and put in order, and most rows that are looked at for them. */
const MAX_FOUND = 100_000;
const MAX_LOOKED = 1_000_000;

/** Most messages of one page: each may hold 128 KB. */
const MAX_MESSAGES = 1_000;

/** Looking through everybody's messages, for administrators. */
@Injectable()
export class MessageSearchService {
  constructor(
    private readonly messages: MessageSearchRepository,
    private readonly users: UsersService,
    private readonly groups: GroupQueries,
    private readonly transactions: Transactions,
  ) {}

  /**
   * A page of the messages of single chats and groups that match, oldest first; revoked ones show what was written. The
   * total is exact up to 100,000 matches among a million messages looked at, and at least that beyond.
   *
   * @throws NotPermitted to all but administrators
   */
  async search(actor: Actor, wanted: SearchMessages): Promise<{ total: number; found: FoundMessage[] }> {
    assertAdmin(actor);
    return this.transactions.stale(() => this.searchNow(wanted));
  }

  private async searchNow({ page, ...filter }: SearchMessages): Promise<{ total: number; found: FoundMessage[] }> {
    const keys = await this.collect(filter);
    keys.sort((a, b) => a.sendTime - b.sendTime || compare(a.conversationID, b.conversationID) || a.seq - b.seq);
    const { offset, limit } = pageBounds({ ...page, showNumber: Math.min(page.showNumber, MAX_MESSAGES) }, keys.length);
    const messages = await this.messages.load(keys.slice(offset, offset + limit));
    return { total: keys.length, found: await this.withReceivers(messages) };
  }

  private async collect(filter: MessageFilter): Promise<MessageKey[]> {
    const keys: MessageKey[] = [];
    let looked = 0;
    for await (const batch of this.messages.search(filter)) {
      keys.push(...batch.found);
      looked += batch.looked;
      if (keys.length >= MAX_FOUND || looked >= MAX_LOOKED) break;
      // Others come first.
      await nextTurn();
    }
    return keys.slice(0, MAX_FOUND);
  }

  private async withReceivers(messages: readonly Message[]): Promise<FoundMessage[]> {
    const single = messages.filter(({ sessionType }) => sessionType === SessionType.single);
    const users = await this.users.getAll(single.map(({ recvID }) => recvID));
    const inGroup = messages.filter(({ groupID }) => groupID !== '');
    const summaries = await this.groups.find([...new Set(inGroup.map(({ groupID }) => groupID))]);
    const groups = new Map(summaries.map((one) => [one.group.groupID, one]));
    return messages.map((message) => ({
      message,
      recvNickname: message.groupID ? '' : (users.get(message.recvID)?.nickname ?? ''),
      group: groups.get(message.groupID),
    }));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
