import { z } from 'zod';
import { decodeEntry, type EntryRecord, encodeEntry } from './entries.ts';
import { type Signal, signals } from './measures.ts';

/**
 * A person takes the present level of a series as the new normal: an entry that `seamwatch rebase` writes into `rollups`,
 * between those of stage A. Stage B takes it in that order, so that it happens at the same place after any restart.
 */
export const baselineRebasedType = 'seam.baseline.rebased.v1';

export const baselineRebasedSchema = z.object({
  segment: z.string(),
  /** `composite`: all families of the segment. */
  measure: z.enum(signals),
  requestedAt: z.iso.datetime(),
});
export interface BaselineRebased extends z.infer<typeof baselineRebasedSchema> {
  measure: Signal;
}

/** Headers and value of the entry; `request` is its id. */
export const encodeRebased = (request: string, rebased: BaselineRebased) =>
  encodeEntry({ id: request, source: 'seamwatch/rebase', type: baselineRebasedType, data: rebased });

/** The entry in a record of `rollups`; undefined where it is a rollup. One that is malformed says nothing. */
export function decodeRebased(record: EntryRecord): BaselineRebased | 'malformed' | undefined {
  const entry = decodeEntry(record, baselineRebasedType, baselineRebasedSchema);
  return typeof entry === 'object' ? entry.data : entry;
}

/** Topic `audit`: who re-based what, when and why. */
export const rebaseActSchema = baselineRebasedSchema.extend({
  kind: z.literal('baseline_rebased'),
  request: z.string(),
  by: z.string(),
  reason: z.string(),
});
export type RebaseAct = z.infer<typeof rebaseActSchema>;
