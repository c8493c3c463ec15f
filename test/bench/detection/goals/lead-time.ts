import { Fleet } from '@seamwatch/core/detection/fleet.ts';
import { compositeEvidence } from '@seamwatch/core/detection/fusion.ts';
import { shiftOdds } from '@seamwatch/core/detection/odds.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { baselineWeeks, weeklyNpsTest } from '@seamwatch/core/detection/weekly-nps.ts';
import { type NpsCounts, npsCounts } from '@seamwatch/core/stats/nps.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { Random } from '../random.ts';
import { type Scores, scoresOf, tilted } from '../scores.ts';
import { median, share } from '../summary.ts';

const perDay = 2_000;
const answersPerDay = 160;
const rampDays = 75;
const stepsPerDay = 24;
const mostDays = 400;
const fleetSize = 400;
const csat = scoresOf([0.08, 0.12, 0.15, 0.3, 0.35]);
const csatWorse = scoresOf([0.095, 0.135, 0.15, 0.29, 0.33]);
/** NPS 28: promoters 50 %, detractors 22 %. */
const nps = scoresOf([0.02, 0.01, 0.02, 0.03, 0.03, 0.05, 0.06, 0.12, 0.16, 0.22, 0.28]);
const npsWorse = fiveLower(nps);

interface Params {
  runs: number;
}

/** Days from the decline to each first sign. */
interface Run {
  alert: number;
  escalation: number;
  mean: number;
  nps: number;
}

/** Goal 9: a decline at severity 1; what operations show at once reaches NPS over 75 days. */
export const leadTime: Goal<Params, Run[]> = {
  id: 'lead-time',
  tasks: (mode) => chunks({}, mode === 'full' ? 2_000 : 100, mode === 'full' ? 8 : 2),
  run({ runs }, seed) {
    const random = new Random(seed, 9);
    return Array.from({ length: runs }, () => decline(random));
  },
  rows(parts, mode) {
    const runs = parts.flatMap(({ part }) => part);
    const first = runs.filter(({ alert, nps: lagging }) => alert < lagging).length;
    return [
      row(
        '9 lead',
        'lead over the weekly NPS test, median days',
        median(runs.map((r) => r.nps - r.alert)),
        { min: 50 },
        mode,
      ),
      row('9 first', 'alert before the weekly NPS test', share(first, runs.length), { min: 0.99 }, mode),
      row('9 alert', 'first alert, median days', median(runs.map((r) => r.alert)), {}, mode),
      row('9 escalation', 'escalation alone, median days', median(runs.map((r) => r.escalation)), {}, mode),
      row('9 mean', 'mean of all signals, median days', median(runs.map((r) => r.mean)), {}, mode),
      row('9 NPS', 'weekly NPS test, median days', median(runs.map((r) => r.nps)), {}, mode),
    ];
  },
};

function decline(random: Random): Run {
  const alerts = operations(random);
  return { ...alerts, nps: weeklyNps(random) };
}

function operations(random: Random): Omit<Run, 'nps'> {
  const fleet = new Fleet(2);
  for (let i = 0; i < fleetSize; i++) fleet.set(`s${i}`);
  const detectors = Array.from({ length: 4 }, () => new SeriesDetector());
  const [escalation, repeat, satisfaction, promoters] = detectors as [
    SeriesDetector,
    SeriesDetector,
    SeriesDetector,
    SeriesDetector,
  ];
  satisfaction.configure({ phi: 1, spread: csat.spread, guard: 0 });
  promoters.configure({ phi: 1, spread: nps.spread, guard: 0 });
  const found: Partial<Omit<Run, 'nps'>> = {};
  const quiet = 5 * stepsPerDay;
  for (let step = -quiet; step < mostDays * stepsPerDay && found.mean === undefined; step++) {
    const on = step >= 0;
    const n = Math.round(perDay / stepsPerDay);
    escalation.addCounts(random.binomial(n, on ? 0.13 : 0.1), n, 0.1);
    addRepeats(random, repeat, n, step);
    const answers = random.poisson(answersPerDay / stepsPerDay);
    satisfaction.addScores(histogram(random, on ? csatWorse : csat, answers), 0, 5, csat.m0);
    const ramp = Math.max(0, Math.min(1, step / stepsPerDay / rampDays));
    promoters.addScores(npsAnswers(random, answers, ramp), 0, 11, nps.m0);
    const at = 1 + (step + quiet) / stepsPerDay;
    for (const detector of detectors) detector.step(at, fleet.inflow('s0', 1 / stepsPerDay));
    if (!on) continue;
    const days = (step + 1) / stepsPerDay;
    const evidence = detectors.map((detector) => detector.installationDays());
    const mean = compositeEvidence(null, evidence);
    if (evidence[0]! >= fleet.threshold) found.escalation ??= days;
    if (mean >= fleet.threshold) found.mean ??= days;
    if (Math.max(...evidence) >= fleet.threshold) found.alert ??= days;
  }
  const { alert = mostDays, escalation: first = mostDays, mean = mostDays } = found;
  return { alert, escalation: first, mean };
}

/** Seven age buckets complete in each step; those that lie after the decline are worse. */
function addRepeats(random: Random, detector: SeriesDetector, n: number, step: number): void {
  const hazard = 1 - (1 - 0.15) ** (1 / 7);
  const worse = shiftOdds(hazard, (0.18 / 0.82) * (0.85 / 0.15));
  for (let age = 0; age < 7; age++) {
    const left = Math.round(n * (1 - hazard) ** age);
    // Known four hours after a bucket of 24 hours.
    const after = Math.max(0, Math.min(1, (step - 4) / stepsPerDay));
    detector.addCounts(random.binomial(left, hazard * (1 - after) + worse * after), left, hazard);
  }
}

function weeklyNps(random: Random): number {
  const before: NpsCounts[] = [];
  for (let week = 0; week < baselineWeeks; week++) {
    before.push(npsCounts(npsAnswers(random, 7 * answersPerDay, 0)));
  }
  for (let week = 0; 7 * week < mostDays; week++) {
    const answers = new Float64Array(11);
    for (let day = 7 * week; day < 7 * week + 7; day++) {
      const today = npsAnswers(random, answersPerDay, Math.min(1, day / rampDays));
      for (let score = 0; score < 11; score++) answers[score] = answers[score]! + today[score]!;
    }
    if (weeklyNpsTest(before, npsCounts(answers)).rejects) return 7 * week + 7;
  }
  return mostDays;
}

function histogram(random: Random, { probabilities }: Scores, answers: number): Float64Array {
  const counts = new Float64Array(probabilities.length);
  for (let i = 0; i < answers; i++) {
    const score = random.pick(probabilities);
    counts[score] = counts[score]! + 1;
  }
  return counts;
}

/** Answers of a day on which the decline has reached `ramp` of its size. */
function npsAnswers(random: Random, answers: number, ramp: number): Float64Array {
  const mixed = nps.probabilities.map((p, j) => p + ramp * (npsWorse.probabilities[j]! - p));
  return histogram(random, scoresOf(mixed), answers);
}

function fiveLower(scores: Scores): Scores {
  const npsOf = ({ probabilities }: Scores) => {
    const { promoters, detractors } = npsCounts(probabilities);
    return 100 * (promoters - detractors);
  };
  const target = npsOf(scores) - 5;
  let [low, high] = [scores.m0, scores.m0 + 0.2];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (npsOf(tilted(scores, middle)) > target) low = middle;
    else high = middle;
  }
  return tilted(scores, low);
}
