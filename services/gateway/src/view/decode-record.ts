import type { Parsed, Schema } from '@seamwatch/contracts/operations.ts';
import {
  alertRecordSchema,
  daysTopicRecordSchema,
  deliveryRecordSchema,
  ratesTopicRecordSchema,
} from '@seamwatch/contracts/records.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';

const schemas = {
  rates: ratesTopicRecordSchema,
  days: daysTopicRecordSchema,
  alerts: alertRecordSchema,
  deliveries: deliveryRecordSchema,
} as const satisfies Partial<Record<Topic, Schema>>;

export type ViewTopic = keyof typeof schemas;
export const viewTopics = Object.keys(schemas) as ViewTopic[];
export type ViewRecord = { [T in ViewTopic]: { topic: T; record: Parsed<(typeof schemas)[T]> } }[ViewTopic];

const utf8 = new TextDecoder();

/** Reads a record of one of the view's topics; undefined where it is none that this version knows. */
export function decodeRecord(topic: Topic, value: Uint8Array): ViewRecord | undefined {
  if (!Object.hasOwn(schemas, topic)) return undefined;
  try {
    const record = schemas[topic as ViewTopic].parse(JSON.parse(utf8.decode(value)));
    return { topic, record } as ViewRecord;
  } catch {
    return undefined;
  }
}
