import { learnBaseline } from '@seamwatch/core/detection/baseline.ts';
import { Evidence, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { BaselineHistory } from '@seamwatch/core/detection/history.ts';
import { expit, standardGrid } from '@seamwatch/core/detection/odds.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import { largest, mean, type Sample, sampleOf, scaled, share } from '../summary.ts';
import { changeAt, runEvents } from './events.ts';

const learnFromEvents = 20_000;

interface Params {
  limit: Limit;
  runs: number;
}

interface Part {
  delays: Sample;
  early: number;
  runs: number;
}

/** Goal 4: the baseline learned from 20,000 events, by the product's own learning. */
export const learned: Goal<Params, Part> = {
  id: 'learned',
  tasks: (mode) =>
    limitsAt(1e5).flatMap((limit) =>
      chunks({ limit }, mode === 'full' ? 4_000 : 150, mode === 'full' ? 4 : 1),
    ),
  run({ limit: { p0, p1 }, runs }, seed) {
    const random = new Random(seed, 3);
    const evidence = new Evidence(standardGrid);
    const delays: number[] = [];
    for (let i = 0; i < runs; i++) {
      const trial = trialOf(learn(random, p0), standardGrid);
      const stream = { before: p0, after: p1, change: changeAt, most: Infinity };
      const { alarm } = runEvents(random, trial, stream, evidence);
      if (alarm! > changeAt) delays.push(alarm! - changeAt);
    }
    return { delays: sampleOf(delays), early: runs - delays.length, runs };
  },
  rows(parts, mode) {
    const bySetting = new Map<Limit, Sample>();
    for (const { params, part } of parts) {
      const key = [...bySetting.keys()].find(
        ({ p0, p1 }) => p0 === params.limit.p0 && p1 === params.limit.p1,
      );
      const sum = key ? bySetting.get(key)! : { n: 0, sum: 0, squares: 0 };
      sum.n += part.delays.n;
      sum.sum += part.delays.sum;
      sum.squares += part.delays.squares;
      bySetting.set(key ?? params.limit, sum);
    }
    const ratios = [...bySetting].map(([{ steady }, delays]) => scaled(mean(delays), 1 / steady));
    const early = parts.reduce((sum, { part }) => sum + part.early, 0);
    const runs = parts.reduce((sum, { part }) => sum + part.runs, 0);
    return [
      row('4 max', 'steady delay ÷ limit, p0 learned from 20,000', largest(ratios), { max: 1.32 }, mode),
      row('4 early', 'P(false alarm in 20,000), p0 learned', share(early, runs), { max: 0.2 }, mode),
    ];
  },
};

/** The baseline of one stratum with 20,000 observations. */
function learn(random: Random, p0: number): number {
  const history = new BaselineHistory();
  history.add(history.stratum('all'), 0, 0, learnFromEvents, random.binomial(learnFromEvents, p0));
  return expit(learnBaseline(history, { today: 8 }).logit('all'));
}
