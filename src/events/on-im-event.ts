import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type EventPhase, type EventType, ImEvents } from './events.js';

const LISTENS = Symbol('openim-nest:listens');

interface Listening {
  type: EventType<unknown>;
  phase: EventPhase;
}

/**
 * Calls the method whenever the fact is stated.
 *
 * @param phase `after-commit` (default) for effects outside the database, `in-transaction` for rows that must commit with it
 * @example
 * ```ts
 * @OnImEvent(UsersRegistered)
 * welcome({ users }: UsersRegistered) { ... }
 * ```
 */
export function OnImEvent<E>(
  type: EventType<E>,
  { phase = 'after-commit' }: { phase?: 'in-transaction' | 'after-commit' } = {},
): MethodDecorator {
  return listen({ type, phase });
}

/**
 * Calls the method before the operation, which it may refuse by throwing (an `OperationVetoed`, so that the caller hears why).
 *
 * @example
 * ```ts
 * @BeforeIm(MessageSending)
 * check({ message }: MessageSending) { if (spam(message)) throw new OperationVetoed('no advertising'); }
 * ```
 */
export function BeforeIm<E>(type: EventType<E>): MethodDecorator {
  return listen({ type, phase: 'before' });
}

function listen(listening: Listening): MethodDecorator {
  return (_target, _key, descriptor) => {
    const method = descriptor.value as object;
    const known: Listening[] = Reflect.getMetadata(LISTENS, method) ?? [];
    Reflect.defineMetadata(LISTENS, [...known, listening], method);
  };
}

/** Finds the decorated methods of every provider in the application, ours and the host's, and subscribes them. */
@Injectable()
export class EventExplorer implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly events: ImEvents,
  ) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      const prototype: object | null = Object.getPrototypeOf(instance);
      if (!prototype) continue;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const method = (instance as Record<string, unknown>)[name];
        if (typeof method !== 'function') continue;
        const listenings: Listening[] = Reflect.getMetadata(LISTENS, method) ?? [];
        for (const { type, phase } of listenings) this.events.on(type, phase, (event) => method.call(instance, event));
      }
    }
  }
}
