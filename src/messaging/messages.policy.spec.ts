import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Actor, systemActor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { GroupStatus, ReceiveOption, Role } from '../core/protocol.js';
import type { GroupMember } from '../groups/group-member.entity.js';
import type { Group } from '../groups/group.entity.js';
import { NotInGroup } from '../groups/group.errors.js';
import { GroupMuted, ReceiverRefuses, SenderMuted, SessionTypeUnknown } from './message.errors.js';
import { assertMaySendAs, assertMayWrite, assertReceives, assertSendable } from './messages.policy.js';
import { MAX_CONTENT_BYTES, type SendMessage } from './outgoing.js';

describe('A message that can be sent', () => {
  const single: SendMessage = { sendID: 'ann', recvID: 'bob', sessionType: 1, contentType: 101, content: '{}' };
  const inGroup: SendMessage = { sendID: 'ann', groupID: 'g', sessionType: 3, contentType: 101, content: '{}' };

  it('goes to a user or to a group', () => {
    expect(() => assertSendable(single)).not.toThrow();
    expect(() => assertSendable(inGroup)).not.toThrow();
  });

  it.each([0, 2, 5, -1, 1.5])('is of no other session type: %d', (sessionType) => {
    expect(() => assertSendable({ ...single, ...inGroup, sessionType })).toThrow(SessionTypeUnknown);
  });

  it.each<[string, SendMessage]>([
    ['sendID', { ...single, sendID: '' }],
    ['recvID', { ...single, recvID: '' }],
    ['recvID', { ...inGroup, sessionType: 1 }],
    ['groupID', { ...inGroup, groupID: '' }],
    ['groupID', { ...single, sessionType: 3 }],
  ])('has a %s', (field, message) => {
    expect(() => assertSendable(message)).toThrow(new ArgumentInvalid(`${field} is empty`, field));
  });

  it('holds 131072 bytes, counted as bytes', () => {
    expect(MAX_CONTENT_BYTES).toBe(131_072);
    for (const content of ['a'.repeat(131_072), '😀'.repeat(32_768)]) {
      expect(() => assertSendable({ ...single, content })).not.toThrow();
      expect(() => assertSendable({ ...single, content: `${content}a` })).toThrow(ArgumentInvalid);
    }
  });
});

describe('Sending in somebody’s name', () => {
  const ann: Actor = { userID: 'ann', platformID: 1, isAdmin: false };

  it('is for himself and for administrators', () => {
    expect(() => assertMaySendAs(ann, 'ann')).not.toThrow();
    expect(() => assertMaySendAs({ ...ann, isAdmin: true }, 'bob')).not.toThrow();
    expect(() => assertMaySendAs(systemActor(), 'bob')).not.toThrow();
  });

  it('is not for others, however alike their names are', () => {
    for (const userID of ['bob', 'Ann', 'ann ', '']) expect(() => assertMaySendAs(ann, userID)).toThrow(NotPermitted);
  });
});

describe('Writing in a group', () => {
  const NOW = 1_700_000_000_000;
  const group = (status: number): Group => ({ groupID: 'g', status }) as Group;
  const member = (roleLevel: number, muteEndTime = 0): GroupMember =>
    ({ groupID: 'g', userID: 'ann', roleLevel, muteEndTime }) as GroupMember;
  const writing = (status: number, sender: GroupMember | undefined) => () =>
    assertMayWrite(group(status), 'ann', sender);

  beforeEach(() => vi.useFakeTimers({ now: NOW }));
  afterEach(() => vi.useRealTimers());

  it('is for members', () => {
    for (const role of Object.values(Role)) expect(writing(GroupStatus.ok, member(role))).not.toThrow();
    expect(writing(GroupStatus.ok, undefined)).toThrow(NotInGroup);
  });

  it('is not for who is muted, up to the millisecond it ends', () => {
    expect(writing(GroupStatus.ok, member(Role.member, NOW + 1))).toThrow(SenderMuted);
    expect(writing(GroupStatus.ok, member(Role.member, NOW))).toThrow(SenderMuted);
    expect(writing(GroupStatus.ok, member(Role.member, NOW - 1))).not.toThrow();
  });

  it('is not for a muted administrator either', () => {
    expect(writing(GroupStatus.ok, member(Role.admin, NOW + 1))).toThrow(SenderMuted);
  });

  it('is for the owner and administrators alone while the group is muted', () => {
    expect(writing(GroupStatus.muted, member(Role.member))).toThrow(GroupMuted);
    expect(writing(GroupStatus.muted, member(Role.admin))).not.toThrow();
    expect(writing(GroupStatus.muted, member(Role.owner))).not.toThrow();
  });

  it('is always for the owner', () => {
    expect(writing(GroupStatus.muted, member(Role.owner, NOW + 1))).not.toThrow();
  });

  it('is refused to who is muted in a muted group for the mute of his own', () => {
    expect(writing(GroupStatus.muted, member(Role.member, NOW + 1))).toThrow(SenderMuted);
  });
});

describe('Receiving a message', () => {
  const { receive, refuse, withoutPush } = ReceiveOption;

  it.each<[number, number, string]>([
    [receive, receive, 'comes with a push'],
    [receive, withoutPush, 'comes without one'],
    [withoutPush, receive, 'comes without one'],
    [withoutPush, withoutPush, 'comes without one'],
    [withoutPush, refuse, 'comes without one'],
    [receive, refuse, 'does not come'],
    [refuse, receive, 'does not come'],
    [refuse, withoutPush, 'does not come'],
  ])('with the option %i for all and %i for the conversation: %s', (all, conversation, outcome) => {
    const receiving = () => assertReceives('bob', all, conversation);
    if (outcome === 'does not come') expect(receiving).toThrow(ReceiverRefuses);
    else expect(receiving()).toBe(outcome === 'comes without one');
  });
});
