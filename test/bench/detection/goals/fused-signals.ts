import { Fusion, meanEvidence } from '@seamwatch/core/detection/fusion.ts';
import { shiftOdds } from '@seamwatch/core/detection/odds.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { chunks, type Goal, row } from '../goal.ts';
import { Random } from '../random.ts';
import { type Scores, scoresOf, tilted } from '../scores.ts';
import { mean, merged, type Sample, sampleOf, share } from '../summary.ts';

const threshold = 1e5;
/** Interactions in which a false alarm is counted: P ≤ 0.2. */
const horizon = 20_000;
const response = 0.08;

/** Odds ratios of a decline at severity 1. */
const severity = {
  escalation_rate: 1.345,
  seam_abandonment: 1.28,
  repeat_contact: 1.244,
  csat: 1.195,
} as const;
type Signal = keyof typeof severity;
const signals = Object.keys(severity) as Signal[];

/** Scores by how the interaction ended: contained, escalated and answered, escalated and abandoned. */
const scores: readonly Scores[] = [
  scoresOf([0.05, 0.08, 0.15, 0.32, 0.4]),
  scoresOf([0.12, 0.15, 0.2, 0.28, 0.25]),
  scoresOf([0.45, 0.25, 0.15, 0.1, 0.05]),
];
const escalation = 0.1;
const abandonment = 0.12;
const repeats = [0.13, 0.22, 0.45] as const;
/** Odds of a repeat by score band: no answer, 1–2, 3–5. */
const bandRatios = [1, 2.2, 0.8] as const;
const repeatOf = (ending: number, band: number): number => shiftOdds(repeats[ending]!, bandRatios[band]!);

interface Params {
  kind: 'null' | 'decline';
  runs: number;
}

interface Part {
  /** False alarms within the horizon, or delays. */
  fusion: Sample;
  mean: Sample;
  /** Fusion of baselines that do not know the other outcomes. */
  plain: Sample;
}

/** Goal 10: signals of the same interactions multiply, if each is conditional on those before. */
export const fusedSignals: Goal<Params, Part> = {
  id: 'fusion',
  tasks: (mode) => [
    ...chunks({ kind: 'null' as const }, mode === 'full' ? 3_000 : 120, mode === 'full' ? 12 : 2),
    ...chunks({ kind: 'decline' as const }, mode === 'full' ? 3_000 : 150, mode === 'full' ? 4 : 1),
  ],
  run({ kind, runs }, seed) {
    const random = new Random(seed, 10);
    const ends = Array.from({ length: runs }, () => oneRun(random, kind));
    const of = (name: keyof Part) =>
      sampleOf(ends.map((end) => (kind === 'null' ? Number(end[name] <= horizon) : end[name])));
    return { fusion: of('fusion'), mean: of('mean'), plain: of('plain') };
  },
  rows(parts, mode) {
    const total = (kind: Params['kind'], name: keyof Part): Sample =>
      merged(parts.filter(({ params }) => params.kind === kind).map(({ part }) => part[name]));
    const early = (name: keyof Part) => share(total('null', name).sum, total('null', name).n);
    const fused = mean(total('decline', 'fusion'));
    const averaged = mean(total('decline', 'mean'));
    const ratio = averaged.value / fused.value;
    const se = ratio * Math.hypot(fused.se / fused.value, averaged.se / averaged.value);
    return [
      row('10 bound', 'P(false alarm in 0.2·A), chain rule', early('fusion'), { max: 0.2 }, mode),
      row(
        '10 faster',
        'delay of the mean ÷ delay of the chain rule',
        { value: ratio, se },
        { min: 1.35 },
        mode,
      ),
      row('10 plain', 'P(false alarm in 0.2·A), plain product', early('plain'), {}, mode),
    ];
  },
};

interface Interaction {
  escalated: boolean;
  ending: number;
  /** 1–5, or 0 without an answer. */
  score: number;
  repeated: boolean;
}

const worseScores = scores.map((each) => tilted(each, shiftOdds(each.m0, severity.csat)));

