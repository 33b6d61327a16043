import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

describe('What may be seen of a server', () => {
  it('is its metrics, for everybody who reaches it, and no traces', () => {
    const seen = { metrics: true, metricsToken: undefined, tracing: false, readyGraceMs: 0 };
    expect(readEnvironment({})).toMatchObject(seen);
  });

  it('is what it is told', () => {
    const env = { METRICS: 'off', METRICS_TOKEN: 'sixteen letters!', TRACING: 'true', READY_GRACE: '12' };
    const seen = { metrics: false, metricsToken: 'sixteen letters!', tracing: true, readyGraceMs: 12_000 };
    expect(readEnvironment(env)).toMatchObject(seen);
  });

  it.each([
    ['METRICS', 'true'],
    ['METRICS_TOKEN', 'fifteen letters'],
    ['TRACING', 'on'],
    ['READY_GRACE', '1.5'],
    ['READY_GRACE', '601'],
  ])('and nothing else: %s=%s', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(new RegExp(`1 mistake.*\n {2}- ${name} must `));
  });

  it('is never a token, though it is wrong', () => {
    expect(() => readEnvironment({ METRICS_TOKEN: 'hush' })).toThrow(/^(?![^]*hush)/);
  });
});
