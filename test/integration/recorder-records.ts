import type { InfluxAccess } from '@seamwatch/adapters/influx/influx-http.ts';
import { queryFlux } from '@seamwatch/adapters/influx/influx-query.ts';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import {
  type DeliveryRecord,
  deliveryRecordSchema,
  type RatesRecord,
  type SegmentsRecord,
} from '@seamwatch/contracts/records.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, vi } from 'vitest';

const now = Math.floor(Date.now() / minuteMs) * minuteMs - 120 * minuteMs;
export const minute = (i: number) => now + i * minuteMs;
export const until = (condition: () => unknown) =>
  vi.waitFor(async () => expect(await condition()).toBe(true), 30_000);

export const put = (log: EventLog, topic: Topic, key: string, value: unknown) =>
  log.append([{ topic, key, value: JSON.stringify(value) }]);

export function rates(i: number, value: number, segment = 'all'): RatesRecord {
  const n = 100 + i;
  const point = {
    measure: 'escalation_rate',
    window: '1h',
    value,
    lower: value / 2,
    upper: value * 2,
    n,
  } as const;
  return {
    kind: 'rates',
    segment,
    asOf: toRfc3339(minute(i)),
    provisional: false,
    points: [{ ...point, baseline: 0.1, state: 'ok' }],
  };
}

export const segments: SegmentsRecord = {
  kind: 'segments',
  segments: [{ id: 'all', title: 'Everything', where: {}, path: 'ai', valueBand: 'top' }],
};

export async function deliveries(log: EventLog): Promise<DeliveryRecord[]> {
  const { end } = (await log.offsets('deliveries')).get('deliveries-0') ?? { end: 0 };
  const reader = await log.reader({ topics: ['deliveries'], from: 'beginning' });
  const found: DeliveryRecord[] = [];
  if (end === 0) return found;
  for await (const { records } of reader.batches({ idlePollMs: 50, signal: AbortSignal.timeout(10_000) })) {
    for (const { value } of records)
      found.push(deliveryRecordSchema.parse(JSON.parse(Buffer.from(value!).toString())));
    if (found.length >= end) break;
  }
  await reader.close();
  return found;
}

export const position = async (log: EventLog) =>
  (await log.groupPositions('recorder', ['rates'])).get('rates-0') ?? 0;

/** An empty log of its own on a Kafka. */
export async function newKafkaLog(bootstrap: string): Promise<EventLog> {
  const prefix = `recorder-${crypto.randomUUID()}.`;
  const connection = { brokers: bootstrap.split(','), clientId: 'test', prefix };
  await createTopics({ ...connection, inputPartitions: 1 });
  return openKafkaEventLog(connection);
}

/** Points of a bucket, oldest first: their tags, their fields, and `at` in ms. */
export async function rowsOf(
  influx: InfluxAccess,
  bucket: string,
  measurement = 'seam_rate',
): Promise<Readonly<Record<string, unknown>>[]> {
  const found = await queryFlux(
    influx,
    `from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "${measurement}")
      |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
      |> drop(columns: ["_start", "_stop", "_measurement"]) |> group() |> sort(columns: ["_time", "measure"])`,
  );
  return found.map(({ result, table, _time, ...row }) => ({ at: Date.parse(String(_time)), ...row }));
}
