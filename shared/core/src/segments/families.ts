import { type Instrument, scoreRange } from '@seamwatch/contracts/events.ts';
import { type Family, families } from '@seamwatch/contracts/measures.ts';
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

/** Families that are conditioned on earlier outcomes of the same interaction in the chain rule; escalation comes first, and only who escalated can abandon. */
export const linkedFamilies = ['repeat_contact', 'csat', 'ces', 'nps'] as const satisfies readonly Family[];
export type LinkedFamily = (typeof linkedFamilies)[number];

/** A baseline: of a family, or of a family given the earlier outcomes of the same interaction. */
export type BaselineName = Family | `${LinkedFamily}|linked`;
export const linkedName = (family: LinkedFamily): `${LinkedFamily}|linked` => `${family}|linked`;
export const isLinked = (family: Family): family is LinkedFamily =>
  (linkedFamilies as readonly Family[]).includes(family);
export const baselineNames: readonly BaselineName[] = [...families, ...linkedFamilies.map(linkedName)];

/** The stratum of a cell given what was known before of the same interaction (one of `contextNames`). */
export const linkedStratumOf = (family: LinkedFamily, cell: Cell, context: string, age?: number): string =>
  stratumKey(family, cell, age === undefined ? [context] : [age, context]);

/** The stratum of `stratumOf` that a stratum of `linkedStratumOf` is part of. */
export function withoutContext(family: LinkedFamily, key: string): string {
  const parts = key.split('|');
  return parts.toSpliced(familyKinds[family].kind === 'hazard' ? 1 : 0, 1).join('|');
}
