import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { RecordNotFound } from '../../core/errors.js';
import { isNotificationChannel } from '../../core/ids.js';
import { assertSelf } from '../../core/permissions.js';
import { SessionType } from '../../core/protocol.js';
import { Transactions } from '../../database/transactions.js';
import { ImEvents } from '../../events/events.js';
import { GroupsService } from '../../groups/groups.service.js';
import { UsersService } from '../../users/users.service.js';
import { Message, type Revocation } from '../message.entity.js';
import { AlreadyRevoked } from './history.errors.js';
import { MessageRevoked } from './history.events.js';
import { assertMayRevoke } from './history.policy.js';
import { ReadableConversations } from './readable-conversations.js';
import { concerns } from './readable.js';

export interface RevokeMessage {
  userID: string;
  conversationID: string;
  seq: number;
}

/** Taking back what was said. */
@Injectable()
export class RevocationsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly readable: ReadableConversations,
  ) {}

  /**
   * Revokes a message: from now on its readers are shown who revoked it. An application administrator may name himself, and
   * revokes any message then. Source: contract/messages.md section 8.
   *
   * @throws NotPermitted
   * @throws UserNotFound
   * @throws RecordNotFound when there is no such message, or none the user may read
   * @throws AlreadyRevoked
   */
  async revoke(actor: Actor, { userID, conversationID, seq }: RevokeMessage): Promise<void> {
    assertSelf(actor, userID);
    const user = await this.users.get(userID);
    await this.transactions.run(async () => {
      const message = await this.find(actor, { userID, conversationID, seq });
      if (message.revocation) throw new AlreadyRevoked();
      const { groupID, sendID, sessionType } = message;
      const group = sessionType === SessionType.group;
      const self = group ? await this.groups.findMember(groupID, userID) : undefined;
      const sender = group ? await this.groups.findMember(groupID, sendID) : undefined;
      assertMayRevoke(actor, message, { userID, self, sender });
      const role = self?.roleLevel ?? user.appMangerLevel;
      const revocation: Revocation = { userID, role, nickname: user.nickname, time: Date.now() };
      // Whoever is a moment later finds it done.
      const { affected } = await this.transactions.manager.update(
        Message,
        { conversationID, seq, revocation: '' },
        { revocation: JSON.stringify(revocation) },
      );
      if (affected === 0) throw new AlreadyRevoked();
      await this.events.publish(new MessageRevoked(actor, message, revocation));
    });
  }

  /** @throws RecordNotFound */
  private async find(actor: Actor, { userID, conversationID, seq }: RevokeMessage): Promise<Message> {
    const message = await this.transactions.manager.findOneBy(Message, { conversationID, seq });
    const readable = await this.readable.one(userID, conversationID);
    const visible = message && readable && concerns(readable, message) && seq >= readable.min && seq <= readable.max;
    // A channel of notifications has nothing anybody said.
    const said = message && (visible || actor.isAdmin) && !isNotificationChannel(conversationID);
    if (!said) throw new RecordNotFound('msg not found');
    return message;
  }
}
