import type { StatusFrame } from '@seamwatch/contracts/frames.ts';
import type { SourceStatus } from '@seamwatch/contracts/records.ts';
import { at, iso } from './scenario-alerts.ts';

/** The state of the pipeline at `now` (ms); InfluxDB is away. */
export function statusOf(asOf: string | null, now: number): StatusFrame {
  const source = (name: string, i: number, changes: Partial<SourceStatus> = {}): SourceStatus => ({
    source: `${name}-${i}`,
    state: 'active',
    watermark: asOf && iso(at(asOf) + 7_000 + i * 900),
    events: 104_000 + i * 811,
    late: 3 + i,
    duplicates: i,
    dead: i % 4 === 0 ? 2 : 0,
    lag: i % 5 === 0 ? 1 : 0,
    ...changes,
  });
  const never = {
    state: 'never_seen',
    watermark: null,
    events: 0,
    late: 0,
    duplicates: 0,
    dead: 0,
    lag: 0,
  } as const;
  const blank = asOf === null ? never : {};
  return {
    type: 'status',
    now: iso(now + 35_000),
    asOf,
    quietSince: null,
    progress: {
      kind: 'progress',
      asOf,
      series: asOf === null ? 0 : 148,
      falseAlarmsPer30Days: 2,
      deadByReason: asOf === null ? {} : { SEAM_SCORE_RANGE: 4, SEAM_WRONG_SHAPE: 2 },
      sources: [
        ...Array.from({ length: 12 }, (_, i) => source('interactions', i, blank)),
        ...Array.from({ length: 12 }, (_, i) =>
          source('surveys', i, { events: 9_400 + i * 60, late: 40 + i, dead: 0, ...blank }),
        ),
        source(
          'changes',
          0,
          asOf === null ? never : { state: 'idle', events: 14, late: 0, dead: 0, duplicates: 0, lag: 0 },
        ),
      ],
    },
    deliveries: [
      {
        sink: 'influx',
        state: 'retrying',
        since: iso(at('2026-05-28T10:03:00Z')),
        at: iso(now),
        detail: '1,204 points wait',
        delivered: 1_204_332,
        refused: 0,
      },
      {
        sink: 'webhook',
        state: 'ok',
        since: iso(at('2026-05-01T06:00:00Z')),
        at: iso(now),
        detail: '',
        delivered: 31,
        refused: 0,
      },
    ],
    problems: [],
  };
}
