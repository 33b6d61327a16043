import { describe, expect, it } from 'vitest';
import type { MessageOptions } from '../outgoing.js';
import { effectiveOptions, isStored } from './options.js';

describe('The options of a message', () => {
  const options = (contentType: number, given?: object, quiet = false) =>
    effectiveOptions(given as MessageOptions | undefined, { contentType, quiet }) as MessageOptions;

  it('are the sender’s', () => {
    expect(options(101)).toBeUndefined();
    expect(options(101, { unreadCount: false, notPrivate: true })).toEqual({ unreadCount: false, notPrivate: true });
  });

  it('have no offline push where the receiver wants none', () => {
    expect(options(101, { offlinePush: true, notPrivate: true }, true)).toEqual({
      offlinePush: false,
      notPrivate: true,
    });
  });

  it.each<[number, string[]]>([
    [
      113,
      [
        'conversationUpdate',
        'history',
        'offlinePush',
        'persistent',
        'senderConversationUpdate',
        'senderSync',
        'unreadCount',
      ],
    ],
    [2200, ['conversationUpdate', 'offlinePush', 'senderConversationUpdate', 'unreadCount']],
    [111, ['offlinePush', 'unreadCount']],
  ])('of type %i are off whatever the sender says', (contentType, off) => {
    const forced = options(contentType, { history: true, unreadCount: true, notPrivate: true });
    expect(forced).toMatchObject({ notPrivate: true });
    const names = Object.entries(forced).flatMap(([name, on]) => (on ? [] : [name]));
    expect(names.sort()).toEqual(off);
    expect(isStored(forced)).toBe(contentType !== 113);
  });

  it('are not changed where they are', () => {
    expect(() => options(113, Object.freeze({ history: true }), true)).not.toThrow();
  });
});
