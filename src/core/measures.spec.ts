import { describe, expect, it } from 'vitest';
import { type Measure, Measures } from './measures.js';

/** What a measure tells, a line for each number. */
const told = (measure: Measure): string[] =>
  Array.from(measure.samples(), ({ suffix, labels, value }) => `${suffix}${JSON.stringify(labels)} ${value}`);

describe('A counter', () => {
  it('without labels is told from the start', () => {
    const counter = new Measures().counter({ name: 'a_total', help: '' });
    expect(told(counter)).toEqual(['{} 0']);
    counter.add(1);
    counter.add(2);
    expect(told(counter)).toEqual(['{} 3']);
  });

  it('with labels has a series for each of their values', () => {
    const counter = new Measures().counter({ name: 'a_total', help: '', labels: ['path', 'code'] });
    counter.add(0, { path: 'x', code: 0 });
    for (const path of ['x', 'y', 'x']) counter.add(1, { path, code: 500 });
    expect(told(counter)).toEqual([
      '{"path":"x","code":0} 0',
      '{"path":"x","code":500} 2',
      '{"path":"y","code":500} 1',
    ]);
  });

  it('takes nothing of what it is told but its labels', () => {
    const counter = new Measures().counter({ name: 'a_total', help: '', labels: ['path'] });
    const more = { path: 'x', userID: 'ann' };
    counter.add(1, more);
    expect(told(counter)).toEqual(['{"path":"x"} 1']);
  });

  it('has no more than so many series, whatever comes', () => {
    const counter = new Measures().counter({ name: 'a_total', help: '', labels: ['code'] });
    for (let code = 0; code < 10_000; code += 1) counter.add(1, { code });
    expect(told(counter)).toHaveLength(5_001);
    expect(told(counter).at(-1)).toBe('{"code":"other"} 5000');
    counter.add(1, { code: 3 });
    expect(told(counter)[3]).toBe('{"code":3} 2');
  });
});

describe('A distribution', () => {
  it('tells how many are at most its bounds', () => {
    const distribution = new Measures().distribution({ name: 'a_seconds', help: '' }, [1, 5]);
    for (const value of [0, 1, 1.5, 5, 6]) distribution.observe(value);
    expect(told(distribution)).toEqual([
      '_bucket{"le":1} 2',
      '_bucket{"le":5} 4',
      '_bucket{"le":"+Inf"} 5',
      '_sum{} 13.5',
      '_count{} 5',
    ]);
  });

  it('has one for each of its labels', () => {
    const distribution = new Measures().distribution({ name: 'a_seconds', help: '', labels: ['path'] }, [1]);
    expect(told(distribution)).toEqual([]);
    distribution.observe(2, { path: 'x' });
    expect(told(distribution)).toEqual([
      '_bucket{"path":"x","le":1} 0',
      '_bucket{"path":"x","le":"+Inf"} 1',
      '_sum{"path":"x"} 2',
      '_count{"path":"x"} 1',
    ]);
  });
});

describe('Measures', () => {
  it('read gauges when they are asked', () => {
    const measures = new Measures();
    let value = 1;
    measures.gauge({ name: 'a', help: '' }, () => value);
    measures.gauge({ name: 'b', help: '', labels: ['state'] }, () => [[{ state: 'on' }, value * 10]]);
    value = 2;
    expect([...measures].map(told)).toEqual([['{} 2'], ['{"state":"on"} 20']]);
  });

  it('have one of a name', () => {
    const measures = new Measures();
    measures.counter({ name: 'a', help: '' });
    expect(() => measures.gauge({ name: 'a', help: '' }, () => 1)).toThrow('a is measured twice');
  });
});
