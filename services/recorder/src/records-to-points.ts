import type { Point } from '@seamwatch/adapters/influx/point.ts';
import {
  alertRecordSchema,
  daysTopicRecordSchema,
  ratesTopicRecordSchema,
  type SegmentsRecord,
} from '@seamwatch/contracts/records.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';
import {
  alertToPoint,
  dayToPoints,
  progressToPoints,
  ratesToPoints,
  type SegmentTags,
  segmentTags,
  weekToPoint,
} from './to-points.ts';

/** Points by the bucket that they go to. */
export interface Points {
  main: Point[];
  daily: Point[];
}

export const recordedTopics = ['rates', 'days', 'alerts'] as const satisfies readonly Topic[];

/** Turns records of the topics above into points; knows the segments that it has seen. */
export class RecordsToPoints {
  readonly #segments = new Map<string, SegmentTags>();

  learn(record: SegmentsRecord): void {
    for (const segment of record.segments) this.#segments.set(segment.id, segmentTags(segment));
  }

  knows(segment: string): boolean {
    return this.#segments.has(segment);
  }

  /** Throws an error that says what is wrong where the record is none of its topic's. */
  convert(topic: Topic, { value, appendedMs }: LogRecord): Points {
    if (value === null) return { main: [], daily: [] };
    switch (topic) {
      case 'rates': {
        const record = parse(ratesTopicRecordSchema, value);
        if (record.kind === 'segments') {
          this.learn(record);
          return { main: [], daily: [] };
        }
        if (record.kind === 'progress') return { main: progressToPoints(record, appendedMs), daily: [] };
        return { main: ratesToPoints(record, this.#tags(record.segment)), daily: [] };
      }
      case 'days': {
        const record = parse(daysTopicRecordSchema, value);
        const tags = this.#tags(record.segment);
        return {
          main: [],
          daily: record.kind === 'day' ? dayToPoints(record, tags) : [weekToPoint(record, tags)],
        };
      }
      case 'alerts':
        return { main: [alertToPoint(parse(alertRecordSchema, value))], daily: [] };
      default:
        throw new Error(`nothing is recorded from the topic ${topic}`);
    }
  }

  #tags(segment: string): SegmentTags {
    return this.#segments.get(segment) ?? {};
  }
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

function parse<T>(schema: Schema<T>, value: Uint8Array): T {
  const result = schema.safeParse(JSON.parse(Buffer.from(value).toString()));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') || 'record'}: ${issue?.message ?? 'invalid'}`);
}
