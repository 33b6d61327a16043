import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { HealthIndicatorFunction, HealthIndicatorResult } from '@nestjs/terminus';
import type { HealthCheck } from './checks.js';

/** Milliseconds a check may take: who asks gives up after a second, as a rule. */
const LIMIT_MS = 900;

/** The checks an application has. */
export const HEALTH_CHECKS = Symbol('openim-nest:health-checks');

/**
 * Whether requests should be sent here. Terminus asks the indicators and writes the answer; it is loaded when somebody asks
 * first.
 *
 * @example
 * ```ts
 * \@Get('readyz')
 * \@HealthCheck()
 * ready() {
 *   return this.terminus.check([...this.imHealth.indicators(), () => this.mine.check()]);
 * }
 * ```
 */
@Injectable()
export class ImHealth implements OnModuleDestroy {
  private readonly logger = new Logger('health');
  private readonly failing = new Set<string>();
  private leaving = false;

  constructor(@Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[]) {}

  /** From now on `running` is down: whoever follows it sends no more requests. Those that come are answered still. */
  leave(): void {
    this.leaving = true;
  }

  onModuleDestroy(): void {
    this.leave();
  }

  /** `running`, and one for each check: `database` and `migrations`. */
  indicators(): HealthIndicatorFunction[] {
    return [() => this.running(), ...this.checks.map((check) => () => this.indicate(check))];
  }

  private running(): HealthIndicatorResult {
    return { running: this.leaving ? { status: 'down', message: 'the server is stopping' } : { status: 'up' } };
  }

  private async indicate(check: HealthCheck): Promise<HealthIndicatorResult> {
    const { HealthIndicatorService } = await import('@nestjs/terminus');
    return new HealthIndicatorService()
      .check(check.key)
      .attempt(() => this.look(check))
      .withTimeout(LIMIT_MS);
  }

  /** Says once that a check fails, and once that it does no more: it is asked every second. */
  private async look(check: HealthCheck): Promise<void> {
    const { key, failure } = check;
    try {
      await check.check();
    } catch (error) {
      if (!this.failing.has(key)) this.logger.warn(`not ready: ${failure}: ${String(error)}`);
      this.failing.add(key);
      throw new Error(failure, { cause: error });
    }
    if (this.failing.delete(key)) this.logger.warn(`ready again: ${key}`);
  }
}
