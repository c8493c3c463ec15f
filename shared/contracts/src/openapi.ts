import type { z } from 'zod';
import { eventTypes } from './events.ts';
import * as http from './http.ts';
import { componentSchemas, type JsonSchema, jsonSchema } from './json-schemas.ts';
import { evidencePointSchema, ratePointSchema } from './measures.ts';
import { type Access, type Operation, operations } from './operations.ts';
import * as records from './records.ts';

const components = {
  Problem: http.problemSchema,
  Overview: http.overviewSchema,
  Segments: http.segmentsResponseSchema,
  SegmentRates: http.segmentResponseSchema,
  Series: http.seriesResponseSchema,
  Days: http.daysResponseSchema,
  Alerts: http.alertsResponseSchema,
  AlertHistory: http.alertResponseSchema,
  Sources: http.sourcesResponseSchema,
  Deliveries: http.deliveriesResponseSchema,
  Policy: http.policyResponseSchema,
  IngestAnswer: http.ingestResponseSchema,
  IngestProblem: http.ingestProblemSchema,
  Session: http.sessionResponseSchema,
  Ready: http.readyResponseSchema,
  Segment: records.segmentSchema,
  Rates: records.ratesRecordSchema,
  RatePoint: ratePointSchema,
  EvidencePoint: evidencePointSchema,
  Alert: records.alertRecordSchema,
  Day: records.dayRecordSchema,
  Week: records.weekRecordSchema,
  SourceStatus: records.sourceStatusSchema,
  Delivery: records.deliveryRecordSchema,
} as const satisfies Record<string, z.ZodType>;

const nameOf = new Map<z.ZodType, string>(Object.entries(components).map(([name, s]) => [s, name]));

const schemaOf = (schema: z.ZodType): JsonSchema => {
  const name = nameOf.get(schema);
  return name ? { $ref: `#/components/schemas/${name}` } : jsonSchema(schema);
};

const problemTexts: Readonly<Record<number, string>> = {
  400: 'The request does not fit the API',
  401: 'No valid token',
  403: 'The request comes from a page of another origin',
  404: 'There is nothing at this address',
  413: 'The body is too large; nothing of it was taken',
  415: 'This media type is not taken here',
  422: 'Nothing was accepted',
  429: 'Too much at once; send the same again after Retry-After seconds',
  500: 'A fault of the gateway',
  503: 'The log does not take records now; send the same again after Retry-After seconds',
};

/** The OpenAPI 3.1 document of the gateway, made from `operations` and the schemas. */
export function openApiDocument(): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [operationId, operation] of Object.entries<Operation>(operations)) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describe(operationId, operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Seamwatch',
      version: '1',
      summary:
        'Rates, evidence and alerts at the seam between AI-handled and human-handled customer service.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: componentSchemas(components),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'seamwatch_session' },
      },
    },
  };
}

/** Tokens are optional where the gateway was started without them: hence the empty requirement. */
const security: Record<Access, JsonSchema[]> = {
  open: [],
  read: [{ bearer: [] }, { session: [] }, {}],
  ingest: [{ bearer: [] }, { session: [] }, {}],
  change: [{ bearer: [] }, { session: [] }, {}],
  metrics: [{ bearer: [] }, {}],
};

function describe(operationId: string, operation: Operation): JsonSchema {
  const parameters = [...pathParameters(operation.path), ...queryParameters(operation.query)];
  return {
    operationId,
    summary: operation.summary,
    security: security[operation.access],
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && { requestBody: { required: true, content: content(operation.body) } }),
    responses: { ...answers(operation), ...problems(operation) },
  };
}

const pathParameters = (path: string): JsonSchema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const queryParameters = (query: z.ZodObject | undefined): JsonSchema[] =>
  Object.entries<z.ZodType>(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    schema: jsonSchema(schema),
  }));

const cloudEvent: JsonSchema = {
  type: 'object',
  description: 'A CloudEvent 1.0; the data of each type is in the AsyncAPI document.',
  required: ['specversion', 'id', 'source', 'type', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1 },
    type: { enum: Object.values(eventTypes) },
    time: { type: 'string', format: 'date-time' },
    data: { type: 'object' },
  },
};

function content(body: NonNullable<Operation['body']>): JsonSchema {
  const events: Record<string, JsonSchema> = {
    'application/x-ndjson': { type: 'string', description: 'One CloudEvent a line.' },
    'application/cloudevents-batch+json': { type: 'array', items: cloudEvent },
    'application/cloudevents+json': cloudEvent,
    'application/json': {
      description: 'With ce-… headers the data of one event, else one CloudEvent or an array of them.',
    },
  };
  return Object.fromEntries(
    Object.entries(body).map(([type, schema]) => [
      type,
      { schema: schema ? schemaOf(schema) : events[type] },
    ]),
  );
}

const answers = (operation: Operation): JsonSchema =>
  Object.fromEntries(
    Object.entries(operation.answers).map(([status, { text, schema }]) => [
      status,
      { description: text, ...(schema && { content: { 'application/json': { schema: schemaOf(schema) } } }) },
    ]),
  );

const problems = (operation: Operation): JsonSchema =>
  Object.fromEntries(
    [...operation.problems, 500].map((status) => {
      const schema = schemaOf(
        status === 422 && operation === operations.postEvents ? http.ingestProblemSchema : http.problemSchema,
      );
      return [
        status,
        {
          description: problemTexts[status] ?? 'Refused',
          ...((status === 429 || status === 503) && {
            headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
          }),
          content: { 'application/problem+json': { schema } },
        },
      ];
    }),
  );
