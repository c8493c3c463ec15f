import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { Fleet } from '@seamwatch/core/detection/fleet.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { learnFrom } from '@seamwatch/core/detection/learning-days.ts';
import { expit } from '@seamwatch/core/detection/odds.ts';
import { seriesBaselines } from '@seamwatch/core/detection/series-baseline.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { normalCdf } from '@seamwatch/core/stats/normal.ts';
import type { Random } from '../random.ts';

/** A fleet of series without any change: how many false alerts it raises. */
export interface FleetParams {
  series: number;
  per30Days: number;
  /** Correlation of the series' counts, by a Gaussian copula. */
  correlation: number;
  baseline: 'known' | 'learned';
  days: number;
  /** How probabilities move from day to day, in points: independently, or as an AR(1) with coefficient .5. */
  dayEffects?: { sd: number; kind: 'beta' | 'ar1' };
  /** Interactions a day: median and spread (in log) over the series. */
  volume: { median: number; spread: number };
}

const stepsPerDay = 4;
const learningDays = 56;
/** The product learns every day; the simulation less often, to save time. */
const relearnEvery = 15;
const groups = 10;
const ar1 = 0.5;

/** False alerts in each stretch of 30 days. */
export function simulateFleet(random: Random, params: FleetParams): number[] {
  const fleet = new Fleet(params.per30Days);
  const world = new World(random, params);
  const names = world.series.map(({ key }) => key);
  for (const name of names) fleet.set(name);
  const detectors = names.map(() => new SeriesDetector());
  const expected = Float64Array.from(world.series, ({ p }) => p);
  const learner = params.baseline === 'known' ? undefined : new Learner(world, detectors, expected);
  const alerts = new Array<number>(Math.ceil(params.days / 30)).fill(0);
  const first = learner ? learningDays + learnFrom.olderThanDays : 0;
  for (let day = 0; day < first + params.days; day++) {
    const watched = day - first;
    if (watched >= 0 && watched % relearnEvery === 0) learner?.learn(day);
    world.newDay();
    for (let step = 0; step < stepsPerDay; step++) {
      world.newStep();
      for (let i = 0; i < names.length; i++) {
        const n = world.trials(i);
        const k = world.events(i, n);
        learner?.add(i, day, step, n, k);
        if (watched < 0) continue;
        const detector = detectors[i]!;
        detector.addCounts(k, n, expected[i]!);
        detector.step(day + step / stepsPerDay, fleet.inflow(names[i]!, 1 / stepsPerDay));
        const level = detector.level(fleet.threshold);
        if (level !== 'warning' && level !== 'critical') continue;
        alerts[Math.floor(watched / 30)]!++;
        detector.reset();
      }
    }
  }
  return alerts;
}

/** What the product does: keeps a history, and learns baselines from the 56 days that ended a week ago. */
class Learner {
  readonly #history = new BaselineHistory();
  readonly #world: World;
  readonly #detectors: readonly SeriesDetector[];
  readonly #expected: Float64Array;

  constructor(world: World, detectors: readonly SeriesDetector[], expected: Float64Array) {
    this.#world = world;
    this.#detectors = detectors;
    this.#expected = expected;
    for (const { key } of world.series) this.#history.stratum(key);
  }

  add(i: number, day: number, step: number, n: number, k: number): void {
    this.#history.add(i, day, 24 * (day % 7) + 6 * step, n, k);
  }

  learn(today: number): void {
    const baseline = learnBaseline(this.#history, { today });
    const members = this.#world.series.map(
      ({ key }) =>
        (other: string) =>
          other === key,
    );
    const sized = seriesBaselines(this.#history, baseline, members, { today });
    this.#world.series.forEach(({ key }, i) => {
      this.#detectors[i]!.configure(sized[i]!);
      this.#expected[i] = expit(baseline.logit(key));
    });
  }
}

interface SimulatedSeries {
  key: string;
  p: number;
  perStep: number;
}

class World {
  readonly series: readonly SimulatedSeries[];
  readonly #random: Random;
  readonly #params: FleetParams;
  readonly #today: Float64Array;
  readonly #state: Float64Array;
  #shared = 0;

  constructor(random: Random, params: FleetParams) {
    this.#random = random;
    this.#params = params;
    const effects = Array.from({ length: groups }, () => 0.3 * random.normal());
    this.series = Array.from({ length: params.series }, (_, i) => {
      const group = i % groups;
      const p = expit(-1.8 + effects[group]! + 0.3 * random.normal());
      const perDay = params.volume.median * Math.exp(params.volume.spread * random.normal());
      return {
        key: `g${group}|s${i}`,
        p,
        perStep: Math.max(1, Math.min(750, Math.round(perDay / stepsPerDay))),
      };
    });
    this.#today = Float64Array.from(this.series, ({ p }) => p);
    this.#state = Float64Array.from(this.series, () => random.normal());
  }

  newDay(): void {
    const { dayEffects } = this.#params;
    if (!dayEffects) return;
    const sd = dayEffects.sd / 100;
    for (let i = 0; i < this.series.length; i++) {
      const { p } = this.series[i]!;
      if (dayEffects.kind === 'beta') {
        this.#today[i] = this.#random.beta(p, sd);
        continue;
      }
      this.#state[i] = ar1 * this.#state[i]! + Math.sqrt(1 - ar1 * ar1) * this.#random.normal();
      this.#today[i] = Math.max(0.001, p + sd * this.#state[i]!);
    }
  }

  newStep(): void {
    this.#shared = this.#random.normal();
  }

  trials(i: number): number {
    return this.series[i]!.perStep;
  }

  events(i: number, n: number): number {
    const { correlation } = this.#params;
    const p = this.#today[i]!;
    if (correlation === 0) return this.#random.binomial(n, p);
    const z = Math.sqrt(correlation) * this.#shared + Math.sqrt(1 - correlation) * this.#random.normal();
    return binomialQuantile(n, p, normalCdf(z));
  }
}

/** The least k with P(K ≤ k) ≥ u. */
function binomialQuantile(n: number, p: number, u: number): number {
  const odds = p / (1 - p);
  let mass = (1 - p) ** n;
  let below = mass;
  let k = 0;
  while (below < u && k < n) {
    k++;
    mass *= (odds * (n - k + 1)) / k;
    below += mass;
  }
  return k;
}
