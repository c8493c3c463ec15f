import { z } from 'zod';
import type { Headers } from './cloudevents.ts';
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
export const encodeRebased = (
  request: string,
  rebased: BaselineRebased,
): { headers: Record<string, string>; value: string } => ({
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: request,
    ce_source: 'seamwatch/rebase',
    ce_type: baselineRebasedType,
  },
  value: JSON.stringify(rebased),
});

/** The entry in a record of `rollups`; undefined where it is a rollup. One that is malformed says nothing. */
export function decodeRebased(record: {
  headers: Headers;
  value: Uint8Array | null;
}): BaselineRebased | 'malformed' | undefined {
  if (record.headers.ce_type !== baselineRebasedType) return undefined;
  try {
    const parsed = baselineRebasedSchema.safeParse(JSON.parse(new TextDecoder().decode(record.value!)));
    return parsed.success ? parsed.data : 'malformed';
  } catch {
    return 'malformed';
  }
}

/** Topic `audit`: who re-based what, when and why. */
export const rebaseActSchema = baselineRebasedSchema.extend({
  kind: z.literal('baseline_rebased'),
  request: z.string(),
  by: z.string(),
  reason: z.string(),
});
export type RebaseAct = z.infer<typeof rebaseActSchema>;
