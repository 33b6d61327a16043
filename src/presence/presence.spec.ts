import { beforeEach, describe, expect, it } from 'vitest';
import { platformsOf, Presence } from './presence.js';
import { MAX_SUBSCRIPTIONS, Subscriptions } from './subscriptions.js';

describe('Presence', () => {
  let presence: Presence;
  beforeEach(() => {
    presence = new Presence();
  });
  const of = async (userID: string) => (await presence.connections([userID])).get(userID);
  const connection = (connID: string, platformID: number, more: object = {}) => ({
    connID,
    platformID,
    isBackground: false,
    token: '',
    ...more,
  });

  it('knows connections in the order they were opened', async () => {
    presence.connected('ann', 5, 'b', { token: 't' });
    presence.connected('ann', 1, 'a', { isBackground: true });
    presence.connected('bob', 1, 'a');
    expect(await of('ann')).toEqual([connection('b', 5, { token: 't' }), connection('a', 1, { isBackground: true })]);
    expect([...(await presence.connections(['bob', 'cid', 'ann', 'bob'])).keys()]).toEqual(['bob', 'ann']);
  });

  it('forgets what is closed, and closing again is no error', async () => {
    presence.connected('ann', 5, 'b');
    presence.connected('ann', 1, 'a');
    presence.disconnected('ann', 'b');
    presence.disconnected('ann', 'b');
    presence.disconnected('bob', 'b');
    expect(await of('ann')).toEqual([connection('a', 1)]);
    presence.disconnected('ann', 'a');
    expect(await of('ann')).toBeUndefined();
  });

  it('follows a connection to the background and back', async () => {
    presence.connected('ann', 1, 'a', { token: 't' });
    presence.moved('ann', 'a', true);
    expect(await of('ann')).toEqual([connection('a', 1, { token: 't', isBackground: true })]);
    presence.moved('ann', 'a', false);
    presence.moved('ann', 'closed', true);
    presence.moved('bob', 'closed', true);
    expect(await of('ann')).toEqual([connection('a', 1, { token: 't' })]);
    expect(await of('bob')).toBeUndefined();
  });

  it('does not change what it told', async () => {
    presence.connected('ann', 1, 'a');
    const told = await of('ann');
    presence.moved('ann', 'a', true);
    presence.disconnected('ann', 'a');
    expect(told).toEqual([connection('a', 1)]);
  });

  it('lists each platform once, ascending', () => {
    expect(platformsOf([connection('a', 11), connection('b', 2), connection('c', 11)])).toEqual([2, 11]);
  });
});

describe('Subscriptions', () => {
  it('hold each user once, up to a bound', () => {
    const subscriptions = new Subscriptions();
    expect(subscriptions.add('ann', ['bob', 'cid', 'bob'])).toBe(true);
    expect(subscriptions.of('ann')).toEqual(['bob', 'cid']);
    const many = Array.from({ length: MAX_SUBSCRIPTIONS - 1 }, (_, i) => `u${i}`);
    expect(subscriptions.add('ann', many)).toBe(false);
    expect(subscriptions.of('ann')).toEqual(['bob', 'cid']);
    expect(subscriptions.add('ann', many.slice(1))).toBe(true);
    expect(subscriptions.add('ann', ['bob'])).toBe(true);
    expect(subscriptions.of('ann')).toHaveLength(MAX_SUBSCRIPTIONS);
  });

  it('end one by one and together', () => {
    const subscriptions = new Subscriptions();
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
