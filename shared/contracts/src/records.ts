import { z } from 'zod';
import { errorCodes } from './errors.ts';
import {
  alertMeasures,
  carrierSchema,
  evidencePointSchema,
  paths,
  ratePointSchema,
  tiers,
  windowSchema,
} from './measures.ts';

const time = z.iso.datetime();

/** Topic `rates`, key = segment id: what changed, as of the end of a closed minute. */
export const ratesRecordSchema = z.object({
  kind: z.literal('rates'),
  segment: z.string(),
  /** End of the last closed minute: the watermark, not the clock. */
  asOf: time,
  /** True for the running minute, which later events still change. */
  provisional: z.boolean(),
  points: z.array(ratePointSchema),
  evidence: z.array(evidencePointSchema).optional(),
});
export type RatesRecord = z.infer<typeof ratesRecordSchema>;

export const sourceStates = ['active', 'idle', 'never_seen', 'unowned'] as const;

export const sourceStatusSchema = z.object({
  /** Topic (without prefix) and partition, as `interactions-3`. */
  source: z.string(),
  state: z.enum(sourceStates),
  watermark: time.nullable(),
  events: z.int(),
  late: z.int(),
  duplicates: z.int(),
  dead: z.int(),
  /** Records not read yet; null where unknown. */
  lag: z.int().nullable(),
});
export type SourceStatus = z.infer<typeof sourceStatusSchema>;

/** Topic `rates`, key `~progress`: where the job stands. Written with each commit of stage B. */
export const progressRecordSchema = z.object({
  kind: z.literal('progress'),
  asOf: time.nullable(),
  sources: z.array(sourceStatusSchema),
  deadByReason: z.partialRecord(
    z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes, ...(keyof typeof errorCodes)[]]),
    z.int(),
  ),
  /** Armed series, and the budget that sets their thresholds. */
  series: z.int(),
  falseAlarmsPer30Days: z.number(),
});
export type ProgressRecord = z.infer<typeof progressRecordSchema>;

/** Topic `rates`, key `~segments`: which segments exist; written when one appears. */
export const segmentSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** Attribute values a cell must have; empty: all cells. */
  where: z.record(z.string(), z.array(z.string())),
  tier: z.enum(tiers).optional(),
  path: z.enum(paths).optional(),
  category: z.string().optional(),
  channel: z.string().optional(),
  market: z.string().optional(),
  valueBand: z.string().optional(),
  complexity: z.string().optional(),
  emotion: z.string().optional(),
});
export type Segment = z.infer<typeof segmentSchema>;
export const segmentsRecordSchema = z.object({
  kind: z.literal('segments'),
  segments: z.array(segmentSchema),
});
export type SegmentsRecord = z.infer<typeof segmentsRecordSchema>;

export const ratesTopicRecordSchema = z.discriminatedUnion('kind', [
  ratesRecordSchema,
  progressRecordSchema,
  segmentsRecordSchema,
]);
export type RatesTopicRecord = z.infer<typeof ratesTopicRecordSchema>;

/** Topic `days`, key = `segment|2026-03-01`: one local day of a segment, final once the day is closed. */
export const dayRecordSchema = z.object({
  kind: z.literal('day'),
  segment: z.string(),
  /** Local calendar day in the policy's time zone. */
  day: z.iso.date(),
  /** Start of that day. */
  start: time,
  points: z.array(
    ratePointSchema.pick({ measure: true, value: true, lower: true, upper: true, n: true, baseline: true }),
  ),
  evidence: z.array(evidencePointSchema),
});
export type DayRecord = z.infer<typeof dayRecordSchema>;

/** Topic `days`, key = `segment|2026-W10`: the weekly NPS test, the lagging reference. */
export const weekRecordSchema = z.object({
  kind: z.literal('week'),
  segment: z.string(),
  /** ISO week, as `2026-W10`. */
  week: z.string(),
  start: time,
  end: time,
  nps: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  n: z.int(),
  /** NPS of the frozen baseline of the 13 weeks before, or null while learning. */
  baseline: z.number().nullable(),
  z: z.number().nullable(),
  /** True where the week is lower than the baseline, one-sided, at 1/52. */
  rejects: z.boolean(),
});
export type WeekRecord = z.infer<typeof weekRecordSchema>;
export const daysTopicRecordSchema = z.discriminatedUnion('kind', [dayRecordSchema, weekRecordSchema]);
export type DaysTopicRecord = z.infer<typeof daysTopicRecordSchema>;

