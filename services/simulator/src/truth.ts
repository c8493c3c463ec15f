import {
  type EventType,
  eventTypes,
  type HandoffCause,
  type Instrument,
  type InteractionClosed,
  instruments,
  scoreRange,
} from '@seamwatch/contracts/events.ts';
import type { Path } from '@seamwatch/contracts/measures.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { SimulatedEvent } from './cloud-events.ts';
import type { Planted } from './planted-schema.ts';
import { repeatWindowDays } from './population.ts';
import type { Scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

/** Counts as the vocabulary defines them; by age: whole days after the close, 0 to 6. */
export interface Counts {
  interactions: number;
  aiStarted: number;
  escalated: number;
  /** Escalated, by first cause. */
  causes: Partial<Record<HandoffCause, number>>;
  /** Two or more handoffs. */
  loops: number;
  abandonedAtSeam: number;
  claimed: { yes: number; no: number; unknown: number };
  /** Identified interactions still without a repeat at the beginning of an age, whose age is complete. */
  atRisk: number[];
  repeats: number[];
  sameMatter: number[];
  surveysSent: Record<Instrument, number>;
  /** Answers by score, from the lowest up. */
  answers: Record<Instrument, number[]>;
}

export interface Tally {
  events: Partial<Record<EventType, number>>;
  total: Counts;
  byPath: Record<Path, Counts>;
  byCategory: Record<string, Counts>;
}

export interface Truth extends Tally {
  planted: Planted[];
}

/** What is counted: interactions closed, and surveys sent and answered, from `from` to before `to` (ms). */
export interface Span {
  from?: number;
  to?: number;
  /** Absent: all interactions, with their surveys. */
  where?: (interaction: InteractionClosed) => boolean;
}

export const pathOf = (i: InteractionClosed): Path =>
  i.startedWith === 'human' ? 'human' : i.handoffs.length > 0 ? 'seam' : 'ai';

/** An interaction as it can be told from events alone, with its customer's next one by start. */
interface Observed {
  data: InteractionClosed;
  startedMs: number;
  closedMs: number;
  next: Observed | undefined;
}

/** What was seen: by interaction, and the surveys sent and answered. */
export interface Observations {
  events: Partial<Record<EventType, number>>;
  interactions: Map<string, Observed>;
  surveys: { timeMs: number; interactionId: string; instrument: Instrument; score: number | undefined }[];
}

/**
 * Counts a scenario by running it, from its events alone. For tests: keeps every interaction in memory.
 * Throws a RangeError for a scenario without an end.
 */
export function truthOf(scenario: Scenario, span: Span = {}): Truth {
  if (scenario.to === undefined) throw new RangeError('only a scenario with an end has a truth');
  return { planted: scenario.planted, ...tally(observe(simulate(scenario)), scenario.to, span) };
}

/** Reads events once, for any number of tallies. */
export function observe(events: Iterable<SimulatedEvent>): Observations {
  const seen: Observations = { events: {}, interactions: new Map(), surveys: [] };
  for (const { type, time, data } of events) {
    seen.events[type] = (seen.events[type] ?? 0) + 1;
    const timeMs = Date.parse(time);
    if (type === eventTypes.interactionClosed) {
      const startedMs = Date.parse(data.startedAt);
      seen.interactions.set(data.interactionId, { data, startedMs, closedMs: timeMs, next: undefined });
    } else if (type === eventTypes.surveySent || type === eventTypes.surveyAnswered) {
      const { interactionId, instrument } = data;
      const score = type === eventTypes.surveyAnswered ? data.score : undefined;
      seen.surveys.push({ timeMs, interactionId, instrument, score });
    }
  }
  const lastOf = new Map<string, Observed>();
  for (const interaction of [...seen.interactions.values()].sort((a, b) => a.startedMs - b.startedMs)) {
    const { customerId } = interaction.data;
    if (customerId === null) continue;
    const last = lastOf.get(customerId);
    if (last) last.next = interaction;
    lastOf.set(customerId, interaction);
  }
  return seen;
}

/** Counts what was seen until `untilMs`: plainly, with nothing of the simulator's knowledge. */
export function tally(seen: Observations, untilMs: number, span: Span = {}): Tally {
  const { from = -Infinity, to = Infinity, where = () => true } = span;
  const inSpan = (timeMs: number): boolean => timeMs >= from && timeMs < to;
  const { events } = seen;
  const byPath = { ai: noCounts(), seam: noCounts(), human: noCounts() };
  const result: Tally = { events, total: noCounts(), byPath, byCategory: {} };
  const countsOf = (i: InteractionClosed): Counts[] => {
    result.byCategory[i.category] ??= noCounts();
    return [result.total, byPath[pathOf(i)], result.byCategory[i.category]!];
  };
  for (const interaction of seen.interactions.values()) {
    if (!inSpan(interaction.closedMs) || !where(interaction.data)) continue;
    for (const counts of countsOf(interaction.data)) {
      countOutcome(counts, interaction.data);
      if (interaction.data.customerId !== null) countRepeat(counts, interaction, untilMs);
    }
  }
  for (const { timeMs, interactionId, instrument, score } of seen.surveys) {
    const interaction = seen.interactions.get(interactionId);
    if (!interaction || !inSpan(timeMs) || !where(interaction.data)) continue;
    for (const counts of countsOf(interaction.data)) {
      if (score === undefined) counts.surveysSent[instrument]++;
      else counts.answers[instrument][score - scoreRange[instrument][0]]!++;
    }
  }
  return result;
}

const noCounts = (): Counts => ({
  interactions: 0,
  aiStarted: 0,
  escalated: 0,
  causes: {},
  loops: 0,
  abandonedAtSeam: 0,
  claimed: { yes: 0, no: 0, unknown: 0 },
  atRisk: new Array<number>(repeatWindowDays).fill(0),
  repeats: new Array<number>(repeatWindowDays).fill(0),
  sameMatter: new Array<number>(repeatWindowDays).fill(0),
  surveysSent: { csat: 0, ces: 0, nps: 0 },
  answers: Object.fromEntries(
    instruments.map((i) => [i, new Array<number>(scoreRange[i][1] - scoreRange[i][0] + 1).fill(0)]),
  ) as Record<Instrument, number[]>,
});

function countOutcome(counts: Counts, i: InteractionClosed): void {
  counts.interactions++;
  if (i.startedWith === 'ai') counts.aiStarted++;
  const first = i.handoffs[0];
  if (first) {
    counts.escalated++;
    counts.causes[first.cause] = (counts.causes[first.cause] ?? 0) + 1;
    if (i.handoffs.length > 1) counts.loops++;
    if (i.abandoned && i.handoffs.at(-1)?.answeredAt === null) counts.abandonedAtSeam++;
  }
  counts.claimed[i.claimedResolved === null ? 'unknown' : i.claimedResolved ? 'yes' : 'no']++;
}

function countRepeat(counts: Counts, { data, closedMs, next }: Observed, untilMs: number): void {
  const repeatAge = next ? Math.max(0, Math.floor((next.startedMs - closedMs) / dayMs)) : Infinity;
  for (let age = 0; age < repeatWindowDays && age <= repeatAge; age++) {
    if (closedMs + (age + 1) * dayMs > untilMs) return;
    counts.atRisk[age]!++;
    if (age !== repeatAge) continue;
    counts.repeats[age]!++;
    if (next?.data.category === data.category) counts.sameMatter[age]!++;
  }
}

/** The product-limit estimate of the share who come back within the window. */
export function repeatRate({ atRisk, repeats }: Counts): number {
  return 1 - atRisk.reduce((stay, n, age) => stay * (n === 0 ? 1 : 1 - repeats[age]! / n), 1);
}

/** 100 × (share of 9–10 minus share of 0–6); NaN without answers. */
export function npsOf(counts: Counts): number {
  const answers = counts.answers.nps;
  const sum = (from: number, to: number) => answers.slice(from, to).reduce((a, b) => a + b, 0);
  return (100 * (sum(9, 11) - sum(0, 7))) / sum(0, 11);
}
