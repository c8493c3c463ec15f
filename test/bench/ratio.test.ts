import { describe, expect, it } from 'vitest';
import { inTurns, judge, median } from './ratio.ts';

const found = { id: 'stage-a', figure: 'events', measured: 0.42, bounds: { min: 0.4, aim: 0.5 } };
const most = { id: 'memory', figure: 'bytes', measured: 70, bounds: { max: 64 } };

describe('the rows of the speed benchmarks', () => {
  it('pass within their bounds', () => {
    expect(judge(found, { quick: false }, {})).toMatchObject({ goal: '≥ 0.4 (aim 0.5)', pass: true });
    expect(judge({ ...found, measured: 0.39 }, { quick: false }, {}).pass).toBe(false);
    expect(judge(most, { quick: false }, {})).toMatchObject({ goal: '≤ 64', pass: false });
    expect(judge({ ...most, measured: Number.NaN }, { quick: false }, {}).pass).toBe(false);
  });

  it('are held against the recorded ratio in the quick form: worse by a third fails', () => {
    expect(judge(found, { quick: true }, { 'stage-a': 0.62 }).pass).toBe(true);
    expect(judge(found, { quick: true }, { 'stage-a': 0.64 }).pass).toBe(false);
    expect(judge(most, { quick: true }, { memory: 50 }).pass).toBe(true);
    expect(judge(most, { quick: true }, { memory: 45 }).pass).toBe(false);
    expect(judge(found, { quick: true }, {}).pass).toBe(false);
  });

  it('are medians of turns, in which baseline and product take turns at being first', async () => {
    const order: string[] = [];
    const values = { baseline: [10, 20, 40], product: [5, 30, 10] };
    const side = (name: 'baseline' | 'product') => () => {
      order.push(name);
      return values[name].shift()!;
    };
    const turns = await inTurns(3, side('baseline'), side('product'));
    expect(turns).toEqual({ ratio: 0.5, ratios: [0.5, 1.5, 0.25], baseline: 20, product: 10 });
    expect(order).toEqual(['baseline', 'product', 'product', 'baseline', 'baseline', 'product']);
  });

  it('know the median of an even number of figures, and none of nothing', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
});
