import { describe, expect, it } from 'vitest';
import { Measures } from '../core/measures.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';

const connection = (userID: string): Connection => ({ userID }) as Connection;

describe('Connections', () => {
  it('are known by user, in the order they were opened', () => {
    const connections = new Connections(new Measures());
    const [first, other, second] = ['ann', 'bob', 'ann'].map(connection);
    for (const one of [first, other, second]) connections.add(one);
    expect(connections.of('ann')).toEqual([first, second]);
    expect(connections.of('ann')[0]).toBe(first);
    expect(connections.of('cid')).toEqual([]);
    expect([...connections.all()]).toHaveLength(3);
    expect(connections.size).toBe(3);
  });

  it('are counted by platform, and a platform nobody is left on is told of', () => {
    const measures = new Measures();
    const connections = new Connections(measures);
    const on = (platformID: number) => ({ userID: 'ann', platformID }) as Connection;
    const [first, other, strange] = [1, 5, 77].map(on);
    for (const one of [first, other, on(5), strange]) connections.add(one);
    for (const one of [first, first, other]) connections.remove(one);
    const [gauge] = measures;
    expect(Array.from(gauge.samples(), ({ labels, value }) => [labels['platform'], value])).toEqual([
      ['IOS', 0],
      ['Web', 1],
      ['unknown', 1],
    ]);
  });

  it('are taken out one by one, each once', () => {
    const connections = new Connections(new Measures());
    const [first, second] = ['ann', 'ann'].map(connection);
    connections.add(first);
    connections.add(second);
    expect([connections.remove(first), connections.remove(first)]).toEqual([true, false]);
    expect(connections.of('ann')).toEqual([second]);
    expect(connections.of('ann')[0]).toBe(second);
    expect(connections.remove(connection('ann'))).toBe(false);
    expect(connections.remove(connection('bob'))).toBe(false);
    expect(connections.remove(second)).toBe(true);
    expect([connections.of('ann'), [...connections.all()], connections.size]).toEqual([[], [], 0]);
  });
});
