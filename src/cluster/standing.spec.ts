import { beforeEach, describe, expect, it } from 'vitest';
import { PATIENCE_MS, Standing } from './standing.js';

/** The clock of Redis is elsewhere: all that matters is how it goes on. */
const REDIS = 1_000_000;

describe('What a node remembers', () => {
  let standing: Standing;
  beforeEach(() => {
    standing = new Standing();
  });
  const survey = (living: string[], at: number) => standing.surveyed(living, at, at);
  /** Our sign of life, sent at a time and heard at once. */
  const beat = (at: number) => standing.beaten(at, REDIS + at, at);
  const hear = (nodeID: string, number: number, at: number) => standing.heard(nodeID, number, REDIS + at);

  it('is trusted alone, for as long as the database tells of nobody', () => {
    expect(standing.isInStep(0)).toBe(false);
    expect(survey([], 0)).toEqual({ gone: [], lapsed: true });
    expect([standing.isInStep(900), standing.isInStep(1_100)]).toEqual([true, false]);
    expect(survey([], 900).lapsed).toBe(false);
    expect(survey([], 5_000).lapsed).toBe(true);
  });

  it('is trusted as long as everybody is heard', () => {
    survey(['b', 'c'], 0);
    expect(beat(10)).toBe(false);
    expect(standing.isInStep(11)).toBe(false);
    hear('b', 1, 20);
    expect(beat(30)).toBe(false);
    hear('c', 1, 40);
    expect(beat(50)).toBe(true);
    expect([standing.isInStep(1_040), standing.isInStep(1_060)]).toEqual([true, false]);
    hear('b', 2, 900);
    expect(beat(950)).toBe(false);
    expect(standing.isInStep(1_900)).toBe(true);
    // c was last heard at 40.
    survey(['b', 'c'], 1_500);
    beat(1_600);
    expect(standing.isInStep(1_960)).toBe(false);
  });

  it('is not trusted when nobody says who is there', () => {
    survey(['b'], 0);
    hear('b', 1, 10);
    expect(beat(20)).toBe(true);
    hear('b', 2, 1_400);
    beat(1_410);
    expect(standing.isInStep(1_420)).toBe(false);
  });

  it('is not trusted for longer than a node that was not heard waits', () => {
    // b is heard, is cut off, writes, and waits.
    survey(['b'], 0);
    hear('b', 1, 0);
    let last = 0;
    for (let at = 0; at < 10_000; at += 50) {
      survey(['b'], at);
      beat(at);
      if (standing.isInStep(at)) last = at;
    }
    expect(last).toBeGreaterThan(1_500);
    expect(last).toBeLessThan(PATIENCE_MS);
  });

  it('is void after a time without trust', () => {
    survey(['b'], 0);
    hear('b', 1, 0);
    beat(0);
    survey(['b'], 5_000);
    hear('b', 2, 5_000);
    expect(beat(5_001)).toBe(true);
    hear('b', 3, 5_300);
    expect(beat(5_301)).toBe(false);
  });

  it('may be what a node that was not heard has not heard of', () => {
    survey(['b', 'c'], 0);
    hear('b', 1, 0);
    hear('c', 1, 0);
    beat(10);
    expect(standing.isHarmless(5)).toBe(false);
    standing.acknowledged('b', 5);
    expect([standing.isHarmless(5), standing.isAcknowledged(5)]).toEqual([false, false]);
    // c is silent, and has nothing to trust in any more.
    beat(1_500);
    expect([standing.isHarmless(5), standing.isAcknowledged(5)]).toEqual([true, false]);
    standing.acknowledged('c', 6);
    expect(standing.isAcknowledged(5)).toBe(true);
  });
});

describe('Nodes', () => {
  it('come by being heard or surveyed, and go by good-bye or when the database has forgotten them', () => {
    const standing = new Standing();
    standing.heard('a', 1, REDIS);
    standing.surveyed(['b'], 0, 0);
    expect(standing.others.toSorted()).toEqual(['a', 'b']);
    // a may have come during the survey.
    expect(standing.surveyed(['b'], 500, 500).gone).toEqual([{ nodeID: 'a', heardAt: REDIS }]);
    standing.left('b');
    expect(standing.surveyed(['b'], 1_000, 1_000).gone).toEqual([]);
    expect(standing.count).toBe(0);
  });

  it('are asked what they said when some of it is lost', () => {
    const standing = new Standing();
    expect([7, 8, 10, 11].map((number) => standing.heard('a', number, REDIS))).toEqual([
      'first',
      'next',
      'gap',
      'next',
    ]);
  });

  it('count as absent once, until they are heard again', () => {
    const standing = new Standing();
    standing.heard('a', 1, REDIS);
    expect(standing.absentees(REDIS + 3_000)).toEqual([]);
    expect(standing.absentees(REDIS + 6_000)).toEqual([{ nodeID: 'a', heardAt: REDIS }]);
    expect(standing.absentees(REDIS + 7_000)).toEqual([]);
    expect(standing.heard('a', 2, REDIS + 8_000)).toBe('gap');
    expect(standing.absentees(REDIS + 20_000)).toHaveLength(1);
  });
});
