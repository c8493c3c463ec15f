import { type Bounds, chunks, type Goal, type Mode, row } from '../goal.ts';
import { Random } from '../random.ts';
import { type Figure, meanOf } from '../summary.ts';
import { type FleetParams, simulateFleet } from './fleet-simulation.ts';

interface Params extends FleetParams {
  id: string;
  figure: string;
  runs: number;
}

/** False alerts per 30 days of each run. */
type Part = number[];

const fleet = {
  series: 400,
  per30Days: 2,
  correlation: 0,
  days: 60,
  volume: { median: 300, spread: 0.8 },
} as const;

const variants: readonly (Omit<Params, 'runs'> & { fullRuns: number })[] = [
  { ...fleet, id: '8 known', figure: 'known baselines, independent', baseline: 'known', fullRuns: 200 },
  {
    ...fleet,
    id: '8 known .4',
    figure: 'known baselines, correlation .4',
    baseline: 'known',
    correlation: 0.4,
    fullRuns: 200,
  },
  { ...fleet, id: '8 learned', figure: 'learned baselines, independent', baseline: 'learned', fullRuns: 200 },
  {
    ...fleet,
    id: '8 learned .4',
    figure: 'learned baselines, correlation .4',
    baseline: 'learned',
    correlation: 0.4,
    fullRuns: 200,
  },
  {
    ...fleet,
    id: '14 beta',
    figure: 'beta-binomial days, sd 1 point, all learned',
    baseline: 'learned',
    dayEffects: { sd: 1, kind: 'beta' },
    fullRuns: 100,
  },
  {
    ...fleet,
    id: '14 AR(1)',
    figure: 'AR(1) days, sd 1 point, all learned',
    baseline: 'learned',
    dayEffects: { sd: 1, kind: 'ar1' },
    fullRuns: 100,
  },
];

/**
 * Goals 8 and 14: false alerts of a fleet of 400 series at a budget of 2 per 30 days; the upper 95 % bound
 * counts.
 */
export const fleetBudget: Goal<Params, Part> = {
  id: 'fleet',
  tasks: (mode) =>
    variants.flatMap(({ fullRuns, ...variant }) =>
      chunks(variant, mode === 'full' ? fullRuns : 6, mode === 'full' ? fullRuns / 10 : 1),
    ),
  run(params, seed) {
    return Array.from({ length: params.runs }, (_, i) => {
      const alerts = simulateFleet(new Random(seed + i * 7919, 4), params);
      return alerts.reduce((a, b) => a + b, 0) / alerts.length;
    });
  },
  rows(parts, mode) {
    return variants.map(({ id, figure }) => {
      const runs = parts.filter(({ params }) => params.id === id).flatMap(({ part }) => part);
      return row(
        id,
        `false alerts per 30 days, upper 95 % bound: ${figure}`,
        upper(runs, mode),
        bounds,
        mode,
      );
    });
  },
};

const bounds: Bounds = { max: 2 };

function upper(runs: readonly number[], mode: Mode): Figure {
  const { value, se } = meanOf(runs);
  return mode === 'full' ? { value: value + 1.645 * se, se } : { value, se: Math.max(se, 0.5) };
}
