import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { expit, shiftOdds } from '@seamwatch/core/detection/odds.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { Random } from '../random.ts';
import { meanOf, share } from '../summary.ts';

const perDay = 2_000;
const days = 50;
/** Days of evidence; a fleet of 17 series at a budget of 2. */
const threshold = 250;
const strata = [
  { key: 'ai|status', p: 0.1 },
  { key: 'ai|billing', p: 0.2 },
] as const;
/** Share of the second stratum: 13.5 % or 15.5 % over all. */
const mixes = { good: 0.35, bad: 0.55 } as const;

type Scenario = 'no shift' | 'shift' | 'pooled shift' | 'masked decline';

interface Params {
  scenario: Scenario;
  runs: number;
}

/** Days until the alarm of each run; null where there was none in 50 days. */
type Part = (number | null)[];

/**
 * Goal 6: a change of mix alone must not alarm, and must not hide a decline. Baselines are learned from 8
 * weeks.
 */
export const caseMix: Goal<Params, Part> = {
  id: 'case-mix',
  tasks: (mode) =>
    (['no shift', 'shift', 'pooled shift', 'masked decline'] as const).flatMap((scenario) =>
      chunks({ scenario }, mode === 'full' ? 2_000 : 60, mode === 'full' ? 4 : 1),
    ),
  run({ scenario, runs }, seed) {
    return Array.from({ length: runs }, (_, i) => oneRun(new Random(seed + 31 * i, 6), scenario));
  },
  rows(parts, mode) {
    const of = (scenario: Scenario) =>
      parts.filter(({ params }) => params.scenario === scenario).flatMap(({ part }) => part);
    const alarms = (scenario: Scenario) =>
      share(of(scenario).filter((day) => day !== null).length, of(scenario).length);
    const [without, shifted] = [alarms('no shift'), alarms('shift')];
    const difference = {
      value: Math.abs(shifted.value - without.value),
      se: Math.hypot(shifted.se, without.se),
    };
    const found = meanOf(of('masked decline').map((day) => day ?? days));
    return [
      row('6 shift', 'false alarms in 50 days: mix shift − none', difference, { max: 0.07 }, mode),
      row('6 pooled', 'the same shift without strata, false alarms', alarms('pooled shift'), {}, mode),
      row('6 masked', 'decline behind a better mix, days until found', found, { max: 1.3 }, mode),
    ];
  },
};

function oneRun(random: Random, scenario: Scenario): number | null {
  const masked = scenario === 'masked decline';
  const expected = learn(random, masked ? mixes.bad : mixes.good, scenario === 'pooled shift');
  const mix = scenario === 'shift' || scenario === 'pooled shift' ? mixes.bad : mixes.good;
  const detector = new SeriesDetector();
  for (let hour = 0; hour < 24 * days; hour++) {
    const n = random.poisson(perDay / 24);
    const second = random.binomial(n, mix);
    [n - second, second].forEach((trials, i) => {
      const p = masked ? shiftOdds(strata[i]!.p, 1.25) : strata[i]!.p;
      detector.addCounts(random.binomial(trials, p), trials, expected[i]!);
    });
    detector.step(hour / 24, 1 / 24);
    if (detector.installationDays() >= threshold) return (hour + 1) / 24;
  }
  return null;
}

/** Baselines of 8 weeks at a mix; one for both where strata are ignored. */
function learn(random: Random, mix: number, pooled: boolean): number[] {
  const history = new BaselineHistory();
  const total = 56 * perDay;
  [1 - mix, mix].forEach((part, i) => {
    const n = Math.round(total * part);
    const { key, p } = strata[i]!;
    history.add(history.stratum(pooled ? 'all' : key), 0, 0, n, random.binomial(n, p));
  });
  const baseline = learnBaseline(history, { today: 8 });
  return strata.map(({ key }) => expit(baseline.logit(pooled ? 'all' : key)));
}
