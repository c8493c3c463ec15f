import { chunks, type Goal, row } from '../goal.ts';
import { Random } from '../random.ts';
import { average, mean, type Sample, sampleOf, scaled, share } from '../summary.ts';
import { knownTrial, runEvents, threshold } from './events.ts';

interface Params {
  p0: number;
  runs: number;
}

interface Part {
  lengths: Sample;
  early: number;
}

/** Goal 1: without change, how long until a false alarm, and how often an early one. */
export const runLength: Goal<Params, Part> = {
  id: 'run-length',
  tasks: (mode) =>
    [0.1, 0.15, 0.2].flatMap((p0) => chunks({ p0 }, mode === 'full' ? 6_000 : 240, mode === 'full' ? 12 : 2)),
  run({ p0, runs }, seed) {
    const random = new Random(seed, 1);
    const trial = knownTrial(p0);
    const lengths = Array.from({ length: runs }, () => {
      const { alarm } = runEvents(random, trial, { before: p0, after: p0, change: 0, most: Infinity });
      return alarm ?? Infinity;
    });
    return { lengths: sampleOf(lengths), early: lengths.filter((n) => n <= 0.2 * threshold).length };
  },
  rows(parts, mode) {
    const ratios = parts.map(({ part }) => scaled(mean(part.lengths), 1 / threshold));
    const runs = parts.reduce((sum, { part }) => sum + part.lengths.n, 0);
    const early = parts.reduce((sum, { part }) => sum + part.early, 0);
    return [
      row('1 ARL', 'run length ÷ A without change', average(ratios), { min: 1, max: 1.2 }, mode),
      row('1 early', 'P(T ≤ 0.2·A) without change', share(early, runs), { max: 0.2 }, mode),
    ];
  },
};
