import type { Actor } from '../../core/actor.js';
import type { Conversation } from '../conversation.entity.js';
import type { Message, Revocation } from '../message.entity.js';

/** A message was revoked: everybody is shown that it was. */
export class MessageRevoked {
  constructor(
    readonly actor: Actor,
    /** As it was. */
    readonly message: Readonly<Message>,
    readonly revocation: Readonly<Revocation>,
  ) {}
}

/** A user has read messages, and the other side is to know. */
export class MessagesRead {
  constructor(
    readonly userID: string,
    readonly conversation: Readonly<Conversation>,
    /** Ascending; of very many the newest. */
    readonly seqs: readonly number[],
    /** How far he has read now. */
    readonly hasReadSeq: number,
  ) {}
}

/** A user has read further; only his own devices care. */
export class ReadPositionMoved {
  constructor(
    readonly userID: string,
    readonly conversation: Readonly<Conversation>,
    readonly hasReadSeq: number,
  ) {}
}

/** Whose messages were deleted or cleared: `self` for the user alone, `everybody` for all who could read them. */
export type Reach = 'self' | 'everybody';

/** Messages of a conversation were deleted, and devices are to know. */
export class MessagesDeleted {
  constructor(
    readonly userID: string,
    readonly conversation: Readonly<Conversation>,
    readonly seqs: readonly number[],
    readonly reach: Reach,
  ) {}
}

/** All messages of conversations up to now were cleared, and devices are to know. */
export class ConversationsCleared {
  constructor(
    readonly userID: string,
    readonly conversations: readonly Readonly<Conversation>[],
    readonly reach: Reach,
  ) {}
}
