import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { Evidence, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { expit, standardGrid } from '@seamwatch/core/detection/odds.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import { average, largest, mean, merged, type Sample, sampleOf, scaled, share } from '../summary.ts';
import { changeAt, runEvents } from './events.ts';

const learnFromEvents = 20_000;

interface Params {
  kind: 'zero' | 'steady';
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
    (['zero', 'steady'] as const).flatMap((kind) =>
      limitsAt(1e5).flatMap((limit) =>
        chunks({ kind, limit }, mode === 'full' ? runsOf[kind] : 150, mode === 'full' ? 4 : 1),
      ),
    ),
  run({ kind, limit: { p0, p1 }, runs }, seed) {
    const random = new Random(seed, 3);
    const evidence = new Evidence(standardGrid);
    const change = kind === 'zero' ? 0 : changeAt;
    const delays: number[] = [];
    for (let i = 0; i < runs; i++) {
      const trial = trialOf(learn(random, p0), standardGrid);
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
        return scaled(mean(merged(own.map(({ part }) => part.delays))), 1 / limit[kind]);
      });
    const steady = parts.filter(({ params }) => params.kind === 'steady');
    const early = steady.reduce((sum, { part }) => sum + part.early, 0);
    const runs = steady.reduce((sum, { params }) => sum + params.runs, 0);
    const [zero, later] = [ratios('zero'), ratios('steady')];
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
    ];
  },
};

const runsOf = { zero: 10_000, steady: 4_000 } as const;

/** The baseline of one stratum with 20,000 observations. */
function learn(random: Random, p0: number): number {
  const history = new BaselineHistory();
  history.add(history.stratum('all'), 0, 0, learnFromEvents, random.binomial(learnFromEvents, p0));
  return expit(learnBaseline(history, { today: 8 }).logit('all'));
}
