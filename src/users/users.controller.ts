import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import type { Page } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { StreamedList } from '../dialects/streamed-list.js';
import type { UpdateUser } from './profile.js';
import type { User } from './user.entity.js';
import { type NewUser, UsersService } from './users.service.js';
import { deleteUserV1, getAllUsersUidV1, getUserInfoV1, updateUserInfoV1 } from './wire/v1.js';
import {
  accountCheckV3,
  type FindUsers,
  getAllUsersUidV3,
  getUsersInfoV3,
  getUsersV3,
  userRegisterV3,
} from './wire/v3.js';
import { setGlobalMsgRecvOptV3, updateUserInfoExV3, updateUserInfoV3 } from './wire/v3-profile.js';

@ImController('users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

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
    v3: updateUserInfoV3,
    by: { v1: 'admin-or-self', v3: 'token' },
  })
  async update(@CurrentActor() actor: Actor, @Input() input: UpdateUser): Promise<void> {
    const userID = input.ordinaryCallersOwn && !actor.isAdmin ? actor.userID : input.userID;
    assertSelf(actor, userID);
    return this.users.update(actor, userID, input.profile);
  }

  @ImCall({
    path: 'user/update_user_info_ex',
    summary: 'Changes the given members of a profile, also to nothing',
    v3: updateUserInfoExV3,
    by: 'token',
  })
  updateEx(@CurrentActor() actor: Actor, @Input() input: UpdateUser): Promise<void> {
    return this.update(actor, input);
  }

  @ImCall({
    path: 'user/set_global_msg_recv_opt',
    summary: 'Says which messages a user wants at all',
    v3: setGlobalMsgRecvOptV3,
    by: 'token',
  })
  setReceiveOption(@CurrentActor() actor: Actor, @Input() input: UpdateUser): Promise<void> {
    return this.update(actor, input);
  }

  @ImCall({ path: 'user/get_user_info', summary: 'Reads profiles', v1: getUserInfoV1, by: 'admin' })
  getInfo(@Input() userIDs: string[]): Promise<Map<string, User>> {
    return this.users.getAll(userIDs);
  }

  @ImCall({ path: 'user/get_users', summary: 'Reads a page of users, newest first', v3: getUsersV3, by: 'token' })
  getPage(@Input() { page, filter }: FindUsers): Promise<{ total: number; users: User[] }> {
    return this.users.page(page, filter);
  }

  @ImCall({ path: 'user/get_users_info', summary: 'Reads profiles', v3: getUsersInfoV3, by: 'token' })
  getInfos(@Input() userIDs: string[]): Promise<Map<string, User>> {
    return this.users.getAll(userIDs);
  }

  @ImCall({
    path: 'user/get_all_users_uid',
    summary: 'Lists a page of the IDs of all users',
    v3: getAllUsersUidV3,
    by: 'token',
  })
  getIDs(@Input() page: Page): Promise<{ total: number; userIDs: string[] }> {
    return this.users.pageOfIDs(page);
  }

  @ImCall({ path: 'user/account_check', summary: 'Tells which users are registered', v3: accountCheckV3, by: 'admin' })
  checkAccounts(@Input() userIDs: string[]): Promise<Set<string>> {
    return this.users.registered(userIDs);
  }

  @ImCall({
    path: 'manager/get_all_users_uid',
    summary: 'Lists the IDs of all users',
    v1: getAllUsersUidV1,
    by: 'admin',
  })
  getAllIDs(): Promise<StreamedList<string>> {
    return StreamedList.of(this.users.ids());
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
