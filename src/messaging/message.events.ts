import type { Actor } from '../core/actor.js';
import type { Message } from './message.entity.js';
import type { SendMessage } from './outgoing.js';

/** A message is about to be sent; a `@BeforeIm` hook may refuse. */
export class MessageSending {
  constructor(
    readonly actor: Actor,
    readonly message: Readonly<SendMessage>,
  ) {}
}

/**
 * Messages were accepted. Stored ones have a seq and are durable when after-commit handlers hear of them; one that was for
 * online receivers only has seq 0.
 */
export class MessagesAccepted {
  constructor(
    readonly messages: readonly Message[],
    /** Who is told of some of them besides those in the conversation: who was in it until then. */
    readonly alsoTo: ReadonlyMap<Message, readonly string[]> = new Map(),
  ) {}
}
