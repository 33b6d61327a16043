import type { Instant } from '../core/operation.js';

/** Milliseconds between a node's signs of life. */
export const BEAT_MS = 250;

/** Milliseconds, on the clock of Redis, that a node may be silent before others stop to trust what they remember. */
const SILENCE_MS = 1_000;

/** Milliseconds that trust lasts, from when the sign of life was sent that brought it. */
const TRUST_MS = 1_000;

/** Milliseconds for clocks that do not run alike. */
const MARGIN_MS = 300;

/** Milliseconds between surveys of the nodes; one that is twice as old is not trusted. */
export const SURVEY_MS = 500;

/**
 * Milliseconds after which no node goes by what it remembered any more, when it has not heard of a change: it was silent
 * itself, or heard silence.
 */
export const PATIENCE_MS = SILENCE_MS + TRUST_MS + MARGIN_MS;

/** Milliseconds of silence after which a node's users count as offline. */
const ABSENCE_MS = 4_000;

/** Departed nodes that are remembered; the database forgets them sooner. */
const MAX_DEPARTED = 1_000;

/** Another node. */
interface Member {
  /** On the clock of Redis. */
  heardAt: number;
  /** Of the last it was heard to publish. */
  number: number;
  /** The last of ours that it has heard and acted on. */
  acknowledged: number;
  /** Its users count as offline. */
  absent: boolean;
  /** The survey that saw it last, or that comes after it was first heard. */
  seenIn: number;
}

/** A node that is not there, and when it was last heard, on the clock of Redis; 0: never. */
export interface Missing {
  readonly nodeID: string;
  readonly heardAt: number;
}

/** How a publication fits to those heard before from the same node; after its absence, all that was heard is void. */
export type Continuity = 'next' | 'gap' | 'first';

/**
 * What a node knows of the others, and whether it may go by what it remembers of the database. It may, as long as it heard
 * its own sign of life come back, and before it one of every other node that lives: then it has heard of every write there
 * was until then (docs/decisions/0008). Knows no clock; told what time it is.
 */
export class Standing {
  private readonly members = new Map<string, Member>();
  /** Nodes that said good-bye: the database may know them for a while yet. */
  private readonly departed = new Set<string>();
  private trustedUntil: Instant = -Infinity;
  private surveyedAt: Instant = -Infinity;
  private surveys = 0;
  /** When our last sign of life came back, on the clock of Redis. */
  private latest = 0;

  /** IDs of the other nodes. */
  get others(): string[] {
    return [...this.members.keys()];
  }

  /** How many there are. */
  get count(): number {
    return this.members.size;
  }

  /** Whether what is remembered may be gone by. */
  isInStep(now: Instant): boolean {
    return now < this.trustedUntil;
  }

  /** When a node was last heard, on the clock of Redis; 0: never. */
  lastHeard(nodeID: string): number {
    return this.members.get(nodeID)?.heardAt ?? 0;
  }

  /** Another node was heard. @param number counts what it publishes @param heardAt on the clock of Redis */
  heard(nodeID: string, number: number, heardAt: number): Continuity {
    const known = this.members.get(nodeID);
    const member = known ?? this.add(nodeID);
    const follows = number === member.number + 1 && !member.absent;
    const continuity = member.number < 0 ? 'first' : follows ? 'next' : 'gap';
    member.number = number;
    member.heardAt = heardAt;
    member.absent = false;
    return continuity;
  }

  /** Another node has acted on all we published up to a number. */
  acknowledged(nodeID: string, number: number): void {
    const member = this.members.get(nodeID);
    if (member) member.acknowledged = Math.max(member.acknowledged, number);
  }

  /** Whether every other node has said that it acted on what we published up to a number. */
  isAcknowledged(number: number): boolean {
    return [...this.members.values()].every(({ acknowledged }) => acknowledged >= number);
  }

  /**
   * Whether no other node goes by what it remembered before we published up to a number: it has acted on it, or is silent
   * for so long that it trusts in nothing, and cannot begin to without having heard us.
   */
  isHarmless(number: number): boolean {
    return [...this.members.values()].every(
      ({ acknowledged, heardAt }) => acknowledged >= number || this.latest - heardAt > TRUST_MS + MARGIN_MS,
    );
  }

  /** A node said that it ends. */
  left(nodeID: string): void {
    this.members.delete(nodeID);
    this.departed.add(nodeID);
    if (this.departed.size > MAX_DEPARTED) this.departed.delete([...this.departed][0]);
  }

  /**
   * The database told who lives.
   *
   * @param living the other nodes
   * @param begunAt when it was asked
   * @returns those that do not any more, and whether what is remembered is void
   */
  surveyed(living: readonly string[], begunAt: Instant, now: Instant): { gone: Missing[]; lapsed: boolean } {
    this.surveys += 1;
    this.surveyedAt = begunAt;
    const here = living.filter((nodeID) => !this.departed.has(nodeID));
    for (const nodeID of here) (this.members.get(nodeID) ?? this.add(nodeID)).seenIn = this.surveys;
    // Whoever was heard during a survey may have entered after it.
    const gone = [...this.members].filter(([, { seenIn }]) => seenIn < this.surveys - 1).map(missing);
    for (const { nodeID } of gone) this.members.delete(nodeID);
    // With nobody to hear of, nothing has to be heard.
    const lapsed = this.members.size === 0 && this.trust(begunAt + 2 * SURVEY_MS, now);
    return { gone, lapsed };
  }

  /**
   * Our own sign of life came back, and with it all that was published before.
   *
   * @param sentAt when it was sent
   * @param heardAt on the clock of Redis
   * @returns whether what is remembered is void
   */
  beaten(sentAt: Instant, heardAt: number, now: Instant): boolean {
    this.latest = heardAt;
    const all = [...this.members.values()];
    const hearsAll = all.every((member) => heardAt - member.heardAt <= SILENCE_MS);
    return hearsAll && now - this.surveyedAt <= 2 * SURVEY_MS && this.trust(sentAt + TRUST_MS, now);
  }

  /** Nodes that have been silent for so long that their users count as offline; each is told of once. */
  absentees(heardAt: number): Missing[] {
    const silent = [...this.members].filter(([, one]) => !one.absent && heardAt - one.heardAt > ABSENCE_MS);
    for (const [, member] of silent) member.absent = true;
    return silent.map(missing);
  }

  /** @returns whether there was a time without trust until now: nobody knows what was written then */
  private trust(until: Instant, now: Instant): boolean {
    const lapsed = !this.isInStep(now);
    this.trustedUntil = Math.max(this.trustedUntil, until);
    return lapsed && this.isInStep(now);
  }

  private add(nodeID: string): Member {
    const member = { heardAt: 0, number: -1, acknowledged: 0, absent: false, seenIn: this.surveys };
    this.members.set(nodeID, member);
    return member;
  }
}

function missing([nodeID, { heardAt }]: [string, Member]): Missing {
  return { nodeID, heardAt };
}
