import { describe, expect, it, vi } from 'vitest';
import { ImSettings } from '../core/settings.js';
import { type Permission, Tickets } from './tickets.js';

const PUT: Permission = { do: 'put', upload: 'u', part: 1, size: 5 };

function ticketOf(url: string): string {
  return new URL(url).searchParams.get('ticket') ?? '';
}

describe('A ticket', () => {
  const tickets = new Tickets(new ImSettings({ tokenSecret: 'one' }));
  const soon = () => Date.now() + 60_000;

  it('permits what it says', () => {
    const url = tickets.url(PUT, soon(), 'https://im.example.com/api');
    expect(url.startsWith('https://im.example.com/api/object-store?ticket=')).toBe(true);
    expect(tickets.open(ticketOf(url), 'put')).toMatchObject(PUT);
  });

  it('permits nothing else', () => {
    const ticket = ticketOf(tickets.url(PUT, soon(), 'http://x'));
    for (const purpose of ['get', 'form', 'image'] as const) expect(tickets.open(ticket, purpose)).toBeUndefined();
  });

  it('expires', () => {
    const ticket = ticketOf(tickets.url(PUT, soon(), 'http://x'));
    vi.useFakeTimers({ now: soon() + 1 });
    try {
      expect(tickets.open(ticket, 'put')).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  it('is honoured by every server with the same secret, and by no other', () => {
    const ticket = ticketOf(tickets.url(PUT, soon(), 'http://x'));
    expect(new Tickets(new ImSettings({ tokenSecret: 'one' })).open(ticket, 'put')).toMatchObject(PUT);
    expect(new Tickets(new ImSettings({ tokenSecret: 'two' })).open(ticket, 'put')).toBeUndefined();
  });

  it('cannot be changed', () => {
    const ticket = ticketOf(tickets.url(PUT, soon(), 'http://x'));
    for (let at = 0; at < ticket.length; at += 1) {
      const changed = ticket.slice(0, at) + (ticket[at] === 'A' ? 'B' : 'A') + ticket.slice(at + 1);
      // The last digit of Base64 has bits that say nothing.
      if (at !== ticket.length - 1) expect(tickets.open(changed, 'put')).toBeUndefined();
    }
    for (const nonsense of ['', '.', 'x', 'x.y', `${ticket}x`, ticket.split('.')[0], undefined, ['a'], 5]) {
      expect(tickets.open(nonsense, 'put')).toBeUndefined();
    }
  });
});
