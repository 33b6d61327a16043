import { checkChanges } from './change-checks.js';
import type { Operation } from './history.js';
import { checkMessages } from './message-checks.js';
import type { Stored } from './stored.js';

/**
 * Compares what clients were told with what is there afterwards: what was acknowledged is there, once, as it was asked for;
 * what nobody knows of is there fully, once, or not at all; nothing else is. Answers what is not so, nothing when all is.
 */
export function complaintsOf(history: readonly Operation[], stored: Stored): string[] {
  return [...checkRefusals(history), ...checkMessages(history, stored), ...checkChanges(history, stored)];
}

/** The clients ask for nothing that may be refused. */
function* checkRefusals(history: readonly Operation[]): Generator<string> {
  for (const { outcome, refusal, ...intent } of history) {
    if (outcome === 'refused') yield `refused: ${JSON.stringify(intent)}: ${refusal}`;
  }
}
