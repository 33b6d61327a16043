import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';
import type { ImageView } from './image.policy.js';

/** Path of the routes that honour tickets, below the REST routes. */
export const STORE_PATH = 'object-store';

/** What the bearer of a URL of ours may do, once or many times, until it expires. */
export type Permission =
  | { do: 'put'; upload: string; part: number; size: number }
  | { do: 'form'; upload: string; size: number }
  | { do: 'get'; key: string; type: string; name: string }
  | { do: 'image'; key: string; view: ImageView };

type Ticket = Permission & { until: number };

/** Separates what is said from its signature. */
const SEPARATOR = '.';

/**
 * Permissions that clients carry in URLs, signed like the tokens are: whoever has the URL may do the one thing it says.
 * Nothing is stored, so any process with the same `TOKEN_SECRET` honours them.
 */
@Injectable()
export class Tickets {
  private readonly key: KeyObject;

  constructor({ tokenSecret }: ImSettings) {
    // A key of its own, so that nothing signed here can be taken for a token, nor the other way round.
    this.key = createSecretKey(createHmac('sha256', tokenSecret).update('openim-nest object-store').digest());
  }

  /**
   * A URL that permits what is said.
   *
   * @param until epoch milliseconds
   * @param base where the client reaches the REST routes
   */
  url(permission: Permission, until: number, base: string): string {
    return `${base}/${STORE_PATH}?ticket=${this.issue(permission, until)}`;
  }

  /** What a ticket permits, undefined when it is not ours, is for something else, or has expired. */
  open<Do extends Permission['do']>(ticket: unknown, purpose: Do): Extract<Permission, { do: Do }> | undefined {
    if (typeof ticket !== 'string') return undefined;
    const [text = '', signature = ''] = ticket.split(SEPARATOR, 2);
    const expected = this.signatureOf(text);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const said = JSON.parse(Buffer.from(text, 'base64url').toString()) as Ticket;
    return said.do === purpose && Date.now() < said.until ? (said as Extract<Ticket, { do: Do }>) : undefined;
  }

  private issue(permission: Permission, until: number): string {
    const text = Buffer.from(JSON.stringify({ ...permission, until } satisfies Ticket)).toString('base64url');
    return text + SEPARATOR + this.signatureOf(text).toString('base64url');
  }

  private signatureOf(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}
