import { MAX_ID_LENGTH } from '../core/ids.js';
import { isStorable } from '../core/text.js';

/** Targets that are kept of one request; of more, the number. */
const MAX_TARGETS = 50;

/** Values a request is searched for: a body can be megabytes. */
const MAX_STEPS = 2_000;

/** How deep objects are searched: deeper there is content, and no target. */
const MAX_DEPTH = 3;

/** Longest conversationID. */
const MAX_TARGET_LENGTH = 2 * MAX_ID_LENGTH + 8;

/** Names of members that hold IDs, in all dialects: `uid`, `ownerUid`, `kickedUserIDs`, `userIDList`, `conversationID`. */
const NAMES_TARGETS = /(?:(?<!u)uid|userid|groupid|conversationid|sendid|recvid|logid)(?:s|list)?$/i;

export interface Targets {
  /** Each once, in the order they came. */
  ids: string[];
  /** How many more there are, as far as the request was searched. */
  more: number;
}

/**
 * Whom a request is about: the IDs in members whose names say that they hold some. Nothing else of it is taken, and nothing
 * that is too long for an ID: a token somebody put in the wrong place is not kept.
 */
export function targetsIn(body: Readonly<Record<string, unknown>>): Targets {
  const found = new Set<string>();
  let steps = 0;
  const search = (value: unknown, named: boolean, depth: number): void => {
    if ((steps += 1) > MAX_STEPS) return;
    if (typeof value === 'string') {
      if (named && value !== '' && value.length <= MAX_TARGET_LENGTH && isStorable(value)) found.add(value);
    } else if (Array.isArray(value)) {
      for (const one of value) search(one, named, depth + 1);
    } else if (typeof value === 'object' && value !== null && depth <= MAX_DEPTH) {
      for (const [name, member] of Object.entries(value)) search(member, NAMES_TARGETS.test(name), depth + 1);
    }
  };
  search(body, false, 0);
  const ids = [...found];
  return { ids: ids.slice(0, MAX_TARGETS), more: Math.max(0, ids.length - MAX_TARGETS) };
}
