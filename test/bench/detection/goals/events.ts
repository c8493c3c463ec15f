import { Evidence, type Trial, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { type OddsGrid, standardGrid } from '@seamwatch/core/detection/odds.ts';
import type { Random } from '../random.ts';

/** Threshold of the goals that count in events. */
export const threshold = 1e5;
/** Where the change comes in steady-state runs, in events. */
export const changeAt = 20_000;

export interface EventRun {
  /** Events until the alarm; null where there was none before `most`. */
  alarm: number | null;
  evidence: Evidence;
}

/**
 * One stream of single events, each a step with an inflow of 1, until the alarm: probability `before` in the
 * first `change` of them, `after` from then on. The detector believes in `trial`.
 */
export function runEvents(
  random: Random,
  trial: Trial,
  { before, after, change, most, limit = threshold }: EventStream,
  evidence = new Evidence(standardGrid),
): EventRun {
  const early = before * 4_294_967_296;
  const late = after * 4_294_967_296;
  evidence.reset();
  for (let i = 0; i < most; i++) {
    evidence.stepTrial(i, 1, random.bits() < (i < change ? early : late), trial);
    if (evidence.days() >= limit) return { alarm: i + 1, evidence };
  }
  return { alarm: null, evidence };
}

export interface EventStream {
  before: number;
  after: number;
  change: number;
  most: number;
  limit?: number;
}

export const knownTrial = (p0: number, grid: OddsGrid = standardGrid): Trial => trialOf(p0, grid);
