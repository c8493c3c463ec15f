import type { z } from 'zod';
import { dataSchemas, type EventType, eventTypes, topicOf } from './events.ts';
import { customerForgottenSchema, customerForgottenType } from './forgetting.ts';
import * as frames from './frames.ts';
import { componentSchemas, type JsonSchema } from './json-schemas.ts';
import { evidencePointSchema, ratePointSchema } from './measures.ts';
import * as records from './records.ts';
import { defaultTopicPrefix, type Topic, topics } from './topics.ts';

/** `seam.interaction.closed.v1` → `InteractionClosed`. */
const eventName = (type: string): string =>
  type
    .replace(/^seam\.|\.v\d+$/g, '')
    .split(/[._]/)
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('');

/** Messages of the topics that Seamwatch writes for others to read. */
const outputs = {
  rates: {
    Rates: records.ratesRecordSchema,
    Progress: records.progressRecordSchema,
    Segments: records.segmentsRecordSchema,
  },
  days: { Day: records.dayRecordSchema, Week: records.weekRecordSchema },
  alerts: { Alert: records.alertRecordSchema },
  deliveries: { Delivery: records.deliveryRecordSchema },
} as const satisfies Partial<Record<Topic, Record<string, z.ZodType>>>;

const serverFrames = {
  HelloFrame: frames.helloFrameSchema,
  SnapshotFrame: frames.snapshotFrameSchema,
  RatesFrame: frames.ratesFrameSchema,
  AlertFrame: frames.alertFrameSchema,
  StatusFrame: frames.statusFrameSchema,
  PongFrame: frames.pongFrameSchema,
  ByeFrame: frames.byeFrameSchema,
} as const;
const clientFrames = {
  SubscribeFrame: frames.subscribeFrameSchema,
  PingFrame: frames.pingFrameSchema,
} as const;

const keys: Partial<Record<Topic, string>> = {
  interactions: 'customerId, else interactionId',
  surveys: 'customerId, else interactionId',
  rates: 'segment id; `~progress`; `~segments`',
  days: '`segment|2026-03-01` or `segment|2026-W10`',
  alerts: 'alert id',
  deliveries: 'sink',
  'dead-letters': 'topic-partition-offset; for HTTP `http-request-line`',
};

const ref = (path: string) => ({ $ref: `#/${path}` });
const message = (name: string) => ref(`components/messages/${name}`);

/** The AsyncAPI 3.0 document: the public topics, and the WebSocket of the gateway. */
export function asyncApiDocument(): JsonSchema {
  const schemas = {
    ...Object.fromEntries(Object.entries(dataSchemas).map(([type, s]) => [`${eventName(type)}Data`, s])),
    ...Object.assign({}, ...Object.values(outputs)),
    ...serverFrames,
    ...clientFrames,
    CustomerForgotten: customerForgottenSchema,
    Segment: records.segmentSchema,
    SourceStatus: records.sourceStatusSchema,
    RatePoint: ratePointSchema,
    EvidencePoint: evidencePointSchema,
  } as Record<string, z.ZodType>;
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Seamwatch',
      version: '1',
      description:
        'Topics are shown with their default prefix. The topics journeys, outcomes, rollups, state, commands and audit are internal: their form may change.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: 'localhost:9092', protocol: 'kafka' },
      gateway: { host: 'localhost:8787', protocol: 'ws', description: `Subprotocol ${frames.subprotocol}.` },
    },
    channels: channels(),
    operations: operations(),
    components: { messages: messages(schemas), schemas: componentSchemas(schemas) },
  };
}

const eventsOf = (topic: Topic): EventType[] => Object.values(eventTypes).filter((t) => topicOf(t) === topic);
const inputTopics = ['interactions', 'surveys', 'changes'] as const;
const outputTopics = Object.keys(outputs) as (keyof typeof outputs)[];

