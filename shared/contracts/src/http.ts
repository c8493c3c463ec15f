import { z } from 'zod';
import { measureSchema, ratePointSchema, windowSchema } from './measures.ts';
import {
  alertRecordSchema,
  dayRecordSchema,
  deliveryRecordSchema,
  ratesRecordSchema,
  segmentSchema,
  sourceStatusSchema,
  weekRecordSchema,
} from './records.ts';

const time = z.iso.datetime();

/** RFC 9457 problem details; `code` is stable. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

export const overviewSchema = z.object({
  asOf: time.nullable(),
  simulated: z.boolean(),
  segments: z.array(segmentSchema),
  rates: z.array(ratesRecordSchema),
  openAlerts: z.array(alertRecordSchema),
});

export const segmentsResponseSchema = z.object({ segments: z.array(segmentSchema) });
/** `GET /v1/segments/{id}`: every measure in every window. */
export const segmentResponseSchema = z.object({
  segment: segmentSchema,
  asOf: time.nullable(),
  points: z.array(ratePointSchema),
});
/** `GET /v1/segments/{id}/series?measure=&window=&from=&to=` */
export const seriesResponseSchema = z.object({
  segment: z.string(),
  measure: measureSchema,
  window: windowSchema,
  points: z.array(
    z.object({
      at: time,
      value: z.number().nullable(),
      lower: z.number().nullable(),
      upper: z.number().nullable(),
      n: z.int(),
    }),
  ),
});
/** `GET /v1/segments/{id}/days?measure=`: one point a local day, up to 400 days, with evidence and weekly NPS. */
export const daysResponseSchema = z.object({
  segment: z.string(),
  days: z.array(dayRecordSchema),
  weeks: z.array(weekRecordSchema),
});
export const alertsResponseSchema = z.object({ alerts: z.array(alertRecordSchema) });
export const alertResponseSchema = z.object({
  alert: alertRecordSchema,
  history: z.array(alertRecordSchema),
});
export const sourcesResponseSchema = z.object({
  asOf: time.nullable(),
  sources: z.array(sourceStatusSchema),
  deadByReason: z.record(z.string(), z.int()),
});
export const deliveriesResponseSchema = z.object({ deliveries: z.array(deliveryRecordSchema) });

/** `POST /v1/events` answers per line. */
export const ingestResponseSchema = z.object({
  accepted: z.int(),
  rejected: z.int(),
  errors: z.array(z.object({ line: z.int(), code: z.string(), path: z.string(), found: z.string() })),
});
export const readyResponseSchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

export type Overview = z.infer<typeof overviewSchema>;
export type SeriesResponse = z.infer<typeof seriesResponseSchema>;
export type IngestResponse = z.infer<typeof ingestResponseSchema>;
export type ReadyResponse = z.infer<typeof readyResponseSchema>;
