import { describe, expect, it } from 'vitest';
import { type Actor, systemActor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { GroupStatus, Role } from '../core/protocol.js';
import { assertGroupAdmin, assertMember } from './group-access.policy.js';
import type { GroupMember } from './group-member.entity.js';
import type { Group } from './group.entity.js';
import { GroupDismissed, NotInGroup } from './group.errors.js';
import {
  assertKickList,
  assertMayDismiss,
  assertMayKick,
  assertMayMute,
  assertMayQuit,
  assertMaySetInfo,
  assertMaySetMember,
  assertMayTransfer,
  assertNotDismissed,
  invitesByRequest,
  kickProblem,
} from './group.policy.js';

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
    if (error instanceof NotPermitted || error instanceof ArgumentInvalid) return error.message;
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
    expect(refusal(() => assertMember(actor(self.userID), self))).toBeUndefined();
  });

  it('is not open to strangers', () => {
    expect(refusal(() => assertMember(actor('eve'), undefined))).toBe('op user not in group');
  });

  it('is open to administrators of the application, members or not', () => {
    expect(refusal(() => assertMember(admin('root'), undefined))).toBeUndefined();
    expect(refusal(() => assertMember(systemActor(), undefined))).toBeUndefined();
  });
});

describe('Removing members', () => {
  it('is for the owner and the group’s administrators', () => {
    expect(refusal(() => assertMayKick(actor('olga'), owner))).toBeUndefined();
    expect(refusal(() => assertMayKick(actor('gus'), groupAdmin))).toBeUndefined();
    expect(refusal(() => assertMayKick(actor('ann'), ann))).toBe('opUserID no permission');
    expect(refusal(() => assertMayKick(actor('eve'), undefined))).toBe('opUserID no in group');
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
    expect(kickProblem(actor(self.userID), self, target) === undefined).toBe(allowed);
  });

  it('nobody removes himself, not even an administrator of the application', () => {
    expect(kickProblem(actor('olga'), owner, owner)).toBeInstanceOf(ArgumentInvalid);
    expect(kickProblem(admin('ann'), ann, ann)).toBeInstanceOf(ArgumentInvalid);
  });

  it('an administrator of the application removes everybody else, the owner too', () => {
    for (const target of [owner, groupAdmin, ann]) {
      expect(kickProblem(admin('root'), undefined, target)).toBeUndefined();
      expect(kickProblem(admin('bob'), bob, target)).toBeUndefined();
    }
  });

  it('a stranger removes nobody', () => {
    expect(kickProblem(actor('eve'), undefined, ann)).toBeInstanceOf(NotPermitted);
  });
});

describe('A list of members to remove, of which one wrong name refuses all', () => {
  const named = (...members: GroupMember[]) => new Map(members.map((one) => [one.userID, one]));

  it.each<[string, Actor, GroupMember[], string | undefined]>([
    ['the owner', actor('gus'), [ann, owner], 'ownerUID can not Kick'],
    ['the owner, by an administrator of the application', admin('root'), [owner], 'ownerUID can not Kick'],
    ['the caller', actor('ann'), [ann, bob], 'opUserID in KickedUserIDs'],
    ['others', actor('olga'), [groupAdmin, ann], undefined],
  ])('names %s', (_, by, members, words) => {
    const userIDs = members.map(({ userID }) => userID);
    expect(refusal(() => assertKickList(by, userIDs, named(...members)))).toBe(words);
  });
});

describe('What is left to the owner and the administrators', () => {
  it('is closed to members and strangers, each told why', () => {
    for (const self of [owner, groupAdmin]) {
      expect(refusal(() => assertGroupAdmin(actor(self.userID), self))).toBeUndefined();
    }
    expect(refusal(() => assertGroupAdmin(actor('ann'), ann))).toBe('no group owner or admin');
    expect(refusal(() => assertGroupAdmin(actor('eve'), undefined))).toBe('op user not in group');
    expect(refusal(() => assertGroupAdmin(admin('root'), undefined))).toBeUndefined();
  });

  it('setting what the group says of itself is not there for strangers', () => {
    expect(() => assertMaySetInfo(actor('eve'), 'g', undefined)).toThrow(NotInGroup);
    expect(refusal(() => assertMaySetInfo(actor('ann'), 'g', ann))).toBe('no group owner or admin');
    expect(refusal(() => assertMaySetInfo(actor('gus'), 'g', groupAdmin))).toBeUndefined();
    expect(refusal(() => assertMaySetInfo(admin('root'), 'g', undefined))).toBeUndefined();
  });
});

