import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Daily } from '../core/daily.js';
import { ImSettings } from '../core/settings.js';
import { Transactions } from '../database/transactions.js';
import { ThirdRepository } from './third.repository.js';

const DAY_MS = 86_400_000;

/** Logs that one transaction forgets at most. */
const BATCH = 500;

/**
 * Forgets logs of clients that are older than `logRetentionDays`, once a day at `retentionTime`, as an administrator would
 * who deletes them: the files stay where they were uploaded to.
 */
@Injectable()
export class LogRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LogRetention.name);
  private readonly daily: Daily;

  constructor(
    private readonly settings: ImSettings,
    private readonly transactions: Transactions,
    private readonly third: ThirdRepository,
  ) {
    this.daily = new Daily(settings.retentionTime, () => this.runAndTell());
  }

  onApplicationBootstrap(): void {
    if (this.settings.logRetentionDays > 0) this.daily.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.daily.stop();
  }

  /** Forgets what is too old by now. Answers how many logs that were. @param now epoch milliseconds */
  async run(now: number): Promise<number> {
    const days = this.settings.logRetentionDays;
    if (days === 0) return 0;
    const before = now - days * DAY_MS;
    for (let forgotten = 0; ;) {
      const some = await this.daily.step(() =>
        this.transactions.run(async () => {
          const logIDs = await this.third.oldestLogs(before, BATCH);
          await this.third.deleteLogs(logIDs);
          return logIDs.length;
        }),
      );
      forgotten += some;
      if (some < BATCH || this.daily.stopped) return forgotten;
    }
  }

  private async runAndTell(): Promise<void> {
    try {
      const forgotten = await this.run(Date.now());
      if (forgotten > 0) this.logger.log(`${forgotten} logs were older than ${this.settings.logRetentionDays} days`);
    } catch (error) {
      this.logger.error(`Old logs could not be forgotten, and are tried again tomorrow: ${String(error)}`);
    }
  }
}
