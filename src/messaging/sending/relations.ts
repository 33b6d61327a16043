import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { singleConversationID } from '../../core/ids.js';
import { ImSettings } from '../../core/settings.js';
import { inChunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { BlacksService } from '../../friends/blacks.service.js';
import { FriendsService } from '../../friends/friends.service.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { Conversation } from '../conversation.entity.js';
import { ConversationStore } from '../conversation.store.js';

/** What decides whether one user's message reaches another. */
export interface Relation {
  /** One of the configured administrators sends: then nothing is known of the three that follow. */
  fromAdmin: boolean;
  sender: User | undefined;
  /** The receiver blocks the sender. */
  blocked: boolean;
  /** The receiver lists the sender as a friend, or need not. */
  friend: boolean;
  receiver: User | undefined;
  /** `recvMsgOpt` of the receiver's conversation with the sender. */
  recvMsgOpt: number;
}

/** Looks up how senders and receivers stand to each other. */
@Injectable()
export class Relations {
  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly friends: FriendsService,
    private readonly blacks: BlacksService,
    private readonly conversations: ConversationStore,
  ) {}

  /** Costs no query most of the time: all but friendships is remembered. */
  async between(sendID: string, recvID: string): Promise<Relation> {
    const fromAdmin = this.settings.adminUserIDs.has(sendID);
    const conversation = await this.conversations.find(recvID, singleConversationID(sendID, recvID));
    return {
      fromAdmin,
      sender: fromAdmin ? undefined : await this.users.find(sendID),
      blocked: !fromAdmin && (await this.blacks.isBlocked(recvID, sendID)),
      friend: fromAdmin || !this.settings.friendVerify || (await this.friends.isFriend(recvID, sendID)),
      receiver: await this.users.find(recvID),
      recvMsgOpt: conversation?.recvMsgOpt ?? 0,
    };
  }

  /** The same for many receivers, with a handful of queries. */
  async toMany(sendID: string, recvIDs: readonly string[]): Promise<Map<string, Relation>> {
    const { friendVerify, adminUserIDs } = this.settings;
    const fromAdmin = adminUserIDs.has(sendID);
    const users = await this.users.getAll([sendID, ...recvIDs]);
    const blocking = fromAdmin ? new Set() : await this.blacks.blockersAmong(recvIDs, sendID);
    const listing = fromAdmin || !friendVerify ? new Set(recvIDs) : await this.friends.friendsAmong(recvIDs, sendID);
    const options = await this.optionsOf(sendID, recvIDs);
    return new Map(
      recvIDs.map((recvID) => [
        recvID,
        {
          fromAdmin,
          sender: users.get(sendID),
          blocked: blocking.has(recvID),
          friend: listing.has(recvID),
          receiver: users.get(recvID),
          recvMsgOpt: options.get(recvID) ?? 0,
        },
      ]),
    );
  }

  private async optionsOf(sendID: string, recvIDs: readonly string[]): Promise<Map<string, number>> {
    const rows = await inChunks(recvIDs, (some) =>
      this.transactions.manager.find(Conversation, {
        select: { ownerUserID: true, recvMsgOpt: true },
        // Of the two who have each, the receiver; by the conversation alone an index serves it.
        where: { conversationID: In(some.map((recvID) => singleConversationID(sendID, recvID))), userID: sendID },
      }),
    );
    return new Map(rows.map(({ ownerUserID, recvMsgOpt }) => [ownerUserID, recvMsgOpt]));
  }
}
