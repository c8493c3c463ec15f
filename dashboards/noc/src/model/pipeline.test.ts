import { expect, test } from 'vitest';
import { timeFormat } from '../format/time.ts';
import { deadReasons, deliverySentence, groupSources, partitionStates } from './pipeline.ts';

const source = (name: string, changes = {}) => ({
  source: name,
  state: 'active' as const,
  watermark: '2026-04-14T12:00:00.000Z',
  events: 10,
  late: 1,
  duplicates: 0,
  dead: 0,
  lag: 2,
  ...changes,
});

test('partitions of a topic are one line: sums, the slowest watermark, the worst state', () => {
  const groups = groupSources([
    source('interactions-0'),
    source('interactions-11', { state: 'unowned', watermark: '2026-04-14T11:00:00.000Z', lag: null }),
    source('surveys-0', { state: 'idle' }),
  ]);
  expect(groups.map((g) => g.topic)).toEqual(['interactions', 'surveys']);
  expect(groups[0]).toMatchObject({ events: 20, late: 2, lag: null, state: 'unowned' });
  expect(groups[0]?.watermark).toBe(Date.parse('2026-04-14T11:00:00.000Z'));
  expect(groups.map(partitionStates)).toEqual(['1 without an owner, 1 active', '1 idle']);
});

test('a way out that is down is said in plain words, with its zone', () => {
  const delivery = {
    sink: 'influx',
    since: '2026-04-14T10:03:00.000Z',
    at: '2026-04-14T12:00:00.000Z',
    detail: '1,204 points wait',
    delivered: 90_000,
    refused: 2,
  };
  const say = (state: 'ok' | 'retrying' | 'misconfigured') =>
    deliverySentence({ ...delivery, state }, timeFormat('Europe/Berlin'));
  expect(say('retrying')).toBe('InfluxDB is away since 12:03 CEST; 1,204 points wait');
  expect(say('misconfigured')).toBe('InfluxDB refuses us since 12:03 CEST; 1,204 points wait');
  expect(say('ok')).toBe('InfluxDB has taken everything since 12:03 CEST, save 2 records; 1,204 points wait');
});

test('dead letters are listed by reason with its meaning, most frequent first', () => {
  const progress = { deadByReason: { SEAM_NOT_JSON: 2, SEAM_SCORE_RANGE: 9, SEAM_WRONG_SHAPE: 0 } };
  expect(deadReasons(progress as never).map(({ code, n }) => [code, n])).toEqual([
    ['SEAM_SCORE_RANGE', 9],
    ['SEAM_NOT_JSON', 2],
  ]);
  expect(deadReasons(null)).toEqual([]);
});
