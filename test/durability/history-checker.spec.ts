import { describe, expect, it } from 'vitest';
import { ContentType } from '../../src/core/protocol.js';
import type {
  GroupChanged,
  Intent,
  ListChanged,
  Marked,
  Operation,
  Outcome,
  Registered,
  Seen,
  Sent,
} from './history.js';
import { complaintsOf } from './history-checker.js';
import { pair, type Stored, type StoredMessage } from './stored.js';

const CHAT = 'si_ann_bob';

/** A history of operations one after the other, each acknowledged unless it says otherwise. */
function historyOf(...operations: (Intent & { outcome?: Outcome; began?: number; ended?: number })[]): Operation[] {
  return operations.map((one, index) => ({ outcome: 'acknowledged', began: 2 * index, ended: 2 * index + 1, ...one }));
}

const sent = (text: string, more: Partial<Sent> = {}): Intent<Sent> & Partial<Sent> => ({
  kind: 'sent',
  conversationID: CHAT,
  sendID: 'ann',
  clientMsgID: `id of ${text}`,
  text,
  attempts: 1,
  ...more,
});

/** What is stored: messages with seqs in the order given, and whatever else is said. */
function storedOf(messages: readonly (Partial<StoredMessage> | string)[], more: Partial<Stored> = {}): Stored {
  const counters = new Map<string, number>();
  const rows = messages.map((given): StoredMessage => {
    const one: Partial<StoredMessage> = typeof given === 'string' ? { text: given } : given;
    const { conversationID = CHAT, text = '' } = one;
    const seq = (counters.get(conversationID) ?? 0) + 1;
    counters.set(conversationID, seq);
    const contentType = text ? ContentType.text : 0;
    return { conversationID, seq, sendID: 'ann', clientMsgID: `id of ${text}`, contentType, text, ...one };
  });
  return {
    messages: rows,
    counters,
    users: new Set(),
    groups: new Map(),
    members: new Set(),
    conversations: new Set(),
    friends: new Set(),
    blacks: new Set(),
    positions: new Map(),
    ...more,
  };
}

describe('The history checker on messages', () => {
  it('has nothing to say of what was acknowledged and is there, and of what is unknown, there or not', () => {
    const history = historyOf(sent('one'), sent('two', { outcome: 'unknown' }), sent('three', { outcome: 'unknown' }));
    expect(complaintsOf(history, storedOf(['one', 'two']))).toEqual([]);
  });

  it.each([
    ['an acknowledged message that is gone', [sent('one'), sent('two')], ['one'], /"two" .* is there 0 times/],
    ['an acknowledged message that is there twice', [sent('one')], ['one', 'one'], /"one" .* is there 2 times/],
    ['one that was retried and is there twice', [sent('one', { attempts: 2 })], ['one', 'one'], /2 attempts.* 2 times/],
    ['an unknown message that is there twice', [sent('one', { outcome: 'unknown' })], ['one', 'one'], /2 times/],
    ['a message nobody sent', [], ['one'], /nobody sent "one"/],
    [
      'a message in another chat',
      [sent('one')],
      [{ text: 'one', conversationID: 'si_ann_cid' }],
      /is there as .*si_ann_cid/,
    ],
    ['a message of another sender', [sent('one')], [{ text: 'one', sendID: 'bob' }], /is there as .*bob/],
    [
      'a message with another clientMsgID',
      [sent('one')],
      [{ text: 'one', clientMsgID: 'other' }],
      /is there as .*other/,
    ],
    ['a hole', [sent('one'), sent('two')], ['one', { text: 'two', seq: 3 }], /has seq 3 where 2 should be/],
    ['a seq twice', [sent('one'), sent('two')], ['one', { text: 'two', seq: 1 }], /has seq 1 where 2 should be/],
    ['the order turned round', [sent('one'), sent('two')], ['two', 'one'], /"two" has seq 1, though "one" with 2/],
    ['a refusal', [sent('one', { outcome: 'refused', refusal: 'no' })], [], /refused: .*"one".*: no/],
  ] as const)('finds %s', (_what, operations, messages, complaint) => {
    const complaints = complaintsOf(historyOf(...operations), storedOf(messages));
    expect(complaints.join('\n')).toMatch(complaint);
  });

  it('finds a counter that fell behind', () => {
    const stored = storedOf(['one'], { counters: new Map([[CHAT, 2]]) });
    expect(complaintsOf(historyOf(sent('one')), stored)).toEqual([`${CHAT} has 1 messages, and counts 2`]);
  });

  it('does not mind the order of what was under way at the same time', () => {
    const history = historyOf(sent('one', { began: 1, ended: 4 }), sent('two', { began: 2, ended: 3 }));
    expect(complaintsOf(history, storedOf(['two', 'one']))).toEqual([]);
  });

  it('finds what was seen and is not so any more', () => {
    const seen: Intent<Seen> = {
      kind: 'seen',
      conversationID: CHAT,
      maxSeq: 3,
      messages: [{ seq: 1, clientMsgID: 'id of another', text: 'one' }],
    };
    expect(complaintsOf(historyOf(sent('one'), seen), storedOf(['one']))).toEqual([
      `${CHAT} counts 1, and 3 was seen`,
      `${CHAT} has "one" (id of one) at 1, where "one" (id of another) was seen`,
    ]);
  });

  it('finds that somebody did not see what was acknowledged before', () => {
    const seen: Intent<Seen> = { kind: 'seen', conversationID: CHAT, maxSeq: 0, messages: [] };
    expect(complaintsOf(historyOf(sent('one'), seen), storedOf(['one']))).toEqual([
      `${CHAT} was seen to end at 0 after "one" with 1 was acknowledged`,
    ]);
  });

  it.each([
    ['fell', 1, /read up to 1, not from 2 to 2/],
    ['is beyond what was asked for', 3, /read up to 3, not from 2 to 2/],
  ])('finds a read position that %s', (_what, position, complaint) => {
    const marked: Intent<Marked> = { kind: 'marked', userID: 'bob', conversationID: CHAT, hasReadSeq: 2 };
    const history = historyOf(sent('one'), sent('two'), marked);
    const positions = new Map([[pair('bob', CHAT), position]]);
    expect(complaintsOf(history, storedOf(['one', 'two'], { positions })).join()).toMatch(complaint);
    positions.set(pair('bob', CHAT), 2);
    expect(complaintsOf(history, storedOf(['one', 'two'], { positions }))).toEqual([]);
  });
});