describe('What is left to the owner', () => {
  it('is dismissing the group', () => {
    expect(refusal(() => assertMayDismiss(actor('olga'), owner))).toBeUndefined();
    expect(refusal(() => assertMayDismiss(admin('root'), undefined))).toBeUndefined();
    for (const self of [groupAdmin, ann, undefined]) {
      expect(refusal(() => assertMayDismiss(actor(self?.userID ?? 'eve'), self))).toBe('not group owner');
    }
  });

  it('is giving it away, and not leaving before', () => {
    const words = 'no permission transfer group owner';
    expect(refusal(() => assertMayTransfer(actor('olga'), 'olga', owner))).toBeUndefined();
    expect(refusal(() => assertMayTransfer(actor('gus'), 'olga', owner))).toBe(words);
    expect(refusal(() => assertMayTransfer(actor('gus'), 'gus', owner))).toBe(words);
    expect(refusal(() => assertMayTransfer(actor('gus'), 'gus', undefined))).toBe(words);
    expect(refusal(() => assertMayTransfer(admin('root'), 'gus', undefined))).toBeUndefined();
    expect(refusal(() => assertMayQuit(owner))).toBe("group owner can't quit");
    expect(refusal(() => assertMayQuit(groupAdmin))).toBeUndefined();
  });
});

describe('Inviting where joining is approved', () => {
  const group = (needVerification: number) => ({ needVerification }) as Group;

  it('asks first for whom an ordinary member brings, and only where everybody is approved', () => {
    expect(invitesByRequest(actor('ann'), group(1), ann)).toBe(true);
    for (const need of [0, 2]) expect(invitesByRequest(actor('ann'), group(need), ann)).toBe(false);
    for (const self of [owner, groupAdmin]) expect(invitesByRequest(actor(self.userID), group(1), self)).toBe(false);
    expect(invitesByRequest(admin('ann'), group(1), ann)).toBe(false);
    expect(invitesByRequest(admin('root'), group(1), undefined)).toBe(false);
  });
});

describe('Silencing a member', () => {
  it.each<[string, GroupMember, GroupMember, string | undefined, string | undefined]>([
    ['the owner, an administrator', owner, groupAdmin, undefined, undefined],
    ['the owner, a member', owner, ann, undefined, undefined],
    ['the owner, himself', owner, owner, 'set group owner mute', 'Can not set group owner unmute'],
    ['an administrator, a member', groupAdmin, ann, undefined, undefined],
    [
      'an administrator, another',
      groupAdmin,
      member('gil', Role.admin),
      'set group admin mute',
      'Can not set group admin unmute',
    ],
    ['an administrator, the owner', groupAdmin, owner, 'set group owner mute', 'Can not set group owner unmute'],
    ['a member, another', ann, bob, 'set group ordinary users mute', 'Can not set group ordinary users unmute'],
    ['a member, an administrator', ann, groupAdmin, 'set group admin mute', 'Can not set group admin unmute'],
  ])('%s', (_, self, target, muting, unmuting) => {
    const by = actor(self.userID);
    expect(refusal(() => assertMayMute(by, self, target))).toBe(muting);
    expect(refusal(() => assertMayMute(by, self, target, { unmuting: true }))).toBe(unmuting);
  });

  it('an administrator of the application, anybody', () => {
    for (const target of [owner, groupAdmin, ann]) {
      expect(refusal(() => assertMayMute(admin('root'), undefined, target))).toBeUndefined();
    }
  });
});

describe("Setting a member's name and role", () => {
  const OWN_ROLE = 'group owner can not change own role level';

  it.each<[string, GroupMember, GroupMember, number | undefined, string | undefined]>([
    ['the owner names himself', owner, owner, undefined, undefined],
    ['the owner gives up his role', owner, owner, Role.member, OWN_ROLE],
    ['the owner promotes', owner, ann, Role.admin, undefined],
    ['the owner demotes', owner, groupAdmin, Role.member, undefined],
    ['an administrator names the owner', groupAdmin, owner, undefined, 'admin can not change group owner'],
    [
      'an administrator names another',
      groupAdmin,
      member('gil', Role.admin),
      undefined,
      'admin can not change other group admin',
    ],
    ['an administrator names himself', groupAdmin, groupAdmin, undefined, undefined],
    ['an administrator steps down', groupAdmin, groupAdmin, Role.member, undefined],
    ['an administrator promotes', groupAdmin, ann, Role.admin, undefined],
    ['a member names himself', ann, ann, undefined, undefined],
    ['a member promotes himself', ann, ann, Role.admin, 'can not improve role level by self'],
    ['a member names another', ann, bob, undefined, 'ordinary users can not change other role level'],
    ['a member names the owner', ann, owner, undefined, 'ordinary users can not change other role level'],
  ])('%s', (_, self, target, roleLevel, words) => {
    expect(refusal(() => assertMaySetMember(actor(self.userID), self, target, roleLevel))).toBe(words);
  });

  it('is closed to strangers', () => {
    expect(refusal(() => assertMaySetMember(actor('eve'), undefined, ann, undefined))).toBe('user not in group');
  });

  it('lets an administrator of the application do all but depose the owner', () => {
    for (const target of [groupAdmin, ann]) {
      expect(refusal(() => assertMaySetMember(admin('root'), undefined, target, Role.admin))).toBeUndefined();
    }
    expect(refusal(() => assertMaySetMember(admin('root'), undefined, owner, undefined))).toBeUndefined();
    expect(refusal(() => assertMaySetMember(admin('root'), undefined, owner, Role.member))).toBe(OWN_ROLE);
  });
});
