import { describe, expect, it } from 'vitest';
import { ImSettings } from '../core/settings.js';
import { ClientAddresses } from './client-addresses.js';
import { FailedAttempts } from './failed-attempts.js';
import { TooManyRequests } from './limits.errors.js';
import { MemoryRateStore } from './memory-rate-store.js';
import { RateStore } from './rate-store.js';

const from = (remoteAddress: string) => ({ socket: { remoteAddress }, headers: {} });
const mallory = from('198.51.100.7');

function attempts(failuresPerMinutePerIP: number, store: RateStore = new MemoryRateStore()): FailedAttempts {
  const settings = new ImSettings({ limits: { failuresPerMinutePerIP } });
  return new FailedAttempts(settings, new ClientAddresses(settings), store);
}

describe('Wrong secrets', () => {
  it('are answered as they are, so many a minute; then the address may show none', async () => {
    const failed = attempts(3);
    for (let time = 1; time <= 3; time += 1) {
      expect(() => failed.assertMayShowSecret(mallory)).not.toThrow();
      expect(await failed.refusalOf(mallory, 'secret.wrong')).toBeUndefined();
    }
    expect(() => failed.assertMayShowSecret(mallory)).toThrow(TooManyRequests);
    expect(await failed.refusalOf(mallory, 'secret.wrong')).toBeInstanceOf(TooManyRequests);
  });

  it('are nobody else’s business, but that of the same IPv6 network', async () => {
    const failed = attempts(1);
    await failed.refusalOf(from('2001:db8:1:2::1'), 'secret.wrong');
    expect(() => failed.assertMayShowSecret(from('2001:db8:1:3::1'))).not.toThrow();
    expect(() => failed.assertMayShowSecret(from('2001:db8:1:2:ffff::9'))).toThrow(TooManyRequests);
  });

  it('are not counted together with wrong tokens, which keep nobody from showing a secret', async () => {
    const failed = attempts(1);
    await failed.refusalOf(mallory, 'token.malformed');
    expect(await failed.refusalOf(mallory, 'token.bad-signature')).toBeInstanceOf(TooManyRequests);
    expect(() => failed.assertMayShowSecret(mallory)).not.toThrow();
    expect(await failed.refusalOf(mallory, 'secret.wrong')).toBeUndefined();
  });

  it('are not counted where nobody wants it', async () => {
    const failed = attempts(0);
    expect(failed.counts('secret.wrong')).toBe(false);
    for (let time = 1; time <= 50; time += 1) {
      expect(await failed.refusalOf(mallory, 'secret.wrong')).toBeUndefined();
    }
    expect(() => failed.assertMayShowSecret(mallory)).not.toThrow();
  });

  it('are answered as they are when nobody can count', async () => {
    class Away extends RateStore {
      override take(): Promise<never> {
        return Promise.reject(new Error('away'));
      }
    }
    expect(await attempts(1, new Away()).refusalOf(mallory, 'secret.wrong')).toBeUndefined();
  });
});

describe('A token that was good once', () => {
  it.each(['token.expired', 'token.kicked', 'token.not-in-store', 'token.missing'] as const)(
    'is no guess: %s',
    async (code) => {
      expect(attempts(1).counts(code)).toBe(false);
    },
  );
});