describe('The history checker on registrations', () => {
  const registered: Intent<Registered> = { kind: 'registered', userIDs: ['ann', 'bob', 'cid'] };

  it.each([
    ['acknowledged', 3, true],
    ['acknowledged', 2, false],
    ['acknowledged', 0, false],
    ['unknown', 3, true],
    ['unknown', 1, false],
    ['unknown', 0, true],
  ] as const)('that are %s with %i of 3 there: sound is %s', (outcome, there, sound) => {
    const users = new Set(registered.userIDs.slice(0, there));
    const complaints = complaintsOf(historyOf({ ...registered, outcome }), storedOf([], { users }));
    expect(complaints).toEqual(sound ? [] : [`of 3 users from ann on (${outcome}), ${there} are there`]);
  });
});

describe('The history checker on groups', () => {
  const GROUP = 'team';
  const changed = (change: GroupChanged['change'], userIDs: string[], more: Partial<GroupChanged> = {}) =>
    ({ kind: 'group', groupID: GROUP, change, userIDs, ...more }) as Intent<GroupChanged>;
  /** What is stored of the group. */
  const group = (members: string[], tips: number[], { left = [] as string[], dismissed = false } = {}): Stored =>
    storedOf(
      tips.map((contentType) => ({ conversationID: 'sg_team', contentType })),
      {
        groups: new Map([[GROUP, { dismissed }]]),
        members: new Set(members.map((userID) => pair(GROUP, userID))),
        conversations: new Set([...members, ...left].map((userID) => pair(userID, 'sg_team'))),
      },
    );
  const { groupCreated, memberInvited, memberKicked, groupDismissed } = ContentType;
  const life = [changed('created', ['ann', 'bob']), changed('invited', ['cid']), changed('kicked', ['bob'])];

  it('has nothing to say where each change is there', () => {
    const stored = group(['ann', 'cid'], [groupCreated, memberInvited, memberKicked], { left: ['bob'] });
    expect(complaintsOf(historyOf(...life), stored)).toEqual([]);
  });

  it('takes the last change for done or not when it is unknown', () => {
    const history = historyOf(...life.slice(0, 2), changed('kicked', ['bob'], { outcome: 'unknown' }));
    const before = group(['ann', 'bob', 'cid'], [groupCreated, memberInvited]);
    const after = group(['ann', 'cid'], [groupCreated, memberInvited, memberKicked], { left: ['bob'] });
    expect([...complaintsOf(history, before), ...complaintsOf(history, after)]).toEqual([]);
  });

  it.each([
    ['a member who was kicked', group(['ann', 'bob', 'cid'], [groupCreated, memberInvited, memberKicked])],
    ['no word of the invitation', group(['ann', 'cid'], [groupCreated, memberKicked], { left: ['bob'] })],
    [
      'the word of it twice',
      group(['ann', 'cid'], [groupCreated, memberInvited, memberInvited, memberKicked], { left: ['bob'] }),
    ],
    ['who left without the conversation', group(['ann', 'cid'], [groupCreated, memberInvited, memberKicked])],
    [
      'a dismissal nobody asked for',
      group([], [groupCreated, memberInvited, memberKicked, groupDismissed], {
        left: ['ann', 'bob', 'cid'],
        dismissed: true,
      }),
    ],
    ['nothing at all', storedOf([])],
  ])('finds %s', (_what, stored) => {
    expect(complaintsOf(historyOf(...life), stored).join()).toMatch(/^group team is /);
  });

  it('finds a group that is there in part after a founding that is unknown', () => {
    const history = historyOf(changed('created', ['ann', 'bob'], { outcome: 'unknown' }));
    expect(complaintsOf(history, storedOf([]))).toEqual([]);
    expect(complaintsOf(history, group(['ann', 'bob'], [groupCreated]))).toEqual([]);
    expect(complaintsOf(history, group(['ann'], [groupCreated]))).toHaveLength(1);
    expect(complaintsOf(history, group(['ann', 'bob'], []))).toHaveLength(1);
  });
});

