import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type FindAccounts,
  type NewNotificationAccount,
  NotificationAccountsService,
} from './notification-accounts.service.js';
import type { User } from './user.entity.js';
import {
  addNotificationAccountV3,
  searchNotificationAccountV3,
  type UpdateAccount,
  updateNotificationAccountV3,
} from './wire/v3-notification-accounts.js';

@ImController('users')
export class NotificationAccountsController {
  constructor(private readonly accounts: NotificationAccountsService) {}

  @ImCall({
    path: 'user/add_notification_account',
    summary: 'Creates an account that notifies users',
    v3: addNotificationAccountV3,
    by: 'admin',
  })
  add(@Input() account: NewNotificationAccount): Promise<User> {
    return this.accounts.add(account);
  }

  @ImCall({
    path: 'user/update_notification_account',
    summary: 'Changes name or avatar of an account that notifies users',
    v3: updateNotificationAccountV3,
    by: 'admin',
  })
  update(@CurrentActor() actor: Actor, @Input() { userID, nickname, faceURL }: UpdateAccount): Promise<void> {
    return this.accounts.update(actor, userID, { nickname, faceURL });
  }

  @ImCall({
    path: 'user/search_notification_account',
    summary: 'Finds accounts that notify users',
    v3: searchNotificationAccountV3,
    by: 'admin',
  })
  search(@Input() input: FindAccounts): Promise<{ total: number; accounts: User[] }> {
    return this.accounts.search(input);
  }
}
