import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type AnswerGroupRequest,
  GroupRequests,
  type JoinGroup,
  type RequestPage,
  type RequestSearch,
} from './group-requests.service.js';
import {
  getGroupApplicationUnhandledCountV3,
  getGroupUsersReqApplicationListV3,
  getRecvGroupApplicationListV3,
  getSpecifiedUserGroupRequestInfoV3,
  getUserReqGroupApplicationListV3,
  groupApplicationResponseV3,
  joinGroupV3,
} from './wire/v3-requests.js';

@ImController('groups')
export class GroupRequestsController {
  constructor(private readonly requests: GroupRequests) {}

  @ImCall({
    path: 'group/join_group',
    summary: 'Joins a group, or asks for it where joining is approved',
    v3: joinGroupV3,
    by: 'token',
  })
  join(@CurrentActor() actor: Actor, @Input() input: JoinGroup): Promise<void> {
    return this.requests.join(actor, input);
  }

  @ImCall({
    path: 'group/group_application_response',
    summary: 'Accepts or refuses a request to join a group',
    v3: groupApplicationResponseV3,
    by: 'token',
  })
  answer(@CurrentActor() actor: Actor, @Input() input: AnswerGroupRequest): Promise<void> {
    return this.requests.answer(actor, input);
  }

  @ImCall({
    path: 'group/get_recv_group_applicationList',
    summary: 'Reads a page of the requests a user decides about, newest first',
    v3: getRecvGroupApplicationListV3,
    by: 'token',
  })
  received(@CurrentActor() actor: Actor, @Input() input: RequestSearch): Promise<RequestPage> {
    return this.requests.received(actor, input);
  }

  @ImCall({
    path: 'group/get_user_req_group_applicationList',
    summary: 'Reads a page of the requests a user made, newest first',
    v3: getUserReqGroupApplicationListV3,
    by: 'token',
  })
  sent(@CurrentActor() actor: Actor, @Input() input: RequestSearch): Promise<RequestPage> {
    return this.requests.sent(actor, input);
  }

  @ImCall({
    path: 'group/get_group_users_req_application_list',
    summary: 'Reads the requests of some users to a group',
    v3: getGroupUsersReqApplicationListV3,
    by: 'token',
  })
  ofUsers(@CurrentActor() actor: Actor, @Input() input: { groupID: string; userIDs: string[] }): Promise<RequestPage> {
    return this.requests.ofUsers(actor, input);
  }

  @ImCall({
    path: 'group/get_specified_user_group_request_info',
    summary: 'Reads the request of a user to a group',
    v3: getSpecifiedUserGroupRequestInfoV3,
    by: 'token',
  })
  ofUser(@CurrentActor() actor: Actor, @Input() input: { groupID: string; userID: string }): Promise<RequestPage> {
    return this.requests.ofUser(actor, input);
  }

  @ImCall({
    path: 'group/get_group_application_unhandled_count',
    summary: 'Counts the requests a user has yet to decide about',
    v3: getGroupApplicationUnhandledCountV3,
    by: 'token',
  })
  countPending(@CurrentActor() actor: Actor, @Input() input: { userID: string; after: number }): Promise<number> {
    return this.requests.countPending(actor, input);
  }
}
