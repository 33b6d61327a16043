import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ImSettings } from '../core/settings.js';
import { type AddressedRequest, ClientAddresses } from './client-addresses.js';
import { TooManyRequests } from './limits.errors.js';
import { type Rate, RateStore } from './rate-store.js';

/** Seconds of full rate that may come at once. */
const BURST_SECONDS = 2;

/** How fast callers may ask, by address and by user. What is off costs nothing. */
@Injectable()
export class RequestLimits {
  private readonly perIP: Rate | undefined;
  private readonly perUser: Rate | undefined;
  private readonly connections: Rate | undefined;

  constructor(
    { limits }: ImSettings,
    private readonly addresses: ClientAddresses,
    private readonly store: RateStore,
  ) {
    this.perIP = rateOf(limits.requestsPerSecondPerIP);
    this.perUser = rateOf(limits.requestsPerSecondPerUser);
    this.connections = rateOf(limits.connectionsPerSecondPerIP);
  }

  /**
   * Counts a request for an operation; answers why it is refused, undefined when it is not.
   *
   * @param actor who bears a good token; undefined when nobody showed one
   */
  async refusalOf(
    request: AddressedRequest,
    actor: Pick<Actor, 'userID'> | undefined,
  ): Promise<TooManyRequests | undefined> {
    if (this.perIP) {
      const refusal = await this.take(`ip:${this.addresses.networkOf(request)}`, this.perIP);
      if (refusal) return refusal;
    }
    return this.perUser && actor ? this.take(`user:${actor.userID}`, this.perUser) : undefined;
  }

  /** Counts a client that wants a socket; answers why it is refused, undefined when it is not. */
  async connectionRefusalOf(request: AddressedRequest): Promise<TooManyRequests | undefined> {
    if (!this.connections) return undefined;
    return this.take(`socket:${this.addresses.networkOf(request)}`, this.connections);
  }

  private async take(key: string, rate: Rate): Promise<TooManyRequests | undefined> {
    const taking = this.store.take(key, 1, rate);
    const { allowed, retryAfterMs } = taking instanceof Promise ? await taking : taking;
    return allowed ? undefined : new TooManyRequests(retryAfterMs);
  }
}

function rateOf(perSecond: number): Rate | undefined {
  return perSecond === 0 ? undefined : { perSecond, burst: perSecond * BURST_SECONDS };
}
