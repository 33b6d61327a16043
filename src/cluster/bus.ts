/** What one node says to others; JSON. */
export type Saying = object | string | number;

/** Hears what a node said. @param from its ID, which may be this node's own */
export type BusHandler<S> = (saying: S, from: string) => void;

/**
 * Between the nodes of one server: processes that share a database. What is said gets lost when nobody can carry it, so
 * nothing rests on it that cannot be told again, or found in the database.
 */
export abstract class Bus {
  /** This process, from its start to its end. */
  abstract readonly nodeID: string;
  private readonly handlers = new Map<string, BusHandler<never>[]>();
  private readonly retellers: (() => void)[] = [];
  private readonly doubters: ((since: number) => void)[] = [];
  private readonly mourners: ((nodeID: string) => void)[] = [];

  /** Whether there may be other nodes, now or later. */
  abstract readonly isCluster: boolean;

  /** Whether any other node is there, as far as this one knows. */
  get hasOthers(): boolean {
    return this.others > 0;
  }

  /** How many other nodes there are, as far as this one knows. */
  abstract get others(): number;

  /** Whether others hear what is said here. */
  abstract get isLinked(): boolean;

  /**
   * Says something to all nodes. All of them hear what is published in the same order, this one too. Resolves when it was
   * heard here; at once when it cannot be carried.
   */
  abstract publish(topic: string, saying: Saying): Promise<void>;

  /** Says something to one other node. */
  abstract send(nodeID: string, topic: string, saying: Saying): void;

  /** Says good-bye. */
  async close(): Promise<void> {}

  /** Calls `handler` with what is published or sent under a topic. It must not throw. */
  on<S extends Saying>(topic: string, handler: BusHandler<S>): void {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), handler]);
  }

  /** Calls `reteller` when others may not know what this node has told of itself: it publishes all of it again, at once. */
  onRetell(reteller: () => void): void {
    this.retellers.push(reteller);
  }

  /** Calls `mourner` when another node is gone: what it told of itself is void. */
  onGone(mourner: (nodeID: string) => void): void {
    this.mourners.push(mourner);
  }

  /**
   * Calls `doubter` when something may not have been heard that others said, and since when. It did not come from before that.
   * Times are epoch milliseconds.
   */
  onDoubt(doubter: (since: number) => void): void {
    this.doubters.push(doubter);
  }

  protected doubt(since: number): void {
    for (const doubter of this.doubters) doubter(since);
  }

  protected dispatch(topic: string, saying: Saying, from: string): void {
    for (const handler of this.handlers.get(topic) ?? []) handler(saying as never, from);
  }

  protected retell(): void {
    for (const reteller of this.retellers) reteller();
  }

  protected mourn(nodeID: string): void {
    for (const mourner of this.mourners) mourner(nodeID);
  }
}

/** The bus of a process that has its database to itself. */
export class NoBus extends Bus {
  override readonly nodeID = 'alone';

  override readonly isCluster = false;
  override readonly others = 0;
  override readonly isLinked = true;

  override async publish(): Promise<void> {}

  override send(): void {}
}
