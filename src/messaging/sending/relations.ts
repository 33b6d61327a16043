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
import type { SendMessage } from '../outgoing.js';

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

/** What is known of an administrator. */
const ADMIN = { fromAdmin: true, sender: undefined, blocked: false, friend: true } as const;

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
  async between({ sendID, recvID = '', unregisteredSender = false }: SendMessage): Promise<Relation> {
    const conversation = await this.conversations.find(recvID, singleConversationID(sendID, recvID));
    const receiver = await this.users.find(recvID);
    const relation = { receiver, recvMsgOpt: conversation?.recvMsgOpt ?? 0 };
    if (this.settings.adminUserIDs.has(sendID)) return { ...relation, ...ADMIN };
    const blocked = await this.blacks.isBlocked(recvID, sendID);
    const friend = !this.settings.friendVerify || (await this.friends.isFriend(recvID, sendID));
    // Where nothing keeps a sender who need not be registered, nobody asks who he is.
    const asked = !unregisteredSender || blocked || !friend;
    return {
      ...relation,
      fromAdmin: false,
      sender: asked ? await this.users.find(sendID) : undefined,
      blocked,
      friend,
    };
  }

  /** The same for many receivers, with a handful of queries. */
  async toMany(sendID: string, recvIDs: readonly string[]): Promise<Map<string, Relation>> {
    const { friendVerify, adminUserIDs } = this.settings;
    const users = await this.users.getAll([sendID, ...recvIDs]);
    const options = await this.optionsOf(sendID, recvIDs);
    const fromAdmin = adminUserIDs.has(sendID);
    const blocking = fromAdmin ? undefined : await this.blacks.blockersAmong(recvIDs, sendID);
    const listing = fromAdmin || !friendVerify ? undefined : await this.friends.friendsAmong(recvIDs, sendID);
    return new Map(
      recvIDs.map((recvID) => [
        recvID,
        {
          fromAdmin,
          sender: users.get(sendID),
          blocked: blocking?.has(recvID) ?? false,
          friend: listing?.has(recvID) ?? true,
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
