import { z } from 'zod';
import {
  alertRecordSchema,
  deliveryRecordSchema,
  progressRecordSchema,
  ratesRecordSchema,
  segmentSchema,
  weekRecordSchema,
} from './records.ts';

/** WebSocket `/v1/stream`, subprotocol. */
export const subprotocol = 'seamwatch.v1';
/** Offered beside it, with the token in base64url behind it, by clients that can set neither header nor cookie. */
export const bearerSubprotocolPrefix = 'seamwatch.bearer.';
export const maxInboundFrameBytes = 16 * 1024;
export const heartbeatMs = 15_000;
/** After this much silence a client must call its data stale. */
export const staleAfterMs = 30_000;
export const closeCodes = { goingAway: 1001, frameInvalid: 4002, unauthorised: 4003, tooSlow: 4008 } as const;

const time = z.iso.datetime();

export const helloFrameSchema = z.object({
  type: z.literal('hello'),
  now: time,
  asOf: time.nullable(),
  /** First and last alert number held; 0 where there is none. */
  firstSeq: z.int(),
  lastSeq: z.int(),
  /** True where the data come from the simulator. */
  simulated: z.boolean(),
  minimumN: z.int(),
  timeZone: z.string(),
});

/** Everything needed to draw the page at once; `rates` frames then bring changes. */
export const snapshotFrameSchema = z.object({
  type: z.literal('snapshot'),
  asOf: time.nullable(),
  segments: z.array(segmentSchema),
  rates: z.array(ratesRecordSchema),
  /** Weekly NPS of each segment with a path, oldest first, for the lagging reference beside the alerts. */
  weeks: z.array(weekRecordSchema),
  /** The newest state of each alert that is open or was resolved in the last 400 days. */
  alerts: z.array(alertRecordSchema),
});

export const ratesFrameSchema = z.object({ type: z.literal('rates'), rates: z.array(ratesRecordSchema) });
export const alertFrameSchema = z.object({ type: z.literal('alert'), alert: alertRecordSchema });
export const statusFrameSchema = z.object({
  type: z.literal('status'),
  now: time,
  asOf: time.nullable(),
  /** Set while every source is idle: "quiet since". */
  quietSince: time.nullable(),
  progress: progressRecordSchema.nullable(),
  deliveries: z.array(deliveryRecordSchema),
  /** Why the gateway itself cannot be trusted now (its log is away, for example); empty where all is well. */
  problems: z.array(z.object({ code: z.string(), text: z.string() })),
});
export const pongFrameSchema = z.object({ type: z.literal('pong'), now: time });
export const byeFrameSchema = z.object({ type: z.literal('bye'), code: z.string(), why: z.string() });

export const serverFrameSchema = z.discriminatedUnion('type', [
  helloFrameSchema,
  snapshotFrameSchema,
  ratesFrameSchema,
  alertFrameSchema,
  statusFrameSchema,
  pongFrameSchema,
  byeFrameSchema,
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;
export type HelloFrame = z.infer<typeof helloFrameSchema>;
export type SnapshotFrame = z.infer<typeof snapshotFrameSchema>;
export type StatusFrame = z.infer<typeof statusFrameSchema>;

export const subscribeFrameSchema = z.object({
  type: z.literal('subscribe'),
  /** Segment ids; absent: all. */
  segments: z.array(z.string()).max(2_000).optional(),
  /** The last alert number the client has; every later one is sent, in order, once. */
  afterSeq: z.int().min(0).optional(),
});
export const pingFrameSchema = z.object({ type: z.literal('ping') });
export const clientFrameSchema = z.discriminatedUnion('type', [subscribeFrameSchema, pingFrameSchema]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;
