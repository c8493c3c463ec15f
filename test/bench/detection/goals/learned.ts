import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { Evidence, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { expit, shiftOdds, standardGrid } from '@seamwatch/core/detection/odds.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import { average, largest, mean, merged, type Sample, sampleOf, scaled, share } from '../summary.ts';
import { changeAt, runEvents } from './events.ts';

const learnFromEvents = 20_000;

interface Params {
  /** `guarded`: as the monitor does it, from 56 days of 2,000, one standard error on the cautious side. */
  kind: 'zero' | 'steady' | 'guarded';
  limit: Limit;
  runs: number;
}

interface Part {
  delays: Sample;
  early: number;
}

/** Goal 4: the baseline learned from 20,000 events, by the product's own learning. */
export const learned: Goal<Params, Part> = {
  id: 'learned',
  tasks: (mode) =>
    kinds.flatMap((kind) =>
      limitsAt(1e5).flatMap((limit) =>
        chunks({ kind, limit }, mode === 'full' ? runsOf[kind] : 150, mode === 'full' ? 4 : 1),
      ),
    ),
  run({ kind, limit: { p0, p1 }, runs }, seed) {
    const random = new Random(seed, 3);
    const evidence = new Evidence(standardGrid);
    const change = kind === 'steady' ? changeAt : 0;
    const delays: number[] = [];
    for (let i = 0; i < runs; i++) {
      const trial = trialOf(kind === 'guarded' ? guarded(random, p0) : learn(random, p0), standardGrid);
      const { alarm } = runEvents(random, trial, { before: p0, after: p1, change, most: Infinity }, evidence);
      if (alarm! > change) delays.push(alarm! - change);
    }
    return { delays: sampleOf(delays), early: runs - delays.length };
  },
  rows(parts, mode) {
    const ratios = (kind: Params['kind']) =>
      limitsAt(1e5).map((limit) => {
        const own = parts.filter(
          ({ params }) =>
            params.kind === kind && params.limit.p0 === limit.p0 && params.limit.p1 === limit.p1,
        );
        return scaled(
          mean(merged(own.map(({ part }) => part.delays))),
          1 / limit[kind === 'steady' ? 'steady' : 'zero'],
        );
      });
    const steady = parts.filter(({ params }) => params.kind === 'steady');
    const early = steady.reduce((sum, { part }) => sum + part.early, 0);
    const runs = steady.reduce((sum, { params }) => sum + params.runs, 0);
    const [zero, later, careful] = [ratios('zero'), ratios('steady'), ratios('guarded')];
    return [
      row(
        '4 max',
        'zero-state delay ÷ limit, p0 learned from 20,000, worst',
        largest(zero),
        { max: 1.32 },
        mode,
      ),
      row('4 early', 'P(false alarm in 20,000), p0 learned', share(early, runs), { max: 0.2 }, mode),
      row('4 steady', 'steady-state delay ÷ limit, p0 learned, mean', average(later), {}, mode),
      row('4 steady max', 'steady-state delay ÷ limit, p0 learned, worst', largest(later), {}, mode),
      row('4 guarded', 'zero-state delay ÷ limit as the monitor is set up, mean', average(careful), {}, mode),
      row(
        '4 guarded max',
        'zero-state delay ÷ limit as the monitor is set up, worst',
        largest(careful),
        {},
        mode,
      ),
    ];
  },
};

const runsOf = { zero: 10_000, steady: 4_000, guarded: 2_000 } as const;
const kinds = ['zero', 'steady', 'guarded'] as const;

/** The baseline of a single stratum. */
function learn(random: Random, p0: number, n = learnFromEvents): number {
  const history = new BaselineHistory();
  history.add(history.stratum('all'), 0, 0, n, random.binomial(n, p0));
  return expit(learnBaseline(history, { today: 8 }).logit('all'));
}

function guarded(random: Random, p0: number): number {
  const n = 56 * 2_000;
  const p = learn(random, p0, n);
  return shiftOdds(p, Math.exp(1 / Math.sqrt(n * p * (1 - p))));
}
