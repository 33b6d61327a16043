import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import type { Page } from '../core/pages.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { type OnlinePlatforms, Presence } from '../presence/presence.js';
import type { User } from './user.entity.js';
import { type NewUser, UsersService } from './users.service.js';
import {
  deleteUserV1,
  getAllUsersUidV1,
  getUserInfoV1,
  onlineStatusV1,
  type UpdateUser,
  updateUserInfoV1,
} from './wire/v1.js';
import { accountCheckV3, getUsersV3, userRegisterV3 } from './wire/v3.js';

@ImController('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly presence: Presence,
  ) {}

  @ImCall({
    path: 'user/user_register',
    summary: 'Registers users, all of them or none',
    v3: userRegisterV3,
    by: 'secret-or-admin',
  })
  register(@Input() input: NewUser[]): Promise<User[]> {
    return this.users.register(input);
  }

  @ImCall({
    path: 'user/update_user_info',
    summary: 'Changes the given members of a profile',
    v1: updateUserInfoV1,
    by: 'admin-or-self',
  })
  update(@CurrentActor() actor: Actor, @Input() { userID, profile }: UpdateUser): Promise<void> {
    // An ordinary caller gets here only where v1SelfService is on, and then acts for itself whoever it names.
    return this.users.update(actor.isAdmin ? userID : actor.userID, profile);
  }

  @ImCall({ path: 'user/get_user_info', summary: 'Reads profiles', v1: getUserInfoV1, by: 'admin' })
  getInfo(@Input() userIDs: string[]): Promise<Map<string, User>> {
    return this.users.getAll(userIDs);
  }

  @ImCall({ path: 'user/get_users', summary: 'Reads a page of all users, newest first', v3: getUsersV3, by: 'token' })
  getPage(@Input() page: Page): Promise<{ total: number; users: User[] }> {
    return this.users.page(page);
  }

  @ImCall({ path: 'user/account_check', summary: 'Tells which users are registered', v3: accountCheckV3, by: 'admin' })
  checkAccounts(@Input() userIDs: string[]): Promise<Set<string>> {
    return this.users.registered(userIDs);
  }

  @ImCall({
    path: 'user/get_users_online_status',
    summary: 'Tells who is online, and on which platforms',
    v1: onlineStatusV1,
    by: 'secret',
  })
  getOnlineStatus(@Input() userIDs: string[]): Promise<OnlinePlatforms> {
    return this.presence.onlinePlatforms(userIDs);
  }

  @ImCall({
    path: 'manager/get_all_users_uid',
    summary: 'Lists the IDs of all users',
    v1: getAllUsersUidV1,
    by: 'admin',
  })
  async getAllIDs(): Promise<string[]> {
    const all: string[] = [];
    for await (const slice of this.users.ids()) all.push(...slice);
    return all;
  }

  @ImCall({
    path: 'manager/delete_user',
    summary: 'Deletes users and ends their tokens',
    v1: deleteUserV1,
    by: 'admin',
  })
  delete(@Input() userIDs: string[]): Promise<string[]> {
    return this.users.delete(userIDs);
  }
}
