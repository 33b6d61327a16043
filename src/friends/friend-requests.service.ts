import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { RecordNotFound } from '../core/errors.js';
import { type Page, pageBounds } from '../core/pages.js';
import { assertOneOf, assertSelf } from '../core/permissions.js';
import { FriendAnswer, FriendSource } from '../core/protocol.js';
import { Transactions } from '../database/transactions.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import type { User } from '../users/user.entity.js';
import { UserNotFound } from '../users/user.errors.js';
import { UsersDeleted } from '../users/user.events.js';
import { UsersService } from '../users/users.service.js';
import type { FriendRequest } from './friend-request.entity.js';
import { FriendRequestRepository, type RequestFilter } from './friend-request.repository.js';
import { AlreadyFriends, CannotBefriendSelf } from './friend.errors.js';
import {
  FriendRequestAgreed,
  FriendRequestAgreeing,
  FriendRequested,
  FriendRequesting,
  FriendRequestRefused,
} from './friend.events.js';
import { assertMayAgree, assertMayRefuse } from './friend.policy.js';
import { FriendRepository } from './friend.repository.js';
import { Friendships } from './friendships.js';

/** Somebody asks somebody to be friends. */
export type AskFriend = Pick<FriendRequest, 'fromUserID' | 'toUserID' | 'reqMsg' | 'ex'>;

/** What the asked user answers. */
export interface AnswerFriend {
  fromUserID: string;
  toUserID: string;
  agree: boolean;
  handleMsg: string;
}

/** Requests to be friends as lists show them: with both users' accounts. */
export interface RequestList {
  total: number;
  requests: FriendRequest[];
  users: ReadonlyMap<string, User>;
}

/** Asking to be friends, and answering. Source: contract/v3/friend.md. */
@Injectable()
export class FriendRequestsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: ImEvents,
    private readonly users: UsersService,
    private readonly friendships: Friendships,
    private readonly friends: FriendRepository,
    private readonly requests: FriendRequestRepository,
  ) {}

  /**
   * Asks a user to be friends. Asking again replaces the request, whatever became of the one before.
   *
   * @throws NotPermitted, CannotBefriendSelf, UserNotFound
   * @throws AlreadyFriends when they are in both directions
   */
  async ask(actor: Actor, { fromUserID, toUserID, reqMsg, ex }: AskFriend): Promise<void> {
    assertSelf(actor, fromUserID);
    if (fromUserID === toUserID) throw new CannotBefriendSelf(toUserID);
    await this.events.ask(new FriendRequesting(actor, { fromUserID, toUserID, reqMsg, ex }));
    await this.transactions.run(async () => {
      const registered = await this.users.hold([fromUserID, toUserID]);
      for (const userID of [fromUserID, toUserID]) if (!registered.has(userID)) throw new UserNotFound(userID);
      const { listed, listing } = await this.friends.between(fromUserID, [toUserID]);
      if (listed.size > 0 && listing.size > 0) throw new AlreadyFriends();
      const request = {
        fromUserID,
        toUserID,
        handleResult: FriendAnswer.open,
        reqMsg,
        createTime: Date.now(),
        handlerUserID: '',
        handleMsg: '',
        handleTime: 0,
        ex,
      };
      await this.requests.put(request);
      await this.events.publish(new FriendRequested(request));
    });
  }

  /**
   * Answers a request. To agree makes the two friends in both directions, and answers a request the other way round too.
   *
   * @throws NotPermitted
   * @throws RecordNotFound when nobody asked
   * @throws ArgumentInvalid, FriendRequestHandled when it was answered before, to agree or to refuse
   */
  async answer(actor: Actor, { fromUserID, toUserID, agree, handleMsg }: AnswerFriend): Promise<void> {
    assertSelf(actor, toUserID);
    if (agree) await this.events.ask(new FriendRequestAgreeing(actor, { fromUserID, toUserID, handleMsg }));
    await this.transactions.run(async () => {
      // Whoever writes a request holds both accounts, so the request stays what it is until the end.
      await this.users.hold([fromUserID, toUserID]);
      const request = await this.requests.find(fromUserID, toUserID);
      if (!request) throw new RecordNotFound(`User ${fromUserID} did not ask ${toUserID} to be friends`);
      if (agree) await this.agree(actor, request, handleMsg);
      else await this.refuse(actor, request, handleMsg);
    });
  }

  /** A page of the requests a user received, or sent; newest first. @throws NotPermitted */
  async page(actor: Actor, filter: RequestFilter, page: Page): Promise<RequestList> {
    assertSelf(actor, filter.userID);
    const total = await this.requests.count(filter);
    const { offset, limit } = pageBounds(page, total);
    return this.withUsers(total, limit === 0 ? [] : await this.requests.page(filter, offset, limit));
  }

  /** The requests between two users: none, one, or one in each direction. @throws NotPermitted to somebody who is neither */
  async between(actor: Actor, fromUserID: string, toUserID: string): Promise<RequestList> {
    assertOneOf(actor, [fromUserID, toUserID]);
    const both = [await this.requests.find(fromUserID, toUserID), await this.requests.find(toUserID, fromUserID)];
    const requests = both.filter((request) => request !== undefined);
    return this.withUsers(requests.length, requests);
  }

  /** How many requests a user received after a moment (epoch milliseconds) and has not answered. @throws NotPermitted */
  async countOpen(actor: Actor, userID: string, after: number): Promise<number> {
    assertSelf(actor, userID);
    return this.requests.countOpen(userID, after);
  }

  /** Who is deleted asks nobody, and is asked by nobody. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    await this.requests.removeAllOf(userIDs);
  }

  private async agree(actor: Actor, request: FriendRequest, handleMsg: string): Promise<void> {
    assertMayAgree(request);
    const { fromUserID, toUserID } = request;
    const handled = { handleResult: FriendAnswer.agreed, handlerUserID: actor.userID, handleTime: Date.now() };
    const agreed = { ...request, ...handled, handleMsg };
    await this.requests.put(agreed);
    const opposite = await this.requests.find(toUserID, fromUserID);
    if (opposite?.handleResult === FriendAnswer.open) await this.requests.put({ ...opposite, ...handled });
    await this.friendships.add(toUserID, [fromUserID], {
      addSource: FriendSource.application,
      operatorUserID: fromUserID,
    });
    await this.events.publish(new FriendRequestAgreed(agreed));
  }

  private async refuse(actor: Actor, request: FriendRequest, handleMsg: string): Promise<void> {
    assertMayRefuse(request);
    const handled = { handleResult: FriendAnswer.refused, handlerUserID: actor.userID, handleTime: Date.now() };
    const refused = { ...request, ...handled, handleMsg };
    await this.requests.put(refused);
    await this.events.publish(new FriendRequestRefused(refused));
  }

  private async withUsers(total: number, requests: FriendRequest[]): Promise<RequestList> {
    const users = await this.users.getAll(requests.flatMap(({ fromUserID, toUserID }) => [fromUserID, toUserID]));
    return { total, requests, users };
  }
}
