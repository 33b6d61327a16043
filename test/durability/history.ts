/**
 * What became of a request. `unknown`: the server was gone before it answered, so that it may have been done or not.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

interface Done {
  /** Places in the one order of everything that began and ended. */
  began: number;
  ended: number;
  outcome: Outcome;
  /** What a refusal said. */
  refusal?: string;
}

/** A message was sent; its text is nobody else's. */
export interface Sent extends Done {
  kind: 'sent';
  conversationID: string;
  sendID: string;
  /** "" where the server was to choose it and did not answer. */
  clientMsgID: string;
  text: string;
  /** More than one: an answer was lost, and it was sent again with the same clientMsgID. */
  attempts: number;
}

/** Accounts were registered, all in one request. */
export interface Registered extends Done {
  kind: 'registered';
  userIDs: readonly string[];
}

/** A group was changed. One client changes a group, one change after the other, and none after one that is unknown. */
export interface GroupChanged extends Done {
  kind: 'group';
  groupID: string;
  change: 'created' | 'invited' | 'kicked' | 'quit' | 'dismissed';
  /** Whom it concerns; of a new group everybody in it. */
  userIDs: readonly string[];
}

/** A list of friends or a black list was changed. Nobody is added twice, and nobody removed whose adding is unknown. */
export interface ListChanged extends Done {
  kind: 'friends' | 'blacks';
  ownerUserID: string;
  change: 'added' | 'removed';
  /** All in one request. */
  userIDs: readonly string[];
}

/** A conversation was marked as read. */
export interface Marked extends Done {
  kind: 'marked';
  userID: string;
  conversationID: string;
  hasReadSeq: number;
}

/** A conversation was looked at. */
export interface Seen extends Done {
  kind: 'seen';
  conversationID: string;
  maxSeq: number;
  messages: readonly SeenMessage[];
}

export interface SeenMessage {
  seq: number;
  clientMsgID: string;
  /** "" for what is no text. */
  text: string;
}

export type Operation = Sent | Registered | GroupChanged | ListChanged | Marked | Seen;

/** An operation before it is done. */
export type Intent<T extends Operation = Operation> = T extends Operation ? Omit<T, keyof Done> : never;

/** The server does not answer any more. */
export class Gone extends Error {}

/** What all clients asked for, and what they were told. */
export class History {
  readonly operations: Operation[] = [];
  private moment = 0;

  /** The next place in the order. */
  tick(): number {
    return (this.moment += 1);
  }

  /** How many operations were acknowledged so far. */
  get acknowledged(): number {
    return this.operations.filter(({ outcome }) => outcome === 'acknowledged').length;
  }

  /**
   * Does something and notes what became of it.
   *
   * @param ask answers the body of a response; fails when the connection does
   * @throws Gone when there was no answer
   */
  async record<T extends Operation>(
    intent: Intent<T>,
    ask: () => Promise<any>,
  ): Promise<{ operation: T; answer: any }> {
    const operation = { ...intent, began: this.tick(), ended: Infinity, outcome: 'unknown' } as unknown as T;
    this.operations.push(operation);
    return { operation, answer: await this.attempt(operation, ask) };
  }

  /** Tries an operation, be it again. @throws Gone */
  async attempt(operation: Operation, ask: () => Promise<any>): Promise<any> {
    let answer: any;
    try {
      answer = await ask();
    } catch (error) {
      throw new Gone(String(error));
    }
    operation.outcome = answer?.errCode === 0 ? 'acknowledged' : 'refused';
    operation.ended = this.tick();
    if (operation.outcome === 'refused') operation.refusal = JSON.stringify(answer);
    return answer;
  }
}
