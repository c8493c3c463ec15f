import { estimateEffect, estimateOnset } from '@seamwatch/core/detection/estimates.ts';
import type { Evidence } from '@seamwatch/core/detection/evidence.ts';
import { chunks, type Goal, type Mode, type Row, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import {
  average,
  type Figure,
  largest,
  mean,
  median,
  merged,
  type Sample,
  sampleOf,
  scaled,
  share,
} from '../summary.ts';
import { changeAt, knownTrial, runEvents } from './events.ts';

type Kind = 'zero' | 'steady';

interface Params {
  kind: Kind;
  threshold: number;
  limit: Limit;
  runs: number;
}

interface Part {
  delays: Sample;
  /** Alarms before the change. */
  early: number;
  /** Of steady-state runs: absolute errors of the onset, and how often the intervals covered the truth. */
  onsetErrors: number[];
  onsetCovered: number;
  effectCovered: number;
}

/** Goals 2, 3, 5 and 11: the delay against the exact limit, and what is said about the change at the alarm. */
export const delay: Goal<Params, Part> = {
  id: 'delay',
  tasks(mode) {
    const runs = mode === 'full' ? 5_000 : 150;
    const parts = mode === 'full' ? 5 : 1;
    const of = (kind: Kind, threshold: number) =>
      limitsAt(threshold).flatMap((limit) => chunks({ kind, threshold, limit }, runs, parts));
    return [...of('zero', 1e5), ...of('steady', 1e5), ...of('zero', 1e7)];
  },
  run({ kind, threshold, limit: { p0, p1 }, runs }, seed) {
    const random = new Random(seed, 2);
    const trial = knownTrial(p0);
    const change = kind === 'zero' ? 0 : changeAt;
    const delays: number[] = [];
    const part = { early: 0, onsetErrors: [] as number[], onsetCovered: 0, effectCovered: 0 };
    const stream = { before: p0, after: p1, change, most: Infinity, limit: threshold };
    for (let i = 0; i < runs; i++) {
      const { alarm, evidence } = runEvents(random, trial, stream);
      if (alarm! <= change) part.early++;
      else delays.push(alarm! - change);
      if (alarm! > change && kind === 'steady') assess(evidence, p1, part);
    }
    return { ...part, delays: sampleOf(delays) };
  },
  rows(parts, mode) {
    const groups = groupBy(parts);
    const of = (kind: Kind, threshold: number) =>
      groups
        .filter(({ params }) => params.kind === kind && params.threshold === threshold)
        .map(({ params, delays }) => scaled(mean(delays), 1 / params.limit[kind]));
    const steady = groups.filter(({ params }) => params.kind === 'steady');
    return [
      ...maxAndMean('2', 'zero-state delay ÷ limit', of('zero', 1e5), 1.27, 1.22, mode),
      ...maxAndMean('3', 'steady-state delay ÷ limit', of('steady', 1e5), 1.2, 1.11, mode),
      row('5 mean', 'zero-state delay ÷ limit, A = 1e7, mean', average(of('zero', 1e7)), { max: 1.18 }, mode),
      ...onsetRows(
        steady.filter(({ params }) => isThreePoints(params.limit)),
        mode,
      ),
      row('11 interval', 'onset inside its 95 % interval', covered(steady, 'onsetCovered'), {}, mode),
      row(
        '11 effect',
        'rate inside its 95 % interval at the alarm',
        covered(steady, 'effectCovered'),
        {},
        mode,
      ),
    ];
  },
};

function assess(evidence: Evidence, p1: number, part: Omit<Part, 'delays'>): void {
  const onset = estimateOnset(evidence)!;
  const { value } = estimateEffect(evidence, 'worse');
  part.onsetErrors.push(Math.abs(onset.at - changeAt));
  if (onset.lower <= changeAt && changeAt <= onset.upper) part.onsetCovered++;
  if (value.lower <= p1 && p1 <= value.upper) part.effectCovered++;
}

interface Group extends Part {
  params: Params;
}

function groupBy(parts: readonly { params: Params; part: Part }[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { params, part } of parts) {
    const key = `${params.kind} ${params.threshold} ${params.limit.p0} ${params.limit.p1}`;
    const group = groups.get(key);
    groups.set(key, group ? merge(group, part) : { ...part, params });
  }
  return [...groups.values()];
}

const merge = (a: Group, b: Part): Group => ({
  params: a.params,
  delays: merged([a.delays, b.delays]),
  early: a.early + b.early,
  onsetErrors: [...a.onsetErrors, ...b.onsetErrors],
  onsetCovered: a.onsetCovered + b.onsetCovered,
  effectCovered: a.effectCovered + b.effectCovered,
});

function maxAndMean(
  goal: string,
  figure: string,
  ratios: readonly Figure[],
  max: number,
  meanMax: number,
  mode: Mode,
): Row[] {
  return [
    row(`${goal} max`, `${figure}, worst of nine`, largest(ratios), { max }, mode),
    row(`${goal} mean`, `${figure}, mean`, average(ratios), { max: meanMax }, mode),
  ];
}

const isThreePoints = ({ p0, p1 }: Limit): boolean => Math.abs(p1 - p0 - 0.03) < 1e-9;

function onsetRows(groups: readonly Group[], mode: Mode): Row[] {
  const figure = 'onset at +3 points, median absolute error, events';
  const all = median(groups.flatMap(({ onsetErrors }) => onsetErrors));
  const single = groups.map(({ params, onsetErrors }) =>
    row(`11 p0 ${params.limit.p0}`, `${figure}, p0 ${params.limit.p0}`, median(onsetErrors), {}, mode),
  );
  return [row('11', figure, all, { max: 350 }, mode), ...single];
}

function covered(groups: readonly Group[], which: 'onsetCovered' | 'effectCovered'): Figure {
  const hits = groups.reduce((sum, group) => sum + group[which], 0);
  return share(
    hits,
    groups.reduce((sum, group) => sum + group.delays.n, 0),
  );
}
