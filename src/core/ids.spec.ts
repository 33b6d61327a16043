import { describe, expect, it } from 'vitest';
import {
  conversationIDOf,
  groupConversationID,
  newDecimalGroupID,
  newHexGroupID,
  newMessageID,
  notificationConversationID,
  singleConversationID,
} from './ids.js';
import { SessionType } from './protocol.js';

describe('The ID of a conversation of two', () => {
  it.each([
    ['ann', 'bob', 'si_ann_bob'],
    ['Bob', 'ann', 'si_Bob_ann'],
    ['10', '9', 'si_10_9'],
    ['ann', 'ann', 'si_ann_ann'],
    ['a', 'ab', 'si_a_ab'],
    ['a b', 'a', 'si_a_a b'],
    ['ä', 'z', 'si_z_ä'],
  ])('of %s and %s is %s, whoever writes', (a, b, expected) => {
    expect(singleConversationID(a, b)).toBe(expected);
    expect(singleConversationID(b, a)).toBe(expected);
  });

  it.each([
    ['～', '😀'],
    ['\u{FFFD}', '\u{10000}'],
    ['x\u{E000}', 'x\u{1F600}'],
  ])('sorts %s before %s, by bytes: JavaScript would put it behind', (first, second) => {
    expect(first > second).toBe(true);
    expect(singleConversationID(second, first)).toBe(`si_${first}_${second}`);
    expect(notificationConversationID(second, first)).toBe(`sn_${first}_${second}`);
  });

  it.each([
    ['a_', 'aa', 'si_a__aa'],
    ['a_', 'aA', 'si_aA_a_'],
    ['_', 'Z', 'si_Z__'],
    ['_', 'a', 'si___a'],
    ['a_b', 'a', 'si_a_a_b'],
  ])('takes "_" in %s and %s for a letter like others: %s', (a, b, expected) => {
    expect(singleConversationID(a, b)).toBe(expected);
    expect(singleConversationID(b, a)).toBe(expected);
  });
});

describe('The conversation of a message', () => {
  const message = { sendID: 'bob', recvID: 'ann', groupID: '' };

  it('is that of the two in a single chat', () => {
    expect(conversationIDOf({ ...message, sessionType: SessionType.single })).toBe('si_ann_bob');
  });

  it('is that of the group in a group, whoever is written to', () => {
    const inGroup = { ...message, groupID: 'g_1', sessionType: SessionType.group };
    expect(conversationIDOf(inGroup)).toBe('sg_g_1');
    expect(conversationIDOf({ ...inGroup, recvID: 'g_1' })).toBe(groupConversationID('g_1'));
  });

  it('is that of the two with a notification account, sorted as well', () => {
    expect(conversationIDOf({ ...message, sessionType: SessionType.notification })).toBe('sn_ann_bob');
  });
});

describe('New IDs', () => {
  it('of messages are 32 lower-case hex digits, and no two alike', () => {
    const ids = Array.from({ length: 10_000 }, () => newMessageID());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of v1 groups are 32 lower-case hex digits, and no two alike', () => {
    const ids = Array.from({ length: 1_000 }, newHexGroupID);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('of v2 and v3 groups are decimal, of at most ten digits, and below 2^32', () => {
    const ids = Array.from({ length: 1_000 }, newDecimalGroupID);
    for (const id of ids) expect(id).toMatch(/^[1-9]\d{0,9}$/);
    expect(Math.max(...ids.map(Number))).toBeLessThan(2 ** 32);
    expect(new Set(ids).size).toBeGreaterThan(990);
  });
});
