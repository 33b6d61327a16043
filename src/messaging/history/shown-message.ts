import type { Message } from '../message.entity.js';

/** A message as one user is shown it: hidden, revoked or as it was written. Source: contract/messages.md 6.6. */
export type ShownMessage = Omit<Message, 'revocation'>;
