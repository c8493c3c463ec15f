import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readVectors, runVector } from '../vectors.ts';

const fixture = readVectors(new URL('./fixture.json', import.meta.url).pathname);

describe('the vectors command', () => {
  it.each(fixture.map((vector) => [vector.name, vector] as const))('passes %s', (_, vector) => {
    expect(runVector(vector)).toMatchObject({ pass: true });
  });

  it('fails a vector whose expected number is off by more than its tolerance', () => {
    const [first] = fixture;
    const statistic = [...(first!.expected.statistic as number[])];
    statistic[2] = statistic[2]! * (1 + 1e-7);
    const off = runVector({ ...first!, expected: { ...first!.expected, statistic } });
    expect(off.pass).toBe(false);
    expect(off.worst).toBeCloseTo(1e-7, 9);
  });

  it('fails a vector that crosses one event late, expects what nobody computes, or names an unknown method', () => {
    const [first] = fixture;
    const late = {
      ...first!.expected,
      first_crossing_index: (first!.expected.first_crossing_index as number) + 1,
    };
    expect(runVector({ ...first!, expected: late })).toMatchObject({ pass: false });
    expect(runVector({ ...first!, expected: { ...first!.expected, other: [1] } }).pass).toBe(false);
    expect(runVector({ ...first!, method: 'guessing' }).reason).toContain('unknown method');
  });
});

const more = process.env.SEAMWATCH_VECTORS;
describe('further vectors (set SEAMWATCH_VECTORS to a file of them; skipped where it is not set)', () => {
  it.skipIf(more === undefined || !existsSync(more))('all pass', () => {
    for (const vector of readVectors(more!)) expect(runVector(vector)).toMatchObject({ pass: true });
  });
});
