import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';
import { type Figures, type Line, mapSides } from './line.js';

/** Where results go; git does not see it. Seen from bench/dist/frame. */
export const RESULTS = fileURLToPath(new URL('../../results/', import.meta.url));

export interface RowResult {
  readonly name: string;
  readonly about: string;
  readonly seconds: number;
  readonly lines: readonly Line[];
  /** Why there are no lines. */
  readonly failure?: string;
}

export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly durability: string;
  readonly quick: boolean;
  readonly rows: readonly RowResult[];
}

const HEAD = ['', 'unit', '', 'value', 'ratio', 'p50 ms', 'p99 ms', 'max ms', 'errors', 'CPU s', 'RSS MB'];

/** Writes bench/results/latest.json, with the ratios of each line worked out. */
export function writeReport(report: Report): string {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, 'latest.json');
  const rows = report.rows.map((row) => ({
    ...row,
    lines: row.lines.map((line) => ({ ...line, ratios: ratios(line) })),
  }));
  writeFileSync(file, `${JSON.stringify({ ...report, rows }, null, 2)}\n`);
  return file;
}

/** The lines of a row as text: the server, and below it its baselines, each with the server's ratio to it. */
export function table({ name, about, seconds, lines, failure }: RowResult): string {
  const cells = [HEAD];
  for (const line of lines) {
    const { server, ...baselines } = line.sides;
    cells.push([line.what, line.unit, 'server', ...figures(server, '')]);
    Object.entries(baselines).forEach(([side, one], index) => {
      const hint = index === 0 ? `(${line.better} is better)` : '';
      cells.push(['', hint, side, ...figures(one, short(ratios(line)[side]))]);
    });
  }
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const text = cells.map((row) =>
    row.map((cell, column) => (column < 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '),
  );
  const also = lines.flatMap(({ what, sides }) =>
    Object.entries(sides).flatMap(([side, one]) => (one.also ? [`  ${what}, ${side}: ${list(one.also)}`] : [])),
  );
  const body = failure ? [`  FAILED: ${failure}`] : [...text, ...also];
  return [`\n${name} — ${about} (${seconds.toFixed(0)} s)`, ...body].join('\n');
}

/** The server's value divided by that of each baseline. */
function ratios({ sides }: Line): Record<string, number> {
  const { server, ...baselines } = mapSides(sides, ({ value }) => value);
  return Object.fromEntries(Object.entries(baselines).map(([side, value]) => [side, server / value]));
}

function figures({ value, p50, p99, max, errors, cpuSeconds, rss }: Figures, ratioText: string): string[] {
  const times = [p50, p99, max].map((time) => (time === undefined ? '' : short(time)));
  return [short(value), ratioText, ...times, String(errors), cpuSeconds.toFixed(2), (rss / 1e6).toFixed(0)];
}

function list(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${short(value)}`)
    .join(', ');
}

/** Three significant digits, whole numbers from 100 on. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
