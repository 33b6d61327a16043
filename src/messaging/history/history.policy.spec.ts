import { describe, expect, it } from 'vitest';
import { NotPermitted } from '../../core/errors.js';
import { Role, SessionType } from '../../core/protocol.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import { assertMayClear, assertMayRevoke, mayClear } from './history.policy.js';

const actor = { userID: 'me', platformID: 1, isAdmin: false };
const appAdmin = { ...actor, isAdmin: true };
const member = (userID: string, roleLevel?: number): GroupMember | undefined =>
  roleLevel === undefined ? undefined : ({ userID, roleLevel } as GroupMember);
const { owner, admin, member: ordinary } = Role;

describe('Taking a message from everybody', () => {
  const inGroup = { sessionType: SessionType.group, sendID: 'sender' };

  it.each([
    // the caller's role, the sender's role, whether he may
    [owner, owner, true],
    [owner, admin, true],
    [owner, ordinary, true],
    [owner, undefined, true],
    [admin, owner, false],
    [admin, admin, false],
    [admin, ordinary, true],
    [admin, undefined, true],
    [ordinary, owner, false],
    [ordinary, admin, false],
    [ordinary, ordinary, false],
    [ordinary, undefined, false],
    [undefined, ordinary, false],
    [undefined, undefined, false],
  ])('in a group: role %s on what role %s wrote: %s', (self, sender, may) => {
    const parties = { userID: 'me', self: member('me', self), sender: member('sender', sender) };
    const attempt = () => assertMayRevoke(actor, inGroup, parties);
    if (may) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(NotPermitted);
    expect(() => assertMayRevoke(appAdmin, inGroup, parties)).not.toThrow();
  });

  it.each([owner, admin, ordinary])("in a group: role %s on one's own", (role) => {
    const me = member('me', role);
    expect(() =>
      assertMayRevoke(actor, { ...inGroup, sendID: 'me' }, { userID: 'me', self: me, sender: me }),
    ).not.toThrow();
  });

  it("in a group: one's own no more once one has left", () => {
    const parties = { userID: 'me', self: undefined, sender: undefined };
    expect(() => assertMayRevoke(actor, { ...inGroup, sendID: 'me' }, parties)).toThrow('op user not in group');
  });

  it.each([SessionType.single, SessionType.notification])("in a chat of kind %s: one's own alone", (sessionType) => {
    const parties = { userID: 'me', self: undefined, sender: undefined };
    expect(() => assertMayRevoke(actor, { sessionType, sendID: 'me' }, parties)).not.toThrow();
    expect(() => assertMayRevoke(actor, { sessionType, sendID: 'you' }, parties)).toThrow('ownerUserID, you=MISSING');
    expect(() => assertMayRevoke(appAdmin, { sessionType, sendID: 'you' }, parties)).not.toThrow();
  });
});

describe('Clearing a conversation for everybody', () => {
  const group = { conversationID: 'sg_1', conversationType: SessionType.group };
  const none = new Set<string>();

  it.each([
    [owner, true],
    [admin, true],
    [ordinary, false],
    [undefined, false],
  ])('in a group with role %s: %s', (role, may) => {
    expect(mayClear(actor, group, { self: member('me', role), shared: none })).toBe(may);
    expect(mayClear(appAdmin, group, { self: member('me', role), shared: none })).toBe(true);
  });

  it('says what is missing', () => {
    expect(() => assertMayClear(actor, group, { self: undefined, shared: none })).toThrow('op user not in group');
    const self = member('me', ordinary);
    expect(() => assertMayClear(actor, group, { self, shared: none })).toThrow('no group owner or admin');
    const chat = { conversationID: 'si_a_b_c', conversationType: SessionType.single };
    const shared = new Set(['si_a_b_c']);
    expect(() => assertMayClear(actor, chat, { self: undefined, shared })).toThrow('others have a conversation');
  });

  it('is open to either side elsewhere', () => {
    for (const conversationType of [SessionType.single, SessionType.notification]) {
      expect(mayClear(actor, { conversationID: 'si_a_b', conversationType }, { self: undefined, shared: none })).toBe(
        true,
      );
    }
  });
});
