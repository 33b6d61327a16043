import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, or the milliseconds are over. */
export async function until(holds: () => boolean, milliseconds: number): Promise<void> {
  for (const end = performance.now() + milliseconds; !holds() && performance.now() < end;) await sleep(10);
}
