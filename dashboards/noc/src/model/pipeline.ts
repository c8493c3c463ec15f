import { type ErrorCode, errorCodes } from '@seamwatch/contracts/errors.ts';
import type { DeliveryRecord, ProgressRecord, SourceStatus } from '@seamwatch/contracts/records.ts';
import { plural } from '../format/number.ts';
import type { TimeFormat } from '../format/time.ts';

/** The partitions of one topic in one line. */
export interface SourceGroup {
  topic: string;
  partitions: SourceStatus[];
  /** The state of the group: the worst of its partitions. */
  state: SourceStatus['state'];
  /** Of the slowest partition; null where none has any. */
  watermark: number | null;
  events: number;
  late: number;
  duplicates: number;
  dead: number;
  /** Null where one of them is unknown. */
  lag: number | null;
}

const worstFirst = ['unowned', 'active', 'idle', 'never_seen'] as const;

export const sourceStateTitles: Record<SourceStatus['state'], string> = {
  active: 'active',
  idle: 'idle',
  never_seen: 'never seen',
  unowned: 'without an owner',
};

export function groupSources(sources: readonly SourceStatus[]): SourceGroup[] {
  const topics = Map.groupBy(sources, (source) => source.source.replace(/-\d+$/, ''));
  return [...topics].map(([topic, partitions]) => {
    const sum = (of: (source: SourceStatus) => number) => partitions.reduce((n, source) => n + of(source), 0);
    const marks = partitions.flatMap((s) => (s.watermark === null ? [] : [Date.parse(s.watermark)]));
    return {
      topic,
      partitions,
      state: worstFirst.find((state) => partitions.some((s) => s.state === state)) ?? 'never_seen',
      watermark: marks.length > 0 ? Math.min(...marks) : null,
      events: sum((s) => s.events),
      late: sum((s) => s.late),
      duplicates: sum((s) => s.duplicates),
      dead: sum((s) => s.dead),
      lag: partitions.some((s) => s.lag === null) ? null : sum((s) => s.lag ?? 0),
    };
  });
}

/** `12 active`, `10 active, 2 without an owner` */
export function partitionStates(group: SourceGroup): string {
  return worstFirst
    .map((state) => ({ state, n: group.partitions.filter((s) => s.state === state).length }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n)
    .map(({ state, n }) => `${n} ${sourceStateTitles[state]}`)
    .join(', ');
}

/** Reasons of dead letters with their meaning, most frequent first. */
export function deadReasons(progress: ProgressRecord | null): { code: ErrorCode; n: number; text: string }[] {
  return Object.entries(progress?.deadByReason ?? {})
    .map(([code, n]) => ({ code: code as ErrorCode, n: n ?? 0, text: errorCodes[code as ErrorCode] }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
}

const sinkTitles: Record<string, string> = {
  influx: 'InfluxDB',
  influxdb: 'InfluxDB',
  webhook: 'Webhook',
  alertmanager: 'Alertmanager',
  smtp: 'E-mail',
  email: 'E-mail',
};
export const sinkTitle = (sink: string): string => sinkTitles[sink.toLowerCase()] ?? sink;

/** The state of a way out in plain words. */
export function deliverySentence(delivery: DeliveryRecord, time: TimeFormat): string {
  const name = sinkTitle(delivery.sink);
  const since = time.time(Date.parse(delivery.since));
  const detail = delivery.detail === '' ? '' : `; ${delivery.detail}`;
  switch (delivery.state) {
    case 'ok': {
      const refused = delivery.refused > 0 ? `, save ${plural(delivery.refused, 'record')}` : '';
      return `${name} has taken everything since ${since}${refused}${detail}`;
    }
    case 'retrying':
      return `${name} is away since ${since}${detail}`;
    case 'misconfigured':
      return `${name} refuses us since ${since}${detail}`;
  }
}
