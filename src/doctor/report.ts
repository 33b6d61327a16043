import type { Level } from './check.js';
import type { Result } from './examination.js';

/** Examples shown to people; machines get up to twenty. */
const SHOWN = 5;

const WORDS: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
  unchecked: 'unchecked',
};

/** What the exit code says: 0 sound, warnings included; 1 there are problems; 2 something could not be looked at. */
export type ExitCode = 0 | 1 | 2;

export function exitCodeOf(results: readonly Result[]): ExitCode {
  if (results.some(({ level }) => level === 'problem')) return 1;
  return results.some(({ level }) => level === 'unchecked') ? 2 : 0;
}

/** The examination for people: a line for each check, and below those that found something what it was. */
export function asText(results: readonly Result[], database: string): string {
  const lines = [`openim-nest doctor: ${database}`];
  let area = '';
  for (const result of results) {
    if (result.area !== area) lines.push('', result.area);
    area = result.area;
    lines.push(`  ${WORDS[result.level].padEnd(9)}  ${result.title}${result.says ? `: ${result.says}` : ''}`);
    if (result.level === 'ok') continue;
    const { examples = [], advice } = result;
    lines.push(...examples.slice(0, SHOWN).map((example) => `             - ${example}`));
    if (examples.length > SHOWN) lines.push(`             - … (${result.name} in --json has more)`);
    if (advice) lines.push(`             → ${advice}`);
  }
  return [...lines, '', verdict(results), ''].join('\n');
}

/** The examination for machines. */
export function asJson(results: readonly Result[], database: string): string {
  return `${JSON.stringify({ time: new Date().toISOString(), database, exitCode: exitCodeOf(results), checks: results }, null, 2)}\n`;
}

function verdict(results: readonly Result[]): string {
  const count = (level: Level): number => results.filter((result) => result.level === level).length;
  const found = [
    [count('problem'), 'problem'],
    [count('warning'), 'warning'],
  ].map(([number, word]) => `${number} ${word}${number === 1 ? '' : 's'}`);
  const unchecked = count('unchecked');
  return `${results.length} checks: ${found.join(', ')}${unchecked > 0 ? `, ${unchecked} could not be made` : ''}.`;
}
