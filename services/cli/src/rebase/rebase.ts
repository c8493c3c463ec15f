import { randomUUID } from 'node:crypto';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Signal } from '@seamwatch/contracts/measures.ts';
import { encodeRebased, type RebaseAct } from '@seamwatch/contracts/rebasing.ts';
import { type SegmentsRecord, segmentsRecordSchema } from '@seamwatch/contracts/records.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { readToEnd } from '../targets/read-to-end.ts';

export interface RebaseRequest {
  segment: string;
  measure: Signal;
  by: string;
  reason: string;
}

/**
 * Writes that the present level of a segment's measure is the new normal: into `rollups`, where stage B takes it in order,
 * and into `audit`, who did it and why. Throws `SEAM_CONFIG` where there is no such segment.
 */
export async function rebase(log: EventLog, asked: RebaseRequest, nowMs: number): Promise<RebaseAct> {
  const { segment, measure, by, reason } = asked;
  const segments = await knownSegments(log);
  if (!segments.includes(segment)) {
    const known = segments.length === 0 ? 'none yet' : segments.slice(0, 20).join(', ');
    throw new SeamError('SEAM_CONFIG', `no segment "${segment}"; there are: ${known}`);
  }
  const request = randomUUID();
  const rebased = { segment, measure, requestedAt: toRfc3339(nowMs) };
  const act: RebaseAct = { kind: 'baseline_rebased', request, ...rebased, by, reason };
  // First who, then what: nothing is changed that nobody has done.
  await log.append([{ topic: 'audit', key: null, value: JSON.stringify(act) }]);
  await log.append([{ topic: 'rollups', partition: 0, key: null, ...encodeRebased(request, rebased) }]);
  return act;
}

/** Ids of all segments that stage B knows. */
async function knownSegments(log: EventLog): Promise<string[]> {
  let newest: SegmentsRecord | undefined;
  await readToEnd(log, ['rates'], ({ key, value }) => {
    if (key !== '~segments' || value === null) return;
    const parsed = segmentsRecordSchema.safeParse(JSON.parse(Buffer.from(value).toString()));
    if (parsed.success) newest = parsed.data;
  });
  return (newest?.segments ?? []).map(({ id }) => id);
}
