import { describe, expect, it } from 'vitest';
import type { Found } from '../ratio.ts';
import { drifted, figuresOf } from './figures.ts';
import { type Origin, type Saved, withRows, withSoak } from './saved.ts';

const origin: Origin = { date: '2000-01-01', machine: { cpu: 'a processor', cores: 2, node: '24.0.0' } };
const later: Origin = { ...origin, date: '2000-02-02' };
const stageA: Found = {
  id: 'stage-a',
  figure: 'events',
  measured: 0.45,
  bounds: { min: 0.4, aim: 0.5 },
  turns: [0.44, 0.45, 0.461234],
};
const bytes: Found = {
  id: 'customer-bytes',
  figure: 'bytes',
  measured: 70,
  unit: 'bytes',
  bounds: { max: 64 },
};
const none: Saved = { rows: {} };
const minutes = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    minute: i + 1,
    events: 1_000 * i,
    monitor: 100 + i,
    gateway: 50,
  }));

describe('what the full forms measured', () => {
  it('stays when other rows or a soak are saved, and a row measured again is replaced', () => {
    const first = withRows(none, [stageA, bytes], origin);
    const second = withSoak(withRows(first, [{ ...stageA, measured: 0.3 }], later), minutes(20), later);
    expect(second.rows['customer-bytes']).toEqual(first.rows['customer-bytes']);
    expect(second.rows['stage-a']).toMatchObject({ measured: 0.3, turns: [0.44, 0.45, 0.4612], ...later });
    expect(withRows(second, [bytes], later).soak).toMatchObject({ gateway: Array(20).fill(50), ...later });
  });

  it('holds no row without a figure, such as that of a soak cut short', () => {
    expect(withRows(none, [{ ...stageA, measured: Number.NaN }], origin)).toEqual(none);
  });
});

describe('the figures of performance', () => {
  it('are none where nothing was measured', () => {
    expect(figuresOf(none)).toEqual({});
    expect(Object.keys(figuresOf(withRows(none, [stageA], origin)))).toEqual(['performance.svg']);
    expect(Object.keys(figuresOf(withSoak(none, minutes(20), origin)))).toEqual(['soak.svg']);
    expect(figuresOf(withSoak(none, [], origin))).toEqual({});
  });

  it('show every row that was measured, also one that they do not know, and no other', () => {
    const unknown = { ...stageA, id: 'a <new> row' };
    const svg = figuresOf(withRows(none, [unknown, stageA], origin))['performance.svg']!;
    expect(svg).toContain('>stage-a</text>');
    expect(svg).toContain('>a &lt;new&gt; row</text>');
    expect(svg).not.toContain('>history</text>');
  });

  it('tell what meets its bound from what misses it by shape and word, and least from most', () => {
    const met = figuresOf(withRows(none, [stageA], origin))['performance.svg']!;
    expect(met).toContain('>at least 0.4, aim 0.5</text>');
    expect(met).toContain('>met</text>');
    const missed = figuresOf(withRows(none, [bytes], origin))['performance.svg']!;
    expect(missed).toContain('>at most 64 bytes (÷ 64)</text>');
    expect(missed).toContain('>missed</text>');
    // One more of either shape than the legend has.
    const count = (svg: string, shape: string) => svg.split(shape).length - 1;
    expect(count(missed, '<polygon') - count(met, '<polygon')).toBe(1);
    // One disc of the row and three of its turns, where the other has none.
    expect(count(met, '<circle') - count(missed, '<circle')).toBe(4);
  });

  it('hold a soak to its tenth minute, where it lasted that long', () => {
    const long = figuresOf(withSoak(none, minutes(20), origin))['soak.svg']!;
    expect(long).toContain('>after 10 minutes 109</text>');
    expect(long).toContain('>at the end 118: 1.09 of it, met</text>');
    expect(figuresOf(withSoak(none, minutes(5), origin))['soak.svg']).not.toContain('after 10 minutes');
  });

  it('are the same every time, hold no broken number, and a file that differs is found', () => {
    const saved = withSoak(withRows(none, [stageA, bytes], origin), minutes(20), origin);
    const figures = figuresOf(saved);
    expect(figuresOf(JSON.parse(JSON.stringify(saved)) as Saved)).toEqual(figures);
    for (const svg of Object.values(figures)) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(drifted(figures, (name) => figures[name])).toEqual([]);
    expect(drifted(figures, (name) => (name === 'soak.svg' ? 'older' : figures[name]))).toEqual(['soak.svg']);
    expect(drifted({}, () => undefined)).toEqual([]);
  });
});