function channels(): JsonSchema {
  const topic = (name: Topic, messageNames: readonly string[], description: string): JsonSchema => ({
    address: `${defaultTopicPrefix}${name}`,
    description: keys[name] ? `${description} Key: ${keys[name]}.` : description,
    servers: [ref('servers/kafka')],
    messages: Object.fromEntries(messageNames.map((m) => [m, message(m)])),
    bindings: {
      kafka: {
        ...(topics[name].partitions === 1 && { partitions: 1 }),
        topicConfiguration: {
          'cleanup.policy': [
            ...(topics[name].compact ? ['compact'] : []),
            ...('retentionMs' in topics[name] ? ['delete'] : []),
          ],
          ...('retentionMs' in topics[name] && { 'retention.ms': topics[name].retentionMs }),
        },
      },
    },
  });
  return {
    ...Object.fromEntries(
      inputTopics.map((name) => [
        name,
        topic(
          name,
          [...eventsOf(name).map(eventName), ...(name === 'changes' ? [] : ['CustomerForgotten'])],
          'CloudEvents that Seamwatch reads.',
        ),
      ]),
    ),
    ...Object.fromEntries(
      outputTopics.map((name) => [
        name,
        topic(name, Object.keys(outputs[name]), 'Records that Seamwatch writes.'),
      ]),
    ),
    'dead-letters': topic('dead-letters', ['DeadLetter'], 'Input that was refused, each with its reason.'),
    stream: {
      address: '/v1/stream',
      description: 'Live frames, as JSON text.',
      servers: [ref('servers/gateway')],
      messages: Object.fromEntries(
        [...Object.keys(serverFrames), ...Object.keys(clientFrames)].map((m) => [m, message(m)]),
      ),
      bindings: { ws: { method: 'GET' } },
    },
  };
}

function operations(): JsonSchema {
  const operation = (action: 'send' | 'receive', channel: string, summary: string, names?: string[]) => ({
    action,
    channel: ref(`channels/${channel}`),
    summary,
    ...(names && { messages: names.map((name) => ref(`channels/${channel}/messages/${name}`)) }),
  });
  return {
    ...Object.fromEntries(
      inputTopics.map((t) => [`receive_${t}`, operation('receive', t, `Seamwatch reads ${t}.`)]),
    ),
    ...Object.fromEntries(
      [...outputTopics, 'dead-letters'].map((t) => [
        `send_${t.replace('-', '_')}`,
        operation('send', t, `Seamwatch writes ${t}.`),
      ]),
    ),
    send_frames: operation('send', 'stream', 'The gateway sends.', Object.keys(serverFrames)),
    receive_frames: operation('receive', 'stream', 'A client sends.', Object.keys(clientFrames)),
  };
}

function messages(schemas: Readonly<Record<string, z.ZodType>>): JsonSchema {
  const events = Object.values(eventTypes).map((type) => [
    eventName(type),
    {
      name: type,
      contentType: 'application/cloudevents+json',
      summary: 'Structured mode; binary mode (ce_… headers, data alone as the value) is read as well.',
      payload: {
        type: 'object',
        required: ['specversion', 'id', 'source', 'type', 'data'],
        properties: {
          specversion: { const: '1.0' },
          id: { type: 'string', minLength: 1 },
          source: { type: 'string', minLength: 1 },
          type: { const: type },
          time: { type: 'string', format: 'date-time' },
          data: ref(`components/schemas/${eventName(type)}Data`),
        },
      },
    },
  ]);
  const plain = Object.keys(schemas)
    .filter((name) => Object.hasOwn(messageNames, name))
    .map((name) => [name, { name, payload: ref(`components/schemas/${name}`) }]);
  const deadLetter = {
    name: 'DeadLetter',
    summary: 'The value holds the original bytes.',
    contentType: 'application/octet-stream',
    headers: {
      type: 'object',
      required: [...records.deadLetterHeaderNames],
      properties: Object.fromEntries(records.deadLetterHeaderNames.map((h) => [h, { type: 'string' }])),
    },
  };
  const customerForgotten = {
    name: customerForgottenType,
    contentType: 'application/json',
    summary:
      'Written by `seamwatch forget` alone, in binary mode and without a key, into the partition of the customer in both topics.',
    headers: {
      type: 'object',
      required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'],
      properties: {
        ce_specversion: { const: '1.0' },
        ce_id: { type: 'string', description: 'The request; the same in both topics.' },
        ce_source: { type: 'string' },
        ce_type: { const: customerForgottenType },
      },
    },
    payload: ref('components/schemas/CustomerForgotten'),
  };
  return Object.fromEntries([
    ...events,
    ...plain,
    ['CustomerForgotten', customerForgotten],
    ['DeadLetter', deadLetter],
  ]);
}

const messageNames: Readonly<Record<string, unknown>> = {
  ...serverFrames,
  ...clientFrames,
  ...Object.assign({}, ...Object.values(outputs)),
};
