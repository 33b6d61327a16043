import { Injectable } from '@nestjs/common';
import { IM_MIGRATIONS } from '../database/migrations/all.js';
import { Transactions } from '../database/transactions.js';

/** Something without which requests are better sent elsewhere. */
export interface HealthCheck {
  /** What it is called in the answer. */
  readonly key: string;
  /** What the answer says when it fails: everybody may read it. Why, is told to the log alone. */
  readonly failure: string;
  /** @throws when it is not well */
  check(): Promise<void>;
}

/** The database answers. At most one question is under way: a silent database must not have them pile up. */
@Injectable()
export class DatabaseCheck implements HealthCheck {
  readonly key = 'database';
  readonly failure = 'the database does not answer';
  private asking: Promise<void> | undefined;

  constructor(private readonly transactions: Transactions) {}

  check(): Promise<void> {
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  private async ask(): Promise<void> {
    await this.transactions.dataSource.query('SELECT 1');
  }
}

/** All of our migrations have run. Once they have, nobody asks again. */
@Injectable()
export class MigrationsCheck implements HealthCheck {
  readonly key = 'migrations';
  readonly failure = 'migrations are pending';
  private done = false;

  constructor(private readonly transactions: Transactions) {}

  async check(): Promise<void> {
    if (this.done) return;
    const { dataSource } = this.transactions;
    const table = dataSource.options.migrationsTableName ?? 'migrations';
    const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM ${dataSource.driver.escape(table)}`);
    const ran = new Set(rows.map(({ name }) => name));
    const pending = IM_MIGRATIONS.map((Migration) => new Migration().name).filter((name) => !ran.has(name));
    if (pending.length > 0) throw new Error(`pending: ${pending.join(', ')}`);
    this.done = true;
  }
}
