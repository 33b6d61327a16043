import { beforeEach, describe, expect, it } from 'vitest';
import { NoBus } from '../cluster/bus.js';
import { platformsOf, Presence } from './presence.js';
import { MAX_IN_ALL, MAX_SUBSCRIPTIONS, Subscriptions } from './subscriptions.js';

describe('Presence', () => {
  let presence: Presence;
  beforeEach(() => {
    presence = new Presence(new NoBus());
  });
  const of = async (userID: string) => (await presence.connections([userID])).get(userID);
  const connection = (connID: string, platformID: number, more: object = {}) => ({
    connID,
    platformID,
    isBackground: false,
    token: '',
    nodeID: 'alone',
    openedAt: expect.any(Number) as number,
    ...more,
  });

  it('knows connections in the order they were opened', async () => {
    void presence.connected('ann', 5, 'b', { token: 't' });
    void presence.connected('ann', 1, 'a', { isBackground: true });
    void presence.connected('bob', 1, 'a');
    expect(await of('ann')).toEqual([connection('b', 5, { token: 't' }), connection('a', 1, { isBackground: true })]);
    expect([...(await presence.connections(['bob', 'cid', 'ann', 'bob'])).keys()]).toEqual(['bob', 'ann']);
  });

  it('forgets what is closed, and closing again is no error', async () => {
    void presence.connected('ann', 5, 'b');
    void presence.connected('ann', 1, 'a');
    presence.disconnected('ann', 'b');
    presence.disconnected('ann', 'b');
    presence.disconnected('bob', 'b');
    expect(await of('ann')).toEqual([connection('a', 1)]);
    presence.disconnected('ann', 'a');
    expect(await of('ann')).toBeUndefined();
  });

  it('follows a connection to the background and back', async () => {
    void presence.connected('ann', 1, 'a', { token: 't' });
    presence.moved('ann', 'a', true);
    expect(await of('ann')).toEqual([connection('a', 1, { token: 't', isBackground: true })]);
    presence.moved('ann', 'a', false);
    presence.moved('ann', 'closed', true);
    presence.moved('bob', 'closed', true);
    expect(await of('ann')).toEqual([connection('a', 1, { token: 't' })]);
    expect(await of('bob')).toBeUndefined();
  });

  it('does not change what it told', async () => {
    void presence.connected('ann', 1, 'a');
    const told = await of('ann');
    presence.moved('ann', 'a', true);
    presence.disconnected('ann', 'a');
    expect(told).toEqual([connection('a', 1)]);
  });

  it('tells whenever the platforms of a user change, and what they were', () => {
    const told: [string, readonly number[]][] = [];
    const toldToo: string[] = [];
    presence.onChange((userID, before) => told.push([userID, before]));
    presence.onChange((userID) => toldToo.push(userID));
    void presence.connected('ann', 11, 'a');
    void presence.connected('ann', 2, 'b');
    presence.disconnected('ann', 'a');
    void presence.connected('bob', 5, 'a');
    presence.disconnected('ann', 'b');
    expect(told).toEqual([
      ['ann', []],
      ['ann', [11]],
      ['ann', [2, 11]],
      ['bob', []],
      ['ann', [2]],
    ]);
    expect(toldToo).toEqual(told.map(([userID]) => userID));
  });

  it('tells of a change when it is known already', async () => {
    const known: Promise<unknown>[] = [];
    presence.onChange((userID) => known.push(of(userID)));
    void presence.connected('ann', 5, 'a');
    presence.disconnected('ann', 'a');
    expect(await Promise.all(known)).toEqual([[connection('a', 5)], undefined]);
  });

  it('tells nothing of what changes no platform', () => {
    void presence.connected('ann', 5, 'a');
    const told: string[] = [];
    presence.onChange((userID) => told.push(userID));
    void presence.connected('ann', 5, 'b');
    void presence.connected('ann', 5, 'b', { token: 't' });
    presence.moved('ann', 'b', true);
    presence.disconnected('ann', 'a');
    presence.disconnected('ann', 'a');
    presence.disconnected('bob', 'a');
    expect(told).toEqual([]);
    void presence.connected('ann', 2, 'b');
    expect(told).toEqual(['ann']);
  });

  it('lists each platform once, ascending', () => {
    expect(platformsOf([connection('a', 11), connection('b', 2), connection('c', 11)])).toEqual([2, 11]);
  });
});

