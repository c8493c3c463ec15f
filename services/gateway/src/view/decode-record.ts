import { fitsOf } from '@seamwatch/contracts/fits.ts';
import type { Parsed, Schema } from '@seamwatch/contracts/operations.ts';
import {
  alertRecordSchema,
  daysTopicRecordSchema,
  deliveryRecordSchema,
  ratesRecordSchema,
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

/** Nearly all records are these, and nearly all of them fit. */
const fitsRates = fitsOf(ratesRecordSchema);

const utf8 = new TextDecoder();

/** Reads a record of one of the view's topics; undefined where it is none that this version knows. */
export function decodeRecord(topic: Topic, value: Uint8Array): ViewRecord | undefined {
  if (!Object.hasOwn(schemas, topic)) return undefined;
  try {
    const parsed: unknown = JSON.parse(utf8.decode(value));
    const fits = topic === 'rates' && fitsRates(parsed);
    const record = fits ? parsed : schemas[topic as ViewTopic].parse(parsed);
    return { topic, record } as ViewRecord;
  } catch {
    return undefined;
  }
}
