import type { Actor } from '../core/actor.js';
import type { Operation } from '../core/operation.js';
import type { Message } from './message.entity.js';
import type { SendMessage } from './outgoing.js';

/** A message is about to be sent; a `@BeforeIm` hook may refuse. */
export class MessageSending {
  constructor(
    readonly actor: Actor,
    readonly message: Readonly<SendMessage>,
  ) {}
}

/** A message that was accepted, and what of it matters to whoever delivers it. */
export interface AcceptedMessage {
  readonly message: Message;
  /** What caused it. */
  readonly operation: Operation;
  /** Who is told besides those in the conversation: who was in it until then. */
  readonly alsoTo?: readonly string[];
  /** It is one of several, and the sender's own devices hear of the matter otherwise. */
  readonly notToSender?: boolean;
}

/**
 * Messages were accepted. Stored ones have a seq and are durable when after-commit handlers hear of them; one that was for
 * online receivers only has seq 0.
 */
export class MessagesAccepted {
  constructor(readonly accepted: readonly AcceptedMessage[]) {}

  /** The messages alone. */
  get messages(): Message[] {
    return this.accepted.map(({ message }) => message);
  }
}
