import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';

/**
 * When a handler hears of something.
 * - `before`: it may refuse by throwing; no transaction is open yet.
 * - `in-transaction`: what it writes commits together with the change; when it throws, nothing happened.
 * - `after-commit`: the change is true already; a failure here changes nothing for the caller.
 */
export type EventPhase = 'before' | 'in-transaction' | 'after-commit';

/** A class of events or intents. */
export type EventType<E> = abstract new (...args: any[]) => E;

type Handler = (event: any) => unknown;

/** Carries facts between features, so that none has to know who cares. Knows no event by name. */
@Injectable()
export class ImEvents {
  private readonly handlers: Record<EventPhase, Map<EventType<unknown>, Handler[]>> = {
    before: new Map(),
    'in-transaction': new Map(),
    'after-commit': new Map(),
  };

  constructor(private readonly transactions: Transactions) {}

  /** Adds a handler. Providers use `@OnImEvent` and `@BeforeIm` instead. */
  on<E>(type: EventType<E>, phase: EventPhase, handler: (event: E) => unknown): void {
    const handlers = this.handlers[phase];
    handlers.set(type, [...(handlers.get(type) ?? []), handler]);
  }

  /** Asks the `before` handlers, one after the other. @throws whatever a handler throws to refuse; the operation must stop. */
  async ask(intent: object): Promise<void> {
    for (const handler of this.handlersOf(intent, 'before')) await handler(intent);
  }

  /** States a fact: handlers in the transaction run now, in order; the others after the commit. */
  async publish(event: object): Promise<void> {
    for (const handler of this.handlersOf(event, 'in-transaction')) await handler(event);
    for (const handler of this.handlersOf(event, 'after-commit')) {
      this.transactions.afterCommit(() => handler(event) as void | Promise<void>);
    }
  }

  private handlersOf(event: object, phase: EventPhase): Handler[] {
    return this.handlers[phase].get(event.constructor as EventType<unknown>) ?? [];
  }
}
