import type { DataSource, EntityManager } from 'typeorm';
import { isUnavailable } from './failures.js';

/** Milliseconds that a replica which failed is left alone. */
const LEFT_ALONE_MS = 10_000;

/** A copy of the database that may be a moment behind it, connected to when it is first needed. */
interface Replica {
  open: () => Promise<DataSource>;
  opened: Promise<DataSource> | undefined;
  /** performance.now() from which on it is asked again. */
  from: number;
}

/** Copies of the database for reads that may be a moment old: asked in turns, and left out for a while when they fail. */
export class Replicas {
  private readonly replicas: Replica[];
  private turn = 0;

  constructor(open: readonly (() => Promise<DataSource>)[]) {
    this.replicas = open.map((one) => ({ open: one, opened: undefined, from: -Infinity }));
  }

  /** Runs work that only reads on one of them; `otherwise` when none of them can. */
  async read<T>(work: (manager: EntityManager) => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    for (let tried = 0; tried < this.replicas.length; tried += 1) {
      const replica = this.replicas[(this.turn += 1) % this.replicas.length];
      if (performance.now() < replica.from) continue;
      let dataSource: DataSource;
      try {
        dataSource = await (replica.opened ??= replica.open());
      } catch {
        // Whatever the reason, the database itself can answer.
        replica.opened = undefined;
        replica.from = performance.now() + LEFT_ALONE_MS;
        continue;
      }
      try {
        return await work(dataSource.manager);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        replica.from = performance.now() + LEFT_ALONE_MS;
      }
    }
    return otherwise();
  }

  async close(): Promise<void> {
    const opened = this.replicas.flatMap((replica) => replica.opened ?? []);
    await Promise.allSettled(opened.map(async (dataSource) => (await dataSource).destroy()));
  }
}
