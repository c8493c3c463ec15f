import {
  type Complexity,
  complexities,
  type HandoffCause,
  type Instrument,
} from '@seamwatch/contracts/events.ts';
import { type Path, paths } from '@seamwatch/contracts/measures.ts';
import { PlantedChanges } from './planted.ts';
import { Population } from './population.ts';
import { RandomStream } from './random.ts';
import { cumulative } from './samplers.ts';
import type { Scenario } from './scenario.ts';
import { quarterMs } from './scenario-schema.ts';
import { WeekShape } from './week-shape.ts';

export interface Category {
  name: string;
  tier: 1 | 2;
  complexitySums: readonly number[];
  emotion: number;
  startsWithAi: number;
  escalation: Readonly<Record<Complexity, number>>;
  decision: Scenario['categories'][string]['decision'];
}

export interface Channel {
  name: string;
  waitFactor: number;
  responseOdds: number;
}

/** A scenario made ready to be simulated: tables by index, and what changes as it runs. */
export interface Centre {
  scenario: Scenario;
  /** One stream, opened anew for each thing and purpose. */
  random: RandomStream;
  shape: WeekShape;
  population: Population;
  planted: PlantedChanges;
  categories: readonly Category[];
  categoryNames: readonly string[];
  categoryShares: readonly number[];
  channels: readonly Channel[];
  channelSums: readonly number[];
  causes: readonly (readonly [HandoffCause, number])[];
  ageSums: Readonly<Record<Path, readonly number[]>>;
  scoreShares: Readonly<Record<Instrument, Readonly<Record<Path, readonly number[]>>>>;
  newMattersPerDay: number;
  /** Quarters of an hour are counted from this one where they name a draw. */
  drawsFromQuarter: number;
}

export function openCentre(scenario: Scenario): Centre {
  const { categories, channels } = scenario;
  return {
    scenario,
    random: new RandomStream(),
    shape: new WeekShape(scenario),
    population: new Population(scenario),
    planted: new PlantedChanges(scenario.planted),
    categories: Object.entries(categories).map(([name, c]) => ({
      name,
      tier: c.tier,
      complexitySums: cumulative(complexities.map((k) => c.complexity[k])),
      emotion: c.emotion,
      startsWithAi: c.startsWithAi,
      escalation: c.escalation,
      decision: c.decision,
    })),
    categoryNames: Object.keys(categories),
    categoryShares: shares(Object.values(categories).map((c) => c.share)),
    channels: Object.entries(channels).map(([name, c]) => ({
      name,
      waitFactor: c.waitFactor,
      responseOdds: c.responseOdds,
    })),
    channelSums: cumulative(Object.values(channels).map((c) => c.share)),
    causes: Object.entries(scenario.handoffs.causes) as [HandoffCause, number][],
    ageSums: byPath((path) => cumulative(scenario.repeat.ageWeights[path])),
    scoreShares: {
      csat: byPath((path) => shares(scenario.surveys.csat.scores[path])),
      ces: byPath((path) => shares(scenario.surveys.ces.scores[path])),
      nps: byPath((path) => shares(scenario.surveys.nps.scores[path])),
    },
    newMattersPerDay: newMattersPerDay(scenario),
    drawsFromQuarter: scenario.drawsFrom / quarterMs,
  };
}

const byPath = <T>(value: (path: Path) => T): Record<Path, T> =>
  Object.fromEntries(paths.map((p) => [p, value(p)])) as Record<Path, T>;

function shares(weights: readonly number[]): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

/** How many new matters a day give the wanted number of interactions, repeats and repeats of repeats included. */
function newMattersPerDay({ categories, repeat, customers, interactionsPerDay }: Scenario): number {
  const all = Object.values(categories);
  const categoryShares = shares(all.map((c) => c.share));
  let repeats = 0;
  all.forEach((category, i) => {
    const complexityShares = shares(complexities.map((k) => category.complexity[k]));
    const escalation = complexities.reduce(
      (sum, k, j) => sum + category.escalation[k] * complexityShares[j]!,
      0,
    );
    const seam = category.startsWithAi * escalation;
    const human = 1 - category.startsWithAi;
    const { ai: aiShare, seam: seamShare, human: humanShare } = repeat.share;
    repeats += categoryShares[i]! * ((1 - seam - human) * aiShare + seam * seamShare + human * humanShare);
  });
  const { unidentified } = customers;
  return interactionsPerDay / (unidentified + (1 - unidentified) / (1 - Math.min(0.95, repeats)));
}
