import type { z } from 'zod';
import { changeRecordedSchema } from './events.ts';
import {
  alertResponseSchema,
  alertsQuerySchema,
  alertsResponseSchema,
  changeRequestSchema,
  daysQuerySchema,
  daysResponseSchema,
  deliveriesResponseSchema,
  ingestResponseSchema,
  overviewSchema,
  policyResponseSchema,
  readyResponseSchema,
  segmentResponseSchema,
  segmentsResponseSchema,
  seriesQuerySchema,
  seriesResponseSchema,
  sessionRequestSchema,
  sessionResponseSchema,
  sourcesResponseSchema,
} from './http.ts';

/** `open` needs no token; `metrics` needs none on loopback; the others need a token of that kind where one is set. */
export type Access = 'open' | 'read' | 'ingest' | 'change' | 'metrics';

export type Schema = z.ZodType;
/** What a schema makes of its input. */
export type Parsed<S extends Schema> = z.output<S>;

export interface Operation {
  method: 'GET' | 'POST' | 'DELETE';
  /** With `{id}` for a path parameter. */
  path: string;
  access: Access;
  summary: string;
  query?: z.ZodObject;
  /** Schema per media type of the request body; null: described by the events of the AsyncAPI document. */
  body?: Readonly<Record<string, z.ZodType | null>>;
  /** Answers in the good case; a schema means JSON. */
  answers: Readonly<Record<number, { text: string; schema?: z.ZodType }>>;
  /** Statuses answered with problem+json, besides 500. */
  problems: readonly number[];
}

export const ndjson = 'application/x-ndjson';
export const cloudEventsJson = 'application/cloudevents+json';
export const cloudEventsBatch = 'application/cloudevents-batch+json';
export const json = 'application/json';

/** An operation that only reads; `more` may add a query, whose type is kept. */
const read = <M extends Partial<Operation> = object>(
  path: string,
  summary: string,
  schema: z.ZodType,
  more?: M,
): Operation & M => ({
  method: 'GET',
  path,
  access: 'read',
  summary,
  answers: { 200: { text: summary, schema } },
  problems: path.includes('{') ? [401, 404] : [401],
  ...(more as M),
});

/** Every HTTP operation: the router serves exactly these, and the OpenAPI document is made from them. */
export const operations = {
  getOverview: read(
    '/v1/overview',
    'Every segment with its newest rates, and the open alerts',
    overviewSchema,
  ),
  getSegments: read('/v1/segments', 'The segments that are watched', segmentsResponseSchema),
  getSegment: read('/v1/segments/{id}', 'One segment: every measure in every window', segmentResponseSchema),
  getSeries: read(
    '/v1/segments/{id}/series',
    'The last 25 hours of one measure, oldest first: a point each 5 minutes (windows 1h, 24h) or each hour (7d, 28d)',
    seriesResponseSchema,
    { query: seriesQuerySchema, problems: [400, 401, 404] },
  ),
  getDays: read(
    '/v1/segments/{id}/days',
    'Up to 400 local days and 60 weeks of one segment, oldest first',
    daysResponseSchema,
    { query: daysQuerySchema, problems: [400, 401, 404] },
  ),
  getAlerts: read('/v1/alerts', 'The newest state of each alert, newest first', alertsResponseSchema, {
    query: alertsQuerySchema,
    problems: [400, 401],
  }),
  getAlert: read('/v1/alerts/{id}', 'One alert with every change of it, oldest first', alertResponseSchema),
  getSources: read(
    '/v1/sources',
    'Where each source stands, and dead letters by reason',
    sourcesResponseSchema,
  ),
  getDeliveries: read('/v1/deliveries', 'The state of each way out', deliveriesResponseSchema),
  getPolicy: read('/v1/policy', 'What a reader must know of the policy', policyResponseSchema),
  postEvents: {
    method: 'POST',
    path: '/v1/events',
    access: 'ingest',
    summary:
      'Take events: NDJSON, a CloudEvents batch, one structured CloudEvent, or one in binary mode (ce-… headers). ' +
      'Answered per line; a bad line goes to the dead letters with its reason and does not hold up the others',
    body: { [ndjson]: null, [cloudEventsBatch]: null, [cloudEventsJson]: null, [json]: null },
    answers: {
      202: { text: 'Every event is in the log', schema: ingestResponseSchema },
      207: { text: 'Some events are in the log, some were refused', schema: ingestResponseSchema },
    },
    problems: [400, 401, 403, 413, 415, 422, 429, 503],
  },
  postChange: {
    method: 'POST',
    path: '/v1/changes',
    access: 'change',
    summary: 'Record a change (model release, prompt, routing, staffing, incident) to be shown beside alerts',
    body: { [json]: changeRequestSchema },
    answers: { 201: { text: 'The change as recorded', schema: changeRecordedSchema } },
    problems: [400, 401, 403, 413, 415, 422, 503],
  },
  getSession: {
    method: 'GET',
    path: '/v1/session',
    access: 'open',
    summary: 'Who is signed in, and whether reading needs that',
    answers: { 200: { text: 'The session', schema: sessionResponseSchema } },
    problems: [],
  },
  postSession: {
    method: 'POST',
    path: '/v1/session',
    access: 'open',
    summary: 'Sign in with a token; sets a cookie that lasts 400 days and renews itself',
    body: { [json]: sessionRequestSchema },
    answers: { 200: { text: 'Signed in', schema: sessionResponseSchema } },
    problems: [400, 401, 403, 413, 415],
  },
  deleteSession: {
    method: 'DELETE',
    path: '/v1/session',
    access: 'open',
    summary: 'Sign out',
    answers: { 204: { text: 'Signed out' } },
    problems: [403],
  },
  getOpenApi: {
    method: 'GET',
    path: '/v1/openapi.json',
    access: 'open',
    summary: 'This document',
    answers: { 200: { text: 'OpenAPI 3.1' } },
    problems: [],
  },
  getAsyncApi: {
    method: 'GET',
    path: '/v1/asyncapi.json',
    access: 'open',
    summary: 'Topics and the WebSocket, as AsyncAPI',
    answers: { 200: { text: 'AsyncAPI 3.0' } },
    problems: [],
  },
  getHealth: {
    method: 'GET',
    path: '/healthz',
    access: 'open',
    summary: 'Alive: the process answers',
    answers: { 200: { text: 'Alive' } },
    problems: [],
  },
  getReady: {
    method: 'GET',
    path: '/readyz',
    access: 'open',
    summary: 'Ready: what is shown can be trusted; 503 with the same body while it cannot',
    answers: {
      200: { text: 'Ready', schema: readyResponseSchema },
      503: { text: 'Not ready', schema: readyResponseSchema },
    },
    problems: [],
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    access: 'metrics',
    summary: 'Metrics in the Prometheus text format',
    answers: { 200: { text: 'Prometheus text format' } },
    problems: [401],
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
