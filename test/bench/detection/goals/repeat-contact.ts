import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { expit, shiftOdds } from '@seamwatch/core/detection/odds.ts';
import { repeatNowcast } from '@seamwatch/core/detection/reference/cohort-nowcast.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { Random } from '../random.ts';
import { meanOf } from '../summary.ts';

const ages = 7;
const perDay = 2_000;
const threshold = 250;
/** An age bucket is complete this many hours after its end: a second contact is known only when it closes. */
const handleHours = 4;
const quietDays = 10;
/** Hazards of days 0 … 6 after the close: 15 % within a week. */
const hazards = scaledTo([45, 32, 24, 18, 14, 12, 10], 0.15);
const worseRatio = ratioFor(0.18);

interface Params {
  runs: number;
}

interface Part {
  /** Nowcast minus truth, in points. */
  bias: number[];
  naiveBias: number[];
  /** Days from the change to the alarm, by hazards and by matured cohorts alone. */
  found: number[];
  maturedFound: number[];
}

/**
 * Goal 7: the repeat-contact rate is right although young cohorts are not mature, and a rise is not waited
 * for.
 */
export const repeatContact: Goal<Params, Part> = {
  id: 'repeat-contact',
  tasks: (mode) => chunks({}, mode === 'full' ? 1_600 : 60, mode === 'full' ? 8 : 2),
  run({ runs }, seed) {
    const random = new Random(seed, 7);
    const part: Part = { bias: [], naiveBias: [], found: [], maturedFound: [] };
    for (let i = 0; i < runs; i++) {
      const { value, naive } = nowcast(random);
      part.bias.push(100 * (value - 0.15));
      part.naiveBias.push(100 * (naive - 0.15));
      part.found.push(untilFound(random));
      part.maturedFound.push(untilFoundMatured(random));
    }
    return part;
  },
  rows(parts, mode) {
    const of = (name: keyof Part) => meanOf(parts.flatMap(({ part }) => part[name]));
    const bias = of('bias');
    return [
      row('7 bias', 'nowcast bias, points', { value: Math.abs(bias.value), se: bias.se }, { max: 0.1 }, mode),
      row('7 naive', 'bias of the naive share, points', of('naiveBias'), {}, mode),
      row('7 found', '+3 points, days until found by hazards', of('found'), { max: 2.3 }, mode),
      row('7 matured', '+3 points, days until found in matured cohorts', of('maturedFound'), {}, mode),
    ];
  },
};

/** The last seven daily cohorts, the oldest of them known for seven days, the youngest for one. */
function nowcast(random: Random) {
  const cohorts = Array.from({ length: ages }, (_, day) => {
    let left = perDay;
    const repeatsByAge = hazards.slice(0, ages - day).map((hazard) => {
      const k = random.binomial(left, hazard);
      left -= k;
      return k;
    });
    return { day, contacts: perDay, repeatsByAge };
  });
  return repeatNowcast(cohorts, [0, ages - 1], ages);
}

/** From `quietDays` on every hazard is higher, for whoever is at risk then. */
function untilFound(random: Random): number {
  const expected = learnHazards(random);
  const detector = new SeriesDetector();
  const change = 24 * quietDays;
  const atRisk = new Map<number, number>();
  for (let hour = 0; ; hour++) {
    for (let age = 0; age < ages; age++) {
      const entered = hour - 24 * (age + 1) - handleHours;
      if (entered < 0) continue;
      const left = age === 0 ? Math.round(perDay / 24) : atRisk.get(entered)!;
      const bucketEnd = entered + 24 * (age + 1);
      const after = Math.max(0, Math.min(1, (bucketEnd - change) / 24));
      const worse = shiftOdds(hazards[age]!, worseRatio);
      const k = random.binomial(left, hazards[age]! * (1 - after) + worse * after);
      atRisk.set(entered, left - k);
      detector.addCounts(k, left, expected[age]!);
      if (age === ages - 1) atRisk.delete(entered);
    }
    detector.step(hour / 24, 1 / 24);
    if (hour >= change && detector.installationDays() >= threshold) return (hour - change) / 24;
    if (hour < change && detector.installationDays() >= threshold) detector.reset();
  }
}

/** The usual way: daily cohorts a week old, and only those closed after the change are all worse. */
function untilFoundMatured(random: Random): number {
  const detector = new SeriesDetector();
  for (let day = 0; ; day++) {
    const age = Math.min(1, Math.max(0, (day + 1) / ages));
    detector.addCounts(random.binomial(perDay, 0.15 + 0.03 * age), perDay, 0.15);
    detector.step(day, 1);
    if (detector.installationDays() >= threshold) return day + 1 + handleHours / 24;
  }
}

function learnHazards(random: Random): number[] {
  const history = new BaselineHistory();
  let left = 56 * perDay;
  hazards.forEach((hazard, age) => {
    const k = random.binomial(left, hazard);
    history.add(history.stratum(String(age)), 0, 0, left, k);
    left -= k;
  });
  const baseline = learnBaseline(history, { today: 8 });
  return hazards.map((_, age) => expit(baseline.logit(String(age))));
}

function rateOf(ratio: number, of: readonly number[]): number {
  return 1 - of.reduce((survival, hazard) => survival * (1 - shiftOdds(hazard, ratio)), 1);
}

function scaledTo(shape: readonly number[], rate: number): number[] {
  const total = shape.reduce((a, b) => a + b, 0);
  let [low, high] = [0, 1];
  const hazardsAt = (level: number) => shape.map((part) => (level * part) / total);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rateOf(1, hazardsAt(middle)) < rate) low = middle;
    else high = middle;
  }
  return hazardsAt(low);
}

function ratioFor(rate: number): number {
  let [low, high] = [1, 3];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (rateOf(middle, hazards) < rate) low = middle;
    else high = middle;
  }
  return low;
}
