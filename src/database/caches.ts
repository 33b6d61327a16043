/** A cache of this process. */
export interface Forgetful {
  /** Drops keys. A load that is under way is not remembered. */
  drop(keys: readonly string[]): void;
  /** Drops everything. */
  clear(): void;
}

/** Keys whose rows were written, by the name of their cache. */
export type ForgottenKeys = Readonly<Record<string, readonly string[]>>;

/** The other processes that work on the same database. */
export interface Peers {
  /** Whether what is remembered here is still so: false as soon as another process may have written without being heard. */
  readonly inStep: boolean;
  /** Tells them what was written. Resolves once none of them goes by what it remembered of it. */
  forget(keys: ForgottenKeys): Promise<void>;
}

const NO_PEERS: Peers = { inStep: true, forget: async () => undefined };

/** The row caches of a process, by name, and how they stay in step with those of other processes. */
export class Caches {
  private readonly byName = new Map<string, Forgetful>();
  private peers = NO_PEERS;

  /** Adds a cache. @param name the same in every process, and nobody else's */
  register(name: string, cache: Forgetful): void {
    if (this.byName.has(name)) throw new Error(`two caches are named ${name}`);
    this.byName.set(name, cache);
  }

  /** From now on others write too. */
  connect(peers: Peers): void {
    this.peers = peers;
  }

  /** Whether caches may be asked now. */
  get inStep(): boolean {
    return this.peers.inStep;
  }

  /** Drops what was written, here and elsewhere. */
  async forgetEverywhere(keys: ForgottenKeys): Promise<void> {
    this.forget(keys);
    await this.peers.forget(keys);
  }

  /** Drops what was written, by whomever. */
  forget(keys: ForgottenKeys): void {
    for (const [name, some] of Object.entries(keys)) this.byName.get(name)?.drop(some);
  }

  /** Drops everything: nobody knows what was written meanwhile. */
  clear(): void {
    for (const cache of this.byName.values()) cache.clear();
  }
}
