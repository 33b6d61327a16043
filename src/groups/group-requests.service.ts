import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertSelf } from '../core/permissions.js';
import { HandleResult, Verification } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import type { User } from '../users/user.entity.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import { assertGroupAdmin, assertMayAnswerRequests, assertMaySeeRequest } from './group-access.policy.js';
import { GroupQueries } from './group-queries.service.js';
import type { GroupRequest } from './group-request.entity.js';
import { AlreadyInGroup, GroupRequestHandled, GroupRequestNotFound } from './group-request.errors.js';
import { GroupJoining, GroupJoinRequested, GroupRequestAnswered, MemberEntered } from './group-requests.events.js';
import { GroupRequestRepository, type RequestScope } from './group-requests.repository.js';
import type { Group } from './group.entity.js';
import { GroupIDsNotFound, GroupNotFound } from './group.errors.js';
import { assertNotDismissed } from './group.policy.js';
import { GroupRepository } from './group.repository.js';
import { GroupsService, type GroupSummary } from './groups.service.js';
import { type Joining, Membership } from './membership.js';

/** A user who wants to join a group. */
export interface JoinGroup {
  groupID: string;
  userID: string;
  /** One of `JoinSource`. */
  joinSource: number;
  /** To those who decide. */
  reqMsg: string;
  ex: string;
}

/** A user to be let into a group if those who decide agree. */
export interface Proposal {
  userID: string;
  /** The member who invited him, "" when he asks himself. */
  inviterUserID: string;
  joinSource: number;
  reqMsg: string;
  ex: string;
}

/** An answer to a request. */
export interface AnswerGroupRequest {
  groupID: string;
  userID: string;
  accepted: boolean;
  handleMsg: string;
}

/** Which page of which requests is asked for. Lists that are absent restrict nothing. */
export interface RequestSearch {
  /** Whose requests, or who decides about them. */
  userID: string;
  groupIDs?: readonly string[] | undefined;
  handleResults?: readonly number[] | undefined;
  page: Page;
}

/** A request with who and what it is about. */
export interface ShownRequest {
  request: GroupRequest;
  user: User | undefined;
  group: GroupSummary;
}

/** A page of requests, newest first. */
export interface RequestPage {
  total: number;
  requests: ShownRequest[];
}

