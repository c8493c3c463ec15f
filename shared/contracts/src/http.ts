import { z } from 'zod';
import { changeRecordedSchema } from './events.ts';
import {
  alertMeasures,
  evidencePointSchema,
  measureSchema,
  ratePointSchema,
  windowSchema,
} from './measures.ts';
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
/** `GET /v1/segments/{id}`: every measure in every window, and the evidence of each detector. */
export const segmentResponseSchema = z.object({
  segment: segmentSchema,
  asOf: time.nullable(),
  points: z.array(ratePointSchema),
  evidence: z.array(evidencePointSchema),
});
/** `GET /v1/segments/{id}/series?measure=&window=&from=&to=` */
export const seriesQuerySchema = z.object({
  measure: measureSchema,
  window: windowSchema.default('1h'),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
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
export const daysQuerySchema = z.object({ measure: z.enum(alertMeasures).optional() });
export const daysResponseSchema = z.object({
  segment: z.string(),
  days: z.array(dayRecordSchema),
  weeks: z.array(weekRecordSchema),
});
/** `open` leaves resolved alerts out. */
export const alertsQuerySchema = z.object({ status: z.enum(['open', 'all']).default('open') });
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

/** What a reader must know of the policy to draw its numbers. */
export const policyResponseSchema = z.object({
  name: z.string(),
  timeZone: z.string(),
  /** Below this n a rate is `not_enough_data`. */
  minimumN: z.int(),
});

/** `POST /v1/changes`: the data of `seam.change.recorded.v1`; without `changeId` one is made, without `at` it is now. */
export const changeRequestSchema = changeRecordedSchema.partial({ changeId: true, at: true });

/** What a token may do: `view` reads, `ingest` posts events, `operator` reads and records acts. */
export const roles = ['view', 'ingest', 'operator'] as const;
export type Role = (typeof roles)[number];
export const sessionRequestSchema = z.object({ token: z.string().min(1).max(1_000) });
export const sessionResponseSchema = z.object({
  /** Role of the session; null where nobody is signed in. */
  role: z.enum(roles).nullable(),
  /** False where reading needs a token and this request has none. */
  mayRead: z.boolean(),
});

/** `POST /v1/events` answers per line. */
export const ingestResponseSchema = z.object({
  accepted: z.int(),
  rejected: z.int(),
  errors: z.array(z.object({ line: z.int(), code: z.string(), path: z.string(), found: z.string() })),
});
/** Where no line was accepted, the answer is a problem that carries the same lists. */
export const ingestProblemSchema = problemSchema.extend(ingestResponseSchema.shape);
export const readyResponseSchema = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

export type PolicyInfo = z.infer<typeof policyResponseSchema>;
export type SessionResponse = z.infer<typeof sessionResponseSchema>;
export type Overview = z.infer<typeof overviewSchema>;
export type SeriesResponse = z.infer<typeof seriesResponseSchema>;
export type IngestResponse = z.infer<typeof ingestResponseSchema>;
export type ReadyResponse = z.infer<typeof readyResponseSchema>;