describe('Subscriptions', () => {
  it('hold each user once, up to a bound', () => {
    const subscriptions = new Subscriptions(new NoBus());
    expect(subscriptions.add('ann', ['bob', 'cid', 'bob'])).toBe(true);
    expect(subscriptions.of('ann')).toEqual(['bob', 'cid']);
    const many = Array.from({ length: MAX_SUBSCRIPTIONS - 1 }, (_, i) => `u${i}`);
    expect(subscriptions.add('ann', many)).toBe(false);
    expect(subscriptions.of('ann')).toEqual(['bob', 'cid']);
    expect(subscriptions.add('ann', many.slice(1))).toBe(true);
    expect(subscriptions.add('ann', ['bob'])).toBe(true);
    expect(subscriptions.of('ann')).toHaveLength(MAX_SUBSCRIPTIONS);
  });

  it('tell who watches whom', () => {
    const subscriptions = new Subscriptions(new NoBus());
    const watchers = () => ['ann', 'bob', 'cid'].map((userID) => subscriptions.watchersOf(userID).toSorted().join());
    subscriptions.add('ann', ['bob', 'cid', 'bob']);
    subscriptions.add('bob', ['cid']);
    subscriptions.add('bob', ['bob']);
    expect(watchers()).toEqual(['', 'ann,bob', 'ann,bob']);
    subscriptions.remove('ann', ['cid', 'ann']);
    subscriptions.remove('dan', ['bob']);
    expect(watchers()).toEqual(['', 'ann,bob', 'bob']);
    const told = subscriptions.watchersOf('bob');
    subscriptions.forget(['bob', 'dan']);
    expect(watchers()).toEqual(['', 'ann', '']);
    subscriptions.remove('ann', ['bob']);
    expect(watchers()).toEqual(['', '', '']);
    expect(told.toSorted()).toEqual(['ann', 'bob']);
  });

  it('tell of nobody who would have watched too many', () => {
    const subscriptions = new Subscriptions(new NoBus());
    subscriptions.add(
      'ann',
      Array.from({ length: MAX_SUBSCRIPTIONS + 1 }, (_, i) => `u${i}`),
    );
    expect(subscriptions.watchersOf('u0')).toEqual([]);
  });

  it('are forgotten by who did not ask for longest, and then nobody is told of him', () => {
    const subscriptions = new Subscriptions(new NoBus());
    const many = Array.from({ length: MAX_SUBSCRIPTIONS }, (_, i) => `u${i}`);
    const fitting = Math.floor(MAX_IN_ALL / MAX_SUBSCRIPTIONS);
    for (let i = 0; i < fitting; i += 1) subscriptions.add(`s${i}`, many);
    expect(subscriptions.watchersOf('u0')).toHaveLength(fitting);
    subscriptions.of('s0');
    subscriptions.add('late', many);
    expect(subscriptions.of('s1')).toEqual([]);
    const watchers = subscriptions.watchersOf('u0');
    expect(watchers).toHaveLength(fitting);
    expect(watchers).toEqual(expect.arrayContaining(['s0', 'late']));
    expect(watchers).not.toContain('s1');
  });

  it('end one by one and together', () => {
    const subscriptions = new Subscriptions(new NoBus());
    subscriptions.add('ann', ['bob', 'cid']);
    subscriptions.remove('ann', ['bob', 'who']);
    expect(subscriptions.of('ann')).toEqual(['cid']);
    subscriptions.remove('ann', ['cid']);
    subscriptions.add('bob', ['ann']);
    subscriptions.forget(['bob', 'who']);
    expect([subscriptions.of('ann'), subscriptions.of('bob')]).toEqual([[], []]);
    expect(subscriptions.add('ann', [])).toBe(true);
  });
});
