import { describe, expect, it } from 'vitest';
import { type Actor, systemActor } from '../core/actor.js';
import { NotPermitted } from '../core/errors.js';
import { GroupStatus, Role } from '../core/protocol.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupDismissed } from './group.errors.js';
import { assertMayInvite, assertMayKick, assertNotDismissed, mayBeKicked } from './group.policy.js';

const actor = (userID: string): Actor => ({ userID, platformID: 1, isAdmin: false });
const admin = (userID: string): Actor => ({ ...actor(userID), isAdmin: true });
const member = (userID: string, roleLevel: number): GroupMember => ({ userID, roleLevel }) as GroupMember;

const owner = member('olga', Role.owner);
const groupAdmin = member('gus', Role.admin);
const ann = member('ann', Role.member);
const bob = member('bob', Role.member);

/** The words of a refusal, undefined when there is none. */
function refusal(check: () => void): string | undefined {
  try {
    check();
  } catch (error) {
    if (error instanceof NotPermitted) return error.message;
    throw error;
  }
  return undefined;
}

describe('A dismissed group', () => {
  it('is told from all others', () => {
    const group = (status: number) => ({ groupID: 'g', status }) as Group;
    expect(() => assertNotDismissed(group(GroupStatus.dismissed))).toThrow(GroupDismissed);
    for (const status of [GroupStatus.ok, GroupStatus.banned, GroupStatus.muted]) {
      expect(() => assertNotDismissed(group(status))).not.toThrow();
    }
  });
});

describe('Inviting into a group', () => {
  it.each([owner, groupAdmin, ann])('is open to every member: $userID', (self) => {
    expect(refusal(() => assertMayInvite(actor(self.userID), self))).toBeUndefined();
  });

  it('is not open to strangers', () => {
    expect(refusal(() => assertMayInvite(actor('eve'), undefined))).toBe('op user not in group');
  });

  it('is open to administrators of the application, members or not', () => {
    expect(refusal(() => assertMayInvite(admin('root'), undefined))).toBeUndefined();
    expect(refusal(() => assertMayInvite(systemActor(), undefined))).toBeUndefined();
  });
});

describe('Removing members', () => {
  it('is for the owner and the group’s administrators', () => {
    expect(refusal(() => assertMayKick(actor('olga'), owner))).toBeUndefined();
    expect(refusal(() => assertMayKick(actor('gus'), groupAdmin))).toBeUndefined();
    expect(refusal(() => assertMayKick(actor('ann'), ann))).toBe('no group owner or admin');
    expect(refusal(() => assertMayKick(actor('eve'), undefined))).toBe('op user not in group');
  });

  it('is open to administrators of the application, whatever they are in the group', () => {
    for (const self of [undefined, ann, owner]) {
      expect(refusal(() => assertMayKick(admin('root'), self))).toBeUndefined();
    }
  });
});

describe('Who can be removed', () => {
  it.each<[string, GroupMember, GroupMember, boolean]>([
    ['the owner removes an administrator', owner, groupAdmin, true],
    ['the owner removes a member', owner, ann, true],
    ['an administrator removes a member', groupAdmin, ann, true],
    ['an administrator does not remove another', groupAdmin, member('gil', Role.admin), false],
    ['an administrator does not remove the owner', groupAdmin, owner, false],
    ['a member removes no member', ann, bob, false],
    ['a member does not remove the owner', ann, owner, false],
  ])('%s', (_rule, self, target, allowed) => {
    expect(mayBeKicked(actor(self.userID), self, target)).toBe(allowed);
  });

  it('nobody removes himself, not even an administrator of the application', () => {
    expect(mayBeKicked(actor('olga'), owner, owner)).toBe(false);
    expect(mayBeKicked(admin('ann'), ann, ann)).toBe(false);
  });

  it('an administrator of the application removes everybody else, the owner too', () => {
    for (const target of [owner, groupAdmin, ann]) {
      expect(mayBeKicked(admin('root'), undefined, target)).toBe(true);
      expect(mayBeKicked(admin('bob'), bob, target)).toBe(true);
    }
  });

  it('a stranger removes nobody', () => {
    expect(mayBeKicked(actor('eve'), undefined, ann)).toBe(false);
  });
});
