import type { EvidencePoint, RatePoint, RateState } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';

/**
 * How a number is marked. The first three are evidence of a change for the worse; `quiet` is watched, measured and
 * without such evidence (the only good one); `measured` is a number that no detector watches; `partial` is for several
 * numbers of which some are missing; the rest is missing, with its reason.
 */
export const marks = [
  'critical',
  'warning',
  'watch',
  'quiet',
  'measured',
  'partial',
  'learning',
  'not_enough_data',
  'stale',
  'no_data',
] as const;
export type Mark = (typeof marks)[number];

export const markTitles: Record<Mark, string> = {
  critical: 'Critical',
  warning: 'Warning',
  watch: 'Watch',
  quiet: 'Quiet',
  measured: 'Measured',
  partial: 'Partly measured',
  learning: 'Learning',
  not_enough_data: 'Not enough data',
  stale: 'Stale',
  no_data: 'No data',
};

export interface Condition {
  mark: Mark;
  /** Whether the number itself may be believed; an alert stays where its data have gone. */
  data: RateState;
  /** True where a detector watches this measure. */
  watched: boolean;
}

/** Whether a point is missing, and why. A point without a value is never `ok`. */
export function dataState(point: RatePoint | undefined): RateState {
  if (!point) return 'no_data';
  return point.state === 'ok' && point.value === null ? 'no_data' : point.state;
}

export function condition(
  point: RatePoint | undefined,
  evidence: EvidencePoint | undefined,
  openAlert: AlertRecord | undefined,
): Condition {
  const data = dataState(point);
  const watched = evidence !== undefined || openAlert !== undefined;
  return { mark: markOf(data, evidence, openAlert), data, watched };
}

function markOf(
  data: RateState,
  evidence: EvidencePoint | undefined,
  openAlert: AlertRecord | undefined,
): Mark {
  const level = evidence?.level ?? 'quiet';
  if (openAlert?.level === 'critical' || level === 'critical') return 'critical';
  if (openAlert || level === 'warning') return 'warning';
  if (data !== 'ok') return data;
  if (level === 'watch') return 'watch';
  if (evidence?.learning) return 'learning';
  return evidence ? 'quiet' : 'measured';
}

/**
 * One mark for several numbers: the worst evidence, be it of all `together`; quiet only where every watched number is
 * there and quiet.
 */
export function summarise(conditions: readonly Condition[], together?: Condition): Mark {
  const has = (mark: Mark) => conditions.some((c) => c.mark === mark);
  for (const mark of ['critical', 'warning', 'watch'] as const)
    if (has(mark) || together?.mark === mark) return mark;
  if (has('stale')) return 'stale';
  const missing = conditions.filter((c) => c.mark === 'no_data' || c.mark === 'not_enough_data');
  if (missing.length === conditions.length) return has('not_enough_data') ? 'not_enough_data' : 'no_data';
  if (missing.length > 0) return 'partial';
  if (has('learning')) return 'learning';
  return conditions.some((c) => c.watched) ? 'quiet' : 'measured';
}
