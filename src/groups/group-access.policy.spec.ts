import { describe, expect, it } from 'vitest';
import { type Actor, systemActor } from '../core/actor.js';
import { ImError } from '../core/errors.js';
import { Role } from '../core/protocol.js';
import {
  assertAmongMembers,
  assertGroupAdmin,
  assertMayAnswerRequests,
  assertMaySeeRequest,
  assertMember,
} from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';

const caller: Actor = { userID: 'cleo', platformID: 1, isAdmin: false };
const self = (roleLevel: number): GroupMember => ({ userID: 'cleo', roleLevel }) as GroupMember;
const STRANGER = undefined;

/** Code and words of a refusal, undefined when there is none. */
function refusal(check: () => void): [string, string] | undefined {
  try {
    check();
  } catch (error) {
    if (error instanceof ImError) return [error.code, error.message];
    throw error;
  }
  return undefined;
}

const NOT_IN_GROUP = ['caller.not-permitted', 'op user not in group'];
const NO_RANK = ['caller.not-permitted', 'no group owner or admin'];

describe('What needs a membership', () => {
  it.each([Role.owner, Role.admin, Role.member])('is open to role %i', (role) => {
    expect(refusal(() => assertMember(caller, self(role)))).toBeUndefined();
    expect(refusal(() => assertAmongMembers(caller, self(role)))).toBeUndefined();
  });

  it('is closed to strangers', () => {
    expect(refusal(() => assertMember(caller, STRANGER))).toEqual(NOT_IN_GROUP);
    expect(refusal(() => assertAmongMembers(caller, STRANGER))).toEqual([
      'caller.not-permitted',
      'opUser in ownerUserIDs',
    ]);
  });
});

describe('What needs rank in the group', () => {
  it.each([Role.owner, Role.admin])('is open to role %i', (role) => {
    expect(refusal(() => assertGroupAdmin(caller, self(role)))).toBeUndefined();
    expect(refusal(() => assertMayAnswerRequests(caller, self(role)))).toBeUndefined();
    expect(refusal(() => assertMaySeeRequest(caller, 'ann', self(role)))).toBeUndefined();
  });

  it('is closed to ordinary members', () => {
    expect(refusal(() => assertGroupAdmin(caller, self(Role.member)))).toEqual(NO_RANK);
    expect(refusal(() => assertMayAnswerRequests(caller, self(Role.member)))).toEqual(NO_RANK);
    expect(refusal(() => assertMaySeeRequest(caller, 'ann', self(Role.member)))).toEqual([
      'caller.not-permitted',
      'opUser no permission',
    ]);
  });

  it('is closed to strangers, to whom requests are not there', () => {
    expect(refusal(() => assertGroupAdmin(caller, STRANGER))).toEqual(NOT_IN_GROUP);
    expect(refusal(() => assertMayAnswerRequests(caller, STRANGER))).toEqual([
      'record.not-found',
      'op user not in group',
    ]);
  });
});

describe('Whoever', () => {
  it('asked sees his own request', () => {
    expect(refusal(() => assertMaySeeRequest(caller, 'cleo', STRANGER))).toBeUndefined();
  });

  it('administers the application is refused nothing', () => {
    const root = systemActor('root');
    for (const assert of [assertMember, assertAmongMembers, assertGroupAdmin, assertMayAnswerRequests]) {
      expect(refusal(() => assert(root, STRANGER))).toBeUndefined();
    }
    expect(refusal(() => assertMaySeeRequest(root, 'ann', STRANGER))).toBeUndefined();
  });
});
