import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';
import { AuditRepository } from './audit.repository.js';

const DAY_MS = 86_400_000;

/** Milliseconds between two runs, and until the first one, when the start is over. */
const EVERY_MS = 3_600_000;
const FIRST_MS = 60_000;

/** Removes entries of the audit log that are older than they are to be kept, in steps that hold nobody up. */
@Injectable()
export class AuditRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AuditRetention.name);
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly settings: ImSettings,
    private readonly audit: AuditRepository,
  ) {}

  onApplicationBootstrap(): void {
    // Where nothing is noted any more, what was stays as it is: only an operator can want it gone.
    if (this.settings.auditLogDays === 0) return;
    const run = (): void => {
      this.running ??= this.run(Date.now())
        .catch((error: unknown) => this.logger.error(error))
        .finally(() => (this.running = undefined));
    };
    this.timers = [setTimeout(run, FIRST_MS).unref(), setInterval(run, EVERY_MS).unref()];
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.running;
  }

  /** Removes what is too old. @param now epoch milliseconds */
  async run(now: number): Promise<void> {
    const before = now - this.settings.auditLogDays * DAY_MS;
    while (!this.stopped && (await this.audit.removeSome(before)));
  }
}
