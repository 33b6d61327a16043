import { writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';

const SHOWN = 30;

/** Waiting, and the profiler starting and stopping itself. */
const NOT_THE_SERVER = /^(\(idle\)|dispatch) +$/;

/** Writes beside a .cpuprofile which functions the time went into themselves, the dearest first. */
export function writeHotSpots(file: string, { nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const where = url.replace(/^file:\/\/.*\/(?=dist\/|node_modules\/)/, '');
      return [id, `${functionName || '(anonymous)'}  ${where}${url ? `:${lineNumber + 1}` : ''}`];
    }),
  );
  const own = new Map<string, number>();
  let total = 0;
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?';
    const microseconds = timeDeltas[index] ?? 0;
    if (NOT_THE_SERVER.test(name)) return;
    own.set(name, (own.get(name) ?? 0) + microseconds);
    total += microseconds;
  });
  const lines = [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, microseconds]) => `${((100 * microseconds) / total).toFixed(1).padStart(5)} %  ${name}`);
  const busy = `${(total / 1e6).toFixed(2)} s busy; self time:`;
  writeFileSync(file.replace(/cpuprofile$/, 'txt'), `${[busy, ...lines].join('\n')}\n`);
}