/** Joining groups, and the requests of those who may not join at once. */
@Injectable()
export class GroupRequests {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly groupRows: GroupRepository,
    private readonly membership: Membership,
    private readonly queries: GroupQueries,
    private readonly requests: GroupRequestRepository,
  ) {}

  /**
   * SELF: the user joins the group where nobody approves, else asks for it.
   *
   * @throws NotPermitted, UserNotFound, GroupNotFound, GroupDismissed, AlreadyInGroup
   */
  async join(actor: Actor, { groupID, userID, joinSource, reqMsg, ex }: JoinGroup): Promise<void> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    assertNotDismissed(await this.group(groupID));
    await this.events.ask(new GroupJoining(actor, groupID, userID, joinSource, reqMsg, ex));
    await this.transactions.run(async () => {
      await this.users.holdOne(userID);
      const group = await this.lock(groupID);
      assertNotDismissed(group);
      if (await this.groupRows.member(groupID, userID)) throw new AlreadyInGroup(groupID, userID);
      if (group.needVerification === Verification.nobody) {
        await this.enter(actor, group, { userID, joinSource, inviterUserID: userID });
      } else {
        await this.propose(actor, group, [{ userID, inviterUserID: '', joinSource, reqMsg, ex }]);
      }
    });
  }

  /**
   * Stores requests that wait for an answer, each in place of the user's earlier one. Runs in the transaction of the
   * caller, who holds the accounts and the group's row.
   */
  async propose(actor: Actor, group: Group, invitees: readonly Proposal[]): Promise<void> {
    const reqTime = Date.now();
    const requests = invitees.map(({ userID, inviterUserID, joinSource, reqMsg, ex }) => ({
      groupID: group.groupID,
      userID,
      handleResult: HandleResult.pending,
      reqMsg,
      handleMsg: '',
      reqTime,
      handleUserID: '',
      handleTime: 0,
      joinSource,
      inviterUserID,
      ex,
    }));
    await this.requests.save(requests);
    if (requests.length > 0) await this.events.publish(new GroupJoinRequested(actor, group, requests));
  }

  /**
   * The owner or an administrator accepts or refuses a request. Who came into the group meanwhile stays as he is.
   *
   * @throws RecordNotFound when the actor is not in the group
   * @throws NotPermitted, GroupNotFound, GroupDismissed (accepting only), GroupRequestNotFound, GroupRequestHandled, UserNotFound
   */
  async answer(actor: Actor, { groupID, userID, accepted, handleMsg }: AnswerGroupRequest): Promise<void> {
    await this.transactions.run(async () => {
      const users = await this.users.hold([userID]);
      const locked = await this.groupRows.lock(groupID);
      assertMayAnswerRequests(actor, await this.groupRows.member(groupID, actor.userID));
      if (!locked) throw new GroupNotFound(groupID);
      if (accepted) assertNotDismissed(locked);
      const pending = await this.requests.find(groupID, userID);
      if (!pending) throw new GroupRequestNotFound(groupID, userID);
      if (pending.handleResult !== HandleResult.pending) throw new GroupRequestHandled();
      if (!users.has(userID)) throw new UserNotFound(userID);
      const handleResult = accepted ? HandleResult.accepted : HandleResult.refused;
      const request = { ...pending, handleResult, handleMsg, handleUserID: actor.userID, handleTime: Date.now() };
      await this.requests.save([request]);
      await this.events.publish(new GroupRequestAnswered(actor, locked, request));
      if (!accepted || (await this.groupRows.member(groupID, userID))) return;
      const { joinSource, inviterUserID } = request;
      await this.enter(actor, locked, { userID, joinSource, inviterUserID }, inviterUserID);
    });
  }

  /** SELF: requests to the groups the user owns or administers, or to those of the groups given. @throws NotPermitted */
  async received(actor: Actor, { userID, groupIDs, handleResults, page }: RequestSearch): Promise<RequestPage> {
    assertSelf(actor, userID);
    if (groupIDs) await this.queries.assertOfAll(actor, groupIDs, assertGroupAdmin);
    return this.page(groupIDs ? { groupIDs, handleResults } : { managerID: userID, handleResults }, page);
  }

  /** SELF: requests of the user. @throws NotPermitted, UserNotFound */
  async sent(actor: Actor, { userID, groupIDs, handleResults, page }: RequestSearch): Promise<RequestPage> {
    assertSelf(actor, userID);
    await this.users.get(userID);
    return this.page({ userIDs: [userID], groupIDs, handleResults }, page);
  }

  /** GADMIN: the requests of some users to one group. @throws NotPermitted, GroupIDsNotFound */
  async ofUsers(
    actor: Actor,
    { groupID, userIDs }: { groupID: string; userIDs: readonly string[] },
  ): Promise<RequestPage> {
    assertGroupAdmin(actor, await this.groups.findMember(groupID, actor.userID));
    if (!(await this.groups.find(groupID))) throw new GroupIDsNotFound([groupID]);
    return this.page({ groupIDs: [groupID], userIDs }, { pageNumber: 1, showNumber: userIDs.length });
  }

  /** The request of one user to one group, if there is one, for him and for those who decide. @throws NotPermitted */
  async ofUser(actor: Actor, { groupID, userID }: { groupID: string; userID: string }): Promise<RequestPage> {
    assertMaySeeRequest(actor, userID, await this.groups.findMember(groupID, actor.userID));
    return this.page({ groupIDs: [groupID], userIDs: [userID] }, { pageNumber: 1, showNumber: 1 });
  }

  /**
   * SELF: how many requests to the groups the user owns or administers wait for an answer.
   *
   * @param after only those made after this moment, in epoch milliseconds
   * @throws NotPermitted
   */
  async countPending(actor: Actor, { userID, after }: { userID: string; after: number }): Promise<number> {
    assertSelf(actor, userID);
    return this.requests.countPending(userID, after);
  }

  /** Who is deleted asks nothing any more. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.requests.removeOf(userIDs);
  }

  private async enter(actor: Actor, group: Group, joining: Joining, proposedBy = ''): Promise<void> {
    const { members, stamp } = await this.membership.add(actor, group.groupID, [joining]);
    await this.events.publish(new MemberEntered(actor, group, members[0], stamp, proposedBy));
  }

  private async page(scope: RequestScope, page: Page): Promise<RequestPage> {
    const total = await this.requests.count(scope);
    const bounds = pageBounds(page, total);
    const rows = bounds.limit === 0 ? [] : await this.requests.page(scope, bounds);
    const users = await this.users.getAll(rows.map(({ userID }) => userID));
    const groups = await this.queries.find(rows.map(({ groupID }) => groupID));
    const byID = new Map(groups.map((summary) => [summary.group.groupID, summary]));
    const requests = rows.map((request) => {
      const group = byID.get(request.groupID);
      if (!group) throw new GroupIDsNotFound([request.groupID]);
      return { request, user: users.get(request.userID), group };
    });
    return { total, requests };
  }

  private async group(groupID: string): Promise<Group> {
    const group = await this.groups.find(groupID);
    if (!group) throw new GroupNotFound(groupID);
    return group;
  }

  private async lock(groupID: string): Promise<Group> {
    const group = await this.groupRows.lock(groupID);
    if (!group) throw new GroupNotFound(groupID);
    return group;
  }
}
