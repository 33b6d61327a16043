import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ImErrorCode } from '../core/errors.js';
import { ImSettings } from '../core/settings.js';
import { type AddressedRequest, ClientAddresses } from './client-addresses.js';
import { TooManyRequests } from './limits.errors.js';
import { type Rate, RateStore } from './rate-store.js';

/** What somebody may try to guess. */
type Guessed = 'secret' | 'token';

/**
 * Failures that a guess ends in. A token that has expired, was kicked or is in no store was signed rightly: whoever shows it
 * had a good one, and is to hear what became of it however often.
 */
const GUESSES: Partial<Record<ImErrorCode, Guessed>> = {
  'secret.wrong': 'secret',
  'token.malformed': 'token',
  'token.bad-signature': 'token',
};

/** Addresses that are known to have to wait. */
const MAX_WAITING = 10_000;

/** Milliseconds in which one address gets one line in the log. */
const TELL_EVERY_MS = 60_000;

/**
 * Bounds how often an address may be wrong. What is right costs nothing and is never counted. An address that was wrong too
 * often may not show any secret for a while, since the next one could be right; a good token always gets in, since nobody
 * guesses a signature of 256 bits.
 */
@Injectable()
export class FailedAttempts {
  private readonly logger = new Logger(FailedAttempts.name);
  private readonly rate: Rate | undefined;
  /** Network → when it may show a secret again, in milliseconds on a clock that only goes forward. */
  private readonly waiting = new LRUCache<string, number>({ max: MAX_WAITING });
  private readonly told = new LRUCache<string, true>({ max: MAX_WAITING, ttl: TELL_EVERY_MS });

  constructor(
    { limits }: ImSettings,
    private readonly addresses: ClientAddresses,
    private readonly store: RateStore,
  ) {
    const perMinute = limits.failuresPerMinutePerIP;
    if (perMinute > 0) this.rate = { perSecond: perMinute / 60, burst: perMinute };
  }

  /** Passes for an address that may show a secret. @throws TooManyRequests */
  assertMayShowSecret(request: AddressedRequest): void {
    // Almost always nobody waits, and then nobody's address has to be found.
    if (this.waiting.size === 0) return;
    const until = this.waiting.get(this.addresses.networkOf(request)) ?? 0;
    const retryAfterMs = until - performance.now();
    if (retryAfterMs > 0) throw new TooManyRequests(retryAfterMs);
  }

  /** True for a failure that {@link FailedAttempts.refusalOf} wants to hear of. */
  counts(code: ImErrorCode): boolean {
    return this.rate !== undefined && GUESSES[code] !== undefined;
  }

  /** Counts a wrong guess; answers what to say instead, when it is one too many. Never fails. */
  async refusalOf(request: AddressedRequest, code: ImErrorCode): Promise<TooManyRequests | undefined> {
    const guessed = GUESSES[code];
    if (!this.rate || !guessed) return undefined;
    const network = this.addresses.networkOf(request);
    try {
      const { allowed, retryAfterMs } = await this.store.take(`${guessed}:${network}`, 1, this.rate);
      if (retryAfterMs > 0) this.makeWait(network, guessed, retryAfterMs, request);
      return allowed ? undefined : new TooManyRequests(retryAfterMs);
    } catch (error) {
      this.logger.warn(`A wrong ${guessed} could not be counted: ${String(error)}`);
      return undefined;
    }
  }

  private makeWait(network: string, guessed: Guessed, retryAfterMs: number, request: AddressedRequest): void {
    if (guessed === 'secret') this.waiting.set(network, performance.now() + retryAfterMs);
    const key = `${guessed}:${network}`;
    if (this.told.get(key)) return;
    this.told.set(key, true);
    const advice = this.addresses.isBlurred(request)
      ? ': there seems to be a proxy, but TRUSTED_PROXIES is not set, so that all its clients count as one'
      : '';
    this.logger.warn(
      `${network} has shown ${this.rate!.burst} wrong ${guessed}s in a minute, and has to wait${advice}`,
    );
  }
}
