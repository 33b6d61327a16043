/**
 * Conversations of users were changed, by the users or by the server: their clients have to ask for the changes. Published
 * in the transaction of the change, after it was noted in the owners' version logs. A conversation that merely began with
 * its first message is no such change.
 */
export class ConversationsChanged {
  /** @param changed owner → IDs of his conversations */
  constructor(readonly changed: ReadonlyMap<string, readonly string[]>) {}
}

/** Private chat was switched on or off. */
export class PrivateChatSwitched {
  constructor(
    /** Who switched it. */
    readonly userID: string,
    readonly peerUserID: string,
    readonly conversationID: string,
    readonly isPrivate: boolean,
    /** 1 with a user, 4 with a notification account. */
    readonly conversationType: number,
  ) {}
}
