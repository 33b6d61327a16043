import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { networkOf, TrustedProxies } from '../core/addresses.js';
import { ImSettings } from '../core/settings.js';

/** What of a request tells where it came from: Node's, Express's and Fastify's have it. */
export interface AddressedRequest {
  socket?: { remoteAddress?: string | undefined } | null;
  headers: IncomingHttpHeaders | Record<string, string | string[] | undefined>;
}

/** Ways requests came that are remembered: to look at one again costs ten times as much as all else about limits. */
const MAX_KNOWN = 10_000;

/** Longest way that is remembered. Who writes a longer header has it read every time. */
const MAX_WAY = 256;

interface Client {
  address: string;
  network: string;
}

/** Where requests come from, behind the proxies the operator trusts. */
@Injectable()
export class ClientAddresses {
  private readonly proxies: TrustedProxies;
  private readonly known = new LRUCache<string, Client>({ max: MAX_KNOWN });

  constructor({ trustedProxies }: ImSettings) {
    this.proxies = new TrustedProxies(trustedProxies);
  }

  /** The address of the client; "" when its socket is gone. */
  of(request: AddressedRequest): string {
    return this.find(request).address;
  }

  /** What limits count the client by, see {@link networkOf}. */
  networkOf(request: AddressedRequest): string {
    return this.find(request).network;
  }

  /** A proxy seems to stand before us, and none is trusted: all its clients have one address. */
  isBlurred({ headers }: AddressedRequest): boolean {
    return !this.proxies.any && headers['x-forwarded-for'] !== undefined;
  }

  private find({ socket, headers }: AddressedRequest): Client {
    const remote = socket?.remoteAddress;
    const forwarded = this.proxies.any ? headers['x-forwarded-for'] : undefined;
    const way = forwarded === undefined ? `${remote}` : `${remote} ${String(forwarded)}`;
    const known = this.known.get(way);
    if (known) return known;
    const address = this.proxies.clientOf(remote, forwarded);
    const client = { address, network: networkOf(address) };
    if (way.length <= MAX_WAY) this.known.set(way, client);
    return client;
  }
}