function draw(random: Random, worse: boolean): Interaction {
  const p = (base: number, signal: Signal) => (worse ? shiftOdds(base, severity[signal]) : base);
  const escalated = random.uniform() < p(escalation, 'escalation_rate');
  const abandoned = escalated && random.uniform() < p(abandonment, 'seam_abandonment');
  const ending = escalated ? (abandoned ? 2 : 1) : 0;
  const answered = random.uniform() < response;
  const score = answered ? 1 + random.pick((worse ? worseScores : scores)[ending]!.probabilities) : 0;
  const repeated = random.uniform() < p(repeatOf(ending, bandOf(score)), 'repeat_contact');
  return { escalated, ending, score, repeated };
}

const bandOf = (score: number): number => (score === 0 ? 0 : score <= 2 ? 1 : 2);

/** What a detector believes of an interaction with a given ending and score band. */
interface Expectations {
  repeat(ending: number, band: number): number;
  m0(ending: number): number;
}

const conditional: Expectations = { repeat: repeatOf, m0: (ending) => scores[ending]!.m0 };
const marginal = marginalOf(conditional);

/** The same expectations for everybody. */
function marginalOf({ repeat, m0 }: Expectations): Expectations {
  const parts = [1 - escalation, escalation * (1 - abandonment), escalation * abandonment];
  let meanRepeat = 0;
  let meanM0 = 0;
  parts.forEach((part, ending) => {
    const low = scores[ending]!.probabilities[0]! + scores[ending]!.probabilities[1]!;
    const bands = [1 - response, response * low, response * (1 - low)];
    bands.forEach((of, band) => {
      meanRepeat += part * of * repeat(ending, band);
    });
    meanM0 += part * m0(ending);
  });
  return { repeat: () => meanRepeat, m0: () => meanM0 };
}

interface Listener {
  addCounts(signal: Signal, k: number, n: number, p0: number): void;
  addScores(signal: Signal, counts: Float64Array, first: number, size: number, m0: number): void;
}

function tell(
  listener: Listener,
  { escalated, ending, score, repeated }: Interaction,
  e: Expectations,
): void {
  listener.addCounts('escalation_rate', Number(escalated), 1, escalation);
  if (escalated) listener.addCounts('seam_abandonment', Number(ending === 2), 1, abandonment);
  if (score > 0) {
    const histogram = new Float64Array(5);
    histogram[score - 1] = 1;
    listener.addScores('csat', histogram, 0, 5, e.m0(ending));
  }
  listener.addCounts('repeat_contact', Number(repeated), 1, e.repeat(ending, bandOf(score)));
}

/** Interactions until each detector alarms. Without change it ends at the horizon. */
function oneRun(random: Random, kind: Params['kind']): Record<keyof Part, number> {
  const fusion = new Fusion();
  const plain = new Fusion();
  const detectors = new Map(signals.map((signal) => [signal, new SeriesDetector()]));
  const csat = { phi: 1, spread: scores[0]!.spread, guard: 0 };
  for (const each of [fusion, plain]) each.configure('csat', csat);
  detectors.get('csat')!.configure(csat);
  const single: Listener = {
    addCounts: (signal, k, n, p0) => detectors.get(signal)!.addCounts(k, n, p0),
    addScores: (signal, counts, first, size, m0) => detectors.get(signal)!.addScores(counts, first, size, m0),
  };
  const ends: Partial<Record<keyof Part, number>> = {};
  for (let i = 1; kind === 'decline' || i <= horizon; i++) {
    const interaction = draw(random, kind === 'decline');
    tell(single, interaction, conditional);
    tell(fusion, interaction, conditional);
    tell(plain, interaction, marginal);
    fusion.step(i, 1);
    plain.step(i, 1);
    for (const detector of detectors.values()) detector.step(i, i - detector.time);
    const averaged = meanEvidence([...detectors.values()].map((detector) => detector.installationDays()));
    if (fusion.installationDays() >= threshold) ends.fusion ??= i;
    if (plain.installationDays() >= threshold) ends.plain ??= i;
    if (averaged >= threshold) ends.mean ??= i;
    if (ends.fusion && ends.mean && ends.plain) break;
  }
  return { fusion: ends.fusion ?? Infinity, mean: ends.mean ?? Infinity, plain: ends.plain ?? Infinity };
}
