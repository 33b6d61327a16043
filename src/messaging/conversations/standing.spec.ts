import { describe, expect, it } from 'vitest';
import { type RawStanding, standingsOf, unreadOf, unreadOfAll } from './standing.js';

const raw = (more: Partial<RawStanding> = {}): RawStanding => ({
  conversationID: 'c',
  isPinned: 0,
  recvMsgOpt: 0,
  ownMinSeq: 0,
  ownMaxSeq: 0,
  minSeq: 0,
  maxSeq: 10,
  hasReadSeq: null,
  newestTime: 1000,
  ...more,
});

describe('Standings', () => {
  it('are numbers, whatever the database makes of them', () => {
    const row = raw({ isPinned: '1', maxSeq: '10', hasReadSeq: '4', newestTime: '1700000000000' });
    expect(standingsOf([row])).toEqual([
      { conversationID: 'c', isPinned: true, recvMsgOpt: 0, maxSeq: 10, readSeq: 4, newestTime: 1700000000000 },
    ]);
  });

  it.each<[string, Partial<RawStanding>, number, number]>([
    ['nothing read', {}, 10, 10],
    ['all read', { hasReadSeq: 10 }, 10, 0],
    ['cleared by the owner', { ownMinSeq: 8 }, 10, 3],
    ['cleared for everybody', { minSeq: 9 }, 10, 2],
    ['left at 6', { ownMaxSeq: 6, hasReadSeq: 2 }, 6, 4],
    ['left at 6 after reading all', { ownMaxSeq: 6, hasReadSeq: 6 }, 6, 0],
    ['left at the end', { ownMaxSeq: 10 }, 10, 10],
  ])('count as unread what the owner may read: %s', (_name, row, maxSeq, unread) => {
    const [standing] = standingsOf([raw(row)]);
    expect(standing.maxSeq).toBe(maxSeq);
    expect(unreadOf(standing)).toBe(unread);
  });

  it.each<[string, Partial<RawStanding>]>([
    ['no message', { maxSeq: 0 }],
    ['everything cleared', { ownMinSeq: 11 }],
    ['everything cleared for everybody', { minSeq: 11 }],
    ['left before what is left', { ownMaxSeq: 5, minSeq: 6 }],
  ])('leave out what holds nothing to read: %s', (_name, row) => {
    expect(standingsOf([raw(row)])).toEqual([]);
  });

  it('come pinned first, then newest, ties by ID, and lose none', () => {
    const rows = [
      raw({ conversationID: 'old', newestTime: 1 }),
      raw({ conversationID: 'b' }),
      raw({ conversationID: 'a' }),
      raw({ conversationID: 'pinned', isPinned: true, newestTime: 0 }),
    ];
    const standings = standingsOf(rows);
    expect(standings.map(({ conversationID }) => conversationID)).toEqual(['pinned', 'a', 'b', 'old']);
    expect(unreadOfAll(standings)).toBe(40);
  });
});