describe('The history checker on lists', () => {
  const added: Intent<ListChanged> = { kind: 'friends', ownerUserID: 'ann', change: 'added', userIDs: ['bob', 'cid'] };
  const removed = { ...added, change: 'removed', userIDs: ['bob'] } as const;
  const told = (...friends: string[]): Partial<StoredMessage>[] =>
    friends.map((friend) => ({ conversationID: `si_ann_${friend}`, contentType: ContentType.friendApproved }));
  const both = ['ann bob', 'ann cid', 'bob ann', 'cid ann'];

  it('has nothing to say of friends that are, and of one who was struck off', () => {
    const stored = storedOf(told('bob', 'cid'), { friends: new Set(both) });
    expect(complaintsOf(historyOf(added), stored)).toEqual([]);
    const without = storedOf(told('bob', 'cid'), { friends: new Set(both.slice(1)) });
    expect(complaintsOf(historyOf(added, removed), without)).toEqual([]);
    const unknown = { ...removed, outcome: 'unknown' } as const;
    expect([
      ...complaintsOf(historyOf(added, unknown), without),
      ...complaintsOf(historyOf(added, unknown), stored),
    ]).toEqual([]);
  });

  it.each([
    ['one who is missing', storedOf(told('bob', 'cid'), { friends: new Set(both.slice(1)) }), /bob is not listed/],
    [
      'one who does not list him',
      storedOf(told('bob', 'cid'), { friends: new Set(both.slice(0, 3)) }),
      /cid does not list ann/,
    ],
    ['one who was told twice', storedOf(told('bob', 'bob', 'cid'), { friends: new Set(both) }), /bob is told 2 times/],
    ['one who was not told', storedOf(told('bob'), { friends: new Set(both) }), /cid is told 0 times/],
  ])('finds %s', (_what, stored, complaint) => {
    expect(complaintsOf(historyOf(added), stored).join('\n')).toMatch(complaint);
  });

  it('finds half of a request that is unknown', () => {
    const history = historyOf({ ...added, outcome: 'unknown' });
    expect(complaintsOf(history, storedOf([]))).toEqual([]);
    expect(complaintsOf(history, storedOf(told('bob', 'cid'), { friends: new Set(both) }))).toEqual([]);
    const half = storedOf(told('bob'), { friends: new Set(['ann bob', 'bob ann']) });
    expect(complaintsOf(history, half)).not.toEqual([]);
  });

  it('finds one who is blocked still', () => {
    const block = { ...added, kind: 'blacks', userIDs: ['eve'] } as const;
    const stored = storedOf([], { blacks: new Set(['ann eve']) });
    expect(complaintsOf(historyOf(block), stored)).toEqual([]);
    const complaints = complaintsOf(historyOf(block, { ...block, change: 'removed' }), stored);
    expect(complaints.join()).toMatch(/eve is listed, and his removal acknowledged/);
  });
});
