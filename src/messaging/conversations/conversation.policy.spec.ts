import { describe, expect, it } from 'vitest';
import { ArgumentInvalid } from '../../core/errors.js';
import { assertNamesConversationOf } from './conversation.policy.js';

const naming = (conversationID: string, conversationType: number, peer: { userID?: string; groupID?: string }) => () =>
  assertNamesConversationOf('bob', { conversationID, conversationType, userID: '', groupID: '', ...peer });

describe('The ID of a conversation that is set', () => {
  it.each([
    ['si_ann_bob', 1, { userID: 'ann' }],
    ['si_bob_cid', 1, { userID: 'cid' }],
    ['si_bob_bob', 1, { userID: 'bob' }],
    ['si_a_b_bob', 1, { userID: 'a_b' }],
    ['g_1', 2, { groupID: '1' }],
    ['sg_1', 3, { groupID: '1' }],
    ['sn_ann_bob', 4, { userID: 'ann' }],
  ])('fits: %s of type %i', (conversationID, type, peer) => {
    expect(naming(conversationID, type, peer)).not.toThrow();
  });

  it.each([
    ['', 1, { userID: 'ann' }],
    ['si_bob_ann', 1, { userID: 'ann' }],
    ['si_ann_cid', 1, { userID: 'ann' }],
    ['n_ann_bob', 1, { userID: 'ann' }],
    ['sg_1', 1, { userID: 'ann' }],
    ['sg_1', 2, { groupID: '1' }],
    ['sg_2', 3, { groupID: '1' }],
    ['sn_bob_ann', 4, { userID: 'ann' }],
    ['si_ann_bob', 5, { userID: 'ann' }],
  ])('does not: %s of type %i', (conversationID, type, peer) => {
    expect(naming(conversationID, type, peer)).toThrow(ArgumentInvalid);
  });
});
