import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { Metrics, scrape } from '../../support/metrics.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

interface Panel {
  title: string;
  targets?: { expr: string; legendFormat: string }[];
}

const GUIDE = readFileSync('docs/observability.md', 'utf8');
const DASHBOARD = JSON.parse(readFileSync('deploy/grafana/openim-nest.json', 'utf8')) as { panels: Panel[] };

const QUERIES = DASHBOARD.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const ALERTS = [...GUIDE.matchAll(/expr: (.*)/g)].map(([, expr]) => expr).filter((expr) => !expr.startsWith('up{'));

/** The numbers a query asks for. */
const metricsIn = (expr: string): string[] => expr.match(/\b(?:openim|nodejs|process)_\w+/g) ?? [];

/** Labels a query speaks of, but for those that scraping adds. */
const labelsIn = (expr: string, legend = ''): string[] =>
  [
    ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels]) => labels.split(/, */)),
    ...[...expr.matchAll(/[{,] *(\w+)(?:=~|!~|!=|=)/g)].map(([, label]) => label),
    ...[...legend.matchAll(/{{(\w+)}}/g)].map(([, label]) => label),
  ].filter((label) => label !== 'instance' && label !== 'job');

describeOnEachDatabase('After some traffic', (database) => {
  let im: Im;
  let metrics: Metrics;
  beforeAll(async () => {
    im = await startIm({ database });
    const audience = await Audience.begin(im, 'ann', 'bob');
    await audience.of('ann').say({ recvID: 'bob' }, 'hello');
    await audience.of('bob').pushOf(101);
    metrics = await vi.waitFor(async () => {
      const seen = await scrape(im.url);
      expect(seen.sum('openim_push_lag_seconds_count')).toBeGreaterThan(0);
      return seen;
    });
    await audience.close();
  });
  afterAll(() => im?.close());

  /** What the process does of its own accord may not have happened yet; then its name is there. */
  const isThere = (name: string): boolean =>
    metrics.of(name).length > 0 ||
    (!name.startsWith('openim_') && metrics.names.has(name.replace(/_(bucket|sum|count)$/, '')));

  it.each(QUERIES)('panel "$title" finds what it asks for: $expr', ({ expr, legendFormat }) => {
    const [name, ...others] = metricsIn(expr);
    expect(others).toEqual([]);
    expect(isThere(name), name).toBe(true);
    const known = metrics.of(name).flatMap(({ labels }) => Object.keys(labels));
    if (name.startsWith('openim_')) expect(known).toEqual(expect.arrayContaining(labelsIn(expr, legendFormat)));
  });

  it.each(ALERTS)('alert finds what it asks for: %s', (expr) => {
    const names = metricsIn(expr);
    expect(names).toHaveLength(1);
    expect(isThere(names[0]), names[0]).toBe(true);
    const known = metrics.of(names[0]).flatMap(({ labels }) => Object.keys(labels));
    expect(known).toEqual(expect.arrayContaining(labelsIn(expr)));
  });

  it('the guide lists every metric, with its type and its labels, and no other', () => {
    const rows = [...GUIDE.matchAll(/^\| `(openim_\w+)` +\| (\w+) +\| ([^|]*)\|/gm)];
    const told = rows.map(([, name, type, labels]) => [name, type, (labels.match(/\w+/g) ?? []).toSorted()]);
    const types = [...metrics.text.matchAll(/^# TYPE (openim_\w+) (\w+)$/gm)];
    const exported = types.map(([, name, type]) => {
      const samples = metrics.of(type === 'histogram' ? `${name}_count` : name);
      return [name, type, Object.keys(samples[0]?.labels ?? {}).toSorted()];
    });
    expect(told.toSorted()).toEqual(exported.toSorted());
    expect(told.length).toBeGreaterThan(15);
  });
});

describe('The dashboard', () => {
  it('shows what operators look for first', () => {
    const asked = QUERIES.map(({ expr }) => expr).join('\n');
    for (const [, name] of GUIDE.matchAll(/^\| `(openim_\w+)`/gm)) expect(asked).toContain(name);
    expect(QUERIES.length).toBeGreaterThan(30);
  });
});
