import { type Instrument, scoreRange } from '@seamwatch/contracts/events.ts';
import type { Family } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import type { Cell } from '../cells/cell.ts';
import type { CounterLayout } from '../cells/counters.ts';
import { stratumKey } from '../detection/strata.ts';
import { hasPath } from './segment-rules.ts';

/** How evidence of one family is counted. */
export type FamilyKind =
  | { kind: 'share'; n: (layout: CounterLayout) => number; k: (layout: CounterLayout) => number }
  | { kind: 'hazard' }
  | { kind: 'score'; instrument: Instrument };

export const familyKinds: Readonly<Record<Family, FamilyKind>> = {
  escalation_rate: { kind: 'share', n: (l) => l.aiStarted, k: (l) => l.escalated },
  seam_abandonment: { kind: 'share', n: (l) => l.escalated, k: (l) => l.seamAbandoned },
  repeat_contact: { kind: 'hazard' },
  csat: { kind: 'score', instrument: 'csat' },
  ces: { kind: 'score', instrument: 'ces' },
  nps: { kind: 'score', instrument: 'nps' },
};

/** Points between the best and the worst score; 1 for events. */
export function scaleOf(family: Family): number {
  const of = familyKinds[family];
  if (of.kind !== 'score') return 1;
  const [low, high] = scoreRange[of.instrument];
  return high - low;
}

/**
 * A mean of what evidence counts (0 best, 1 worst) in units of the measure: scores on their scale (NPS on 0 to 10), shares as
 * they are, a mean hazard as the share that it makes over all ages.
 */
export function inUnits(family: Family, x: number, ages: number): number {
  const of = familyKinds[family];
  if (of.kind === 'hazard') return 1 - (1 - x) ** ages;
  return of.kind === 'score' ? scoreRange[of.instrument][1] - scaleOf(family) * x : x;
}

/** Whether a family is watched in a segment: path is the outcome of an escalation, and only the seam can be abandoned. */
export function applies(family: Family, segment: Segment): boolean {
  if (family === 'escalation_rate') return !hasPath(segment);
  if (family === 'seam_abandonment') return segment.where.path?.includes('seam') ?? true;
  return true;
}

/** The stratum of a cell for a family; hazards have one for each age in days. */
export const stratumOf = (family: Family, cell: Cell, age?: number): string =>
  stratumKey(family, cell, age === undefined ? [] : [age]);