export const alertStatuses = ['pending', 'firing', 'recovering', 'resolved'] as const;
export const alertLevels = ['warning', 'critical'] as const;

/** Value since onset (or in the window of a threshold) with its 95 % interval and n. */
export const effectSchema = z.object({
  value: z.number(),
  lower: z.number(),
  upper: z.number(),
  n: z.int(),
  /** What was expected at the same mix; null where nothing is learned yet. */
  baseline: z.number().nullable(),
});
export type Effect = z.infer<typeof effectSchema>;

/** How NPS judges an alert in the 120 days after it; `none` where there is no NPS to judge by. */
export const verdicts = ['pending', 'confirmed', 'unconfirmed', 'none'] as const;

/** Topic `alerts`, key = alert id: each change of an alert, numbered without gaps over the whole installation. */
export const alertRecordSchema = z.object({
  seq: z.int().min(1),
  id: z.string(),
  change: z.enum([
    'opened',
    'escalated',
    'notice',
    'recovering',
    'relapsed',
    'resolved',
    'nps_confirmed',
    'judged',
    'rebased',
    'updated',
  ]),
  status: z.enum(alertStatuses),
  level: z.enum(alertLevels),
  /** `evidence`, or the id of a threshold of the policy. */
  rule: z.string(),
  segment: z.string(),
  segmentTitle: z.string(),
  measure: z.enum(alertMeasures),
  direction: z.enum(['worse', 'better']),
  /** Event-time end of the minute of this change. */
  at: time,
  openedAt: time,
  resolvedAt: time.nullable(),
  onset: z.object({ at: time, lower: time, upper: time }),
  /** Null for a composite, whose carriers have one each. */
  effect: effectSchema.nullable(),
  /** Of a composite: the families that carry it, the strongest first. Empty elsewhere. */
  carriers: z.array(carrierSchema.extend({ effect: effectSchema })),
  /** The threshold that is crossed; null for evidence. */
  limit: z
    .object({
      above: z.number().optional(),
      below: z.number().optional(),
      window: windowSchema,
      authoriser: z.string(),
      action: z.enum(['review', 'pause', 'roll_back']),
      runbook: z.string().optional(),
    })
    .nullable(),
  /** Null for a threshold: it is crossed or not, whatever chance gives. */
  evidenceDays: z.number().nullable(),
  installationDays: z.number().nullable(),
  learning: z.boolean(),
  /** One sentence for people. */
  sentence: z.string(),
  owner: z.string().nullable(),
  /** End of the week in which the weekly NPS test first rejects; null while it has not. */
  npsConfirmedAt: time.nullable(),
  /** Stricter than the weekly test: all answers since the onset against those before, at 5 % over 120 days. */
  verdict: z.enum(verdicts),
  /** Other open series that this alert explains, as `segment/measure`. */
  alsoIn: z.array(z.string()),
  /** The open alert of an overlapping segment that this one is part of. */
  parent: z.string().nullable(),
});
export type AlertRecord = z.infer<typeof alertRecordSchema>;

/** Topic `deliveries`: state of each way out (InfluxDB, webhook, e-mail …). */
export const deliveryRecordSchema = z.object({
  sink: z.string(),
  state: z.enum(['ok', 'retrying', 'misconfigured']),
  /** When the state began (clock time). */
  since: time,
  at: time,
  detail: z.string(),
  delivered: z.int(),
  refused: z.int(),
});
export type DeliveryRecord = z.infer<typeof deliveryRecordSchema>;

/** Topic `dead-letters`: the original bytes are the value, these are the headers. */
export const deadLetterHeaderNames = [
  'seam-code',
  'seam-path',
  'seam-found',
  'seam-source',
  'seam-offset',
] as const;
export type DeadLetterHeaders = Record<(typeof deadLetterHeaderNames)[number], string>;
