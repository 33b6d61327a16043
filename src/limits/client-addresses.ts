import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { TrustedProxies } from '../core/addresses.js';
import { ImSettings } from '../core/settings.js';

/** What of a request tells where it came from: Node's, Express's and Fastify's have it. */
export interface AddressedRequest {
  socket?: { remoteAddress?: string | undefined } | null;
  headers: IncomingHttpHeaders | Record<string, string | string[] | undefined>;
}

/** Where requests come from, behind the proxies the operator trusts. */
@Injectable()
export class ClientAddresses {
  private readonly proxies: TrustedProxies;

  constructor({ trustedProxies }: ImSettings) {
    this.proxies = new TrustedProxies(trustedProxies);
  }

  /** The address of the client; "" when its socket is gone. */
  of({ socket, headers }: AddressedRequest): string {
    return this.proxies.clientOf(socket?.remoteAddress, headers['x-forwarded-for']);
  }

  /** A proxy seems to stand before us, and none is trusted: all its clients have one address. */
  isBlurred({ headers }: AddressedRequest): boolean {
    return !this.proxies.any && headers['x-forwarded-for'] !== undefined;
  }
}
