import { describe, expect, it } from 'vitest';
import { ArgumentInvalid } from '../core/errors.js';
import type { FriendRequest } from './friend-request.entity.js';
import { FriendRequestHandled } from './friend.errors.js';
import { assertMayAgree, assertMayRefuse } from './friend.policy.js';

const request = (handleResult: number): FriendRequest => ({
  fromUserID: 'ann',
  toUserID: 'bob',
  handleResult,
  reqMsg: '',
  createTime: 1,
  handlerUserID: '',
  handleMsg: '',
  handleTime: 0,
  ex: '',
});

describe('An open request', () => {
  it('can be agreed to and refused', () => {
    expect(() => assertMayAgree(request(0))).not.toThrow();
    expect(() => assertMayRefuse(request(0))).not.toThrow();
  });
});

describe.each([1, -1])('A request that was answered with %s', (handleResult) => {
  it('is not agreed to', () => {
    expect(() => assertMayAgree(request(handleResult))).toThrow(
      new ArgumentInvalid('the friend request has been processed', 'handleResult'),
    );
  });

  it('is not refused', () => {
    expect(() => assertMayRefuse(request(handleResult))).toThrow(FriendRequestHandled);
    expect(() => assertMayRefuse(request(handleResult))).toThrow(
      'friend request has already been processed, from=ann, to=bob',
    );
  });
});
