import { latticeArl } from '@seamwatch/core/detection/reference/lattice-arl.ts';
import { type Competitor, cusum, seamwatch } from '../competitors/detectors.ts';
import { delayOf, settings } from '../goals/competitors.ts';
import { Random } from '../random.ts';
import { meanOf } from '../summary.ts';
import type { Chart } from './chart.ts';

const p0 = 0.1;
const runLength = 1e5;
const points = [1, 1.5, 2, 3, 4.5, 6, 8, 10];
const longest = 200_000;
const runs = 300;

/** Mean delay, after a warm-up, against the size of the rise; every detector at the same rate of false alarms. */
export function delayByEffect(): Chart {
  const tuned = settings.filter(({ name }) => name.endsWith('tuned'));
  const colours = ['#8c564b', '#9467bd', '#2ca02c', '#ff7f0e'];
  return {
    title: 'Interactions until a rise from 10 % is found (one false alarm in 100,000)',
    x: { label: 'rise, percentage points', ticks: [1, 2, 3, 5, 10], log: true },
    y: { label: 'interactions', ticks: [100, 1_000, 10_000] },
    lines: [
      {
        name: 'physical limit',
        points: delays((p1) => cusum(p0, p1, exactThreshold(p1))),
        colour: '#1a1a1a',
        dashed: true,
      },
      { name: 'Seamwatch', points: delays(() => seamwatch(p0, runLength)), colour: '#1f77b4' },
      ...tuned.map(({ name, make }, i) => ({ name, points: delays(make), colour: colours[i]! })),
    ],
  };
}

function delays(make: (p1: number) => Competitor): [number, number][] {
  return points.map((rise) => {
    const random = new Random(rise * 10, 16);
    const p1 = p0 + rise / 100;
    const found = Array.from({ length: runs }, () => delayOf(random, () => make(p1), p1, longest));
    return [rise, meanOf(found).value];
  });
}

const thresholds = new Map<number, number>();

/** Threshold at which the CUSUM for p₁ has an average run length of `runLength`, from its Markov chain. */
function exactThreshold(p1: number): number {
  const known = thresholds.get(p1);
  if (known !== undefined) return known;
  const gain = Math.log(p1 / p0);
  const [up, down] = wholeNumbers(gain / Math.log((1 - p0) / (1 - p1)));
  let [low, high] = [up, 14 * Math.ceil(up / gain)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (latticeArl(up, down, middle, p0) < runLength) low = middle;
    else high = middle;
  }
  const threshold = (high / up) * gain;
  thresholds.set(p1, threshold);
  return threshold;
}

/** Two whole numbers of this ratio, the smaller at most 30. */
function wholeNumbers(ratio: number): [number, number] {
  let best: [number, number] = [Math.round(ratio), 1];
  for (let down = 8; down <= 30; down++) {
    const up = Math.round(down * ratio);
    if (Math.abs(up / down - ratio) < Math.abs(best[0] / best[1] - ratio)) best = [up, down];
  }
  return best;
}
