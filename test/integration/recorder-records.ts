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
