import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from './actor.js';
import type { Span } from './tracing.js';

/** Milliseconds on a clock that only goes forward. */
export type Instant = number;

/**
 * A request while it is answered. Messages that are made meanwhile remember it: they carry its operationID to the clients,
 * and the client that made the request hears of them after the answer. Source: contract/gateway.md section 8.
 */
export class Operation {
  /** When it was answered; undefined before. */
  answeredAt: Instant | undefined;
  private waiting: (() => void)[] = [];

  /**
   * @param operationID as the caller named it; "" when he did not
   * @param caller whose client hears the answer first; undefined where nobody waits for one
   * @param span of the request, where requests are traced; what is done for many at once refers to it
   */
  constructor(
    readonly operationID: string,
    readonly caller?: Pick<Actor, 'userID' | 'platformID'>,
    readonly medium: 'rest' | 'socket' = 'rest',
    readonly span?: Span,
  ) {}

  /** Notes that the answer is on its way. */
  answer(): void {
    this.answeredAt ??= performance.now();
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves once the answer is on its way. */
  async answered(): Promise<void> {
    if (this.answeredAt === undefined) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** What happens outside of requests. */
export const NO_OPERATION = new Operation('');

const operations = new AsyncLocalStorage<Operation>();

/** Runs `work` as part of an operation. */
export function within<T>(operation: Operation, work: () => T): T {
  return operations.run(operation, work);
}

/** The operation that is under way; {@link NO_OPERATION} outside of requests. */
export function currentOperation(): Operation {
  return operations.getStore() ?? NO_OPERATION;
}
