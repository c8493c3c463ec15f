import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type FluxRow, queryFlux } from '@seamwatch/adapters/influx/influx-query.ts';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { type Measure, measureNames, type RatePoint, windows } from '@seamwatch/contracts/measures.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { startRecorder } from '@seamwatch/recorder/recorder.ts';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import {
  alertRecords,
  begin,
  counters,
  day,
  days,
  minutes,
  progress,
  ratePoint,
  rates,
  segments,
  sources,
  week,
} from './grafana-records.ts';

interface Target {
  refId: string;
  query: string;
}
interface Panel {
  title: string;
  type: string;
  targets?: Target[];
  panels?: Panel[];
}
interface Dashboard {
  panels: Panel[];
  annotations: { list: { name: string; target: Target }[] };
  templating: { list: { name: string; query: Target | string }[] };
}

const folder = new URL('../../dashboards/grafana/', import.meta.url);
const dashboard = JSON.parse(
  await readFile(new URL('generated/seam-overview.json', folder), 'utf8'),
) as Dashboard;
const panels = new Map(
  dashboard.panels
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter(({ type }) => type !== 'row')
    .map((panel) => [panel.title, panel]),
);

const bucket = `grafana-${crypto.randomUUID()}`;
const cleanUps: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

beforeAll(async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'seamwatch-grafana-'));
  cleanUps.push(() => rm(scratch, { recursive: true }));
  const log = openSqliteEventLog({ file: join(scratch, 'log.sqlite') });
  cleanUps.push(() => log.close());
  const put = (topic: Topic, key: string, value: unknown) =>
    log.append([{ topic, key, value: JSON.stringify(value) }]);

  const described = segments.map((id) => ({
    id,
    title: id,
    where: {},
    ...(id.startsWith('path:ai') && { path: 'ai' }),
  }));
  await put('rates', '~segments', { kind: 'segments', segments: described });
  for (const [minute, at] of minutes.entries()) {
    // The log dates its records by the clock, and the recorder dates progress by the log.
    vi.useFakeTimers({ toFake: ['Date'], now: at + 5_000 });
    for (const segment of segments) await put('rates', segment, rates(segment, minute));
    await put('rates', '~progress', progress(minute));
    vi.useRealTimers();
  }
  for (const record of alertRecords) await put('alerts', record.id, record);
  for (const segment of segments) {
    for (const i of days.keys()) {
      await put('days', `${segment}|${i}`, day(segment, i));
      await put('days', `${segment}|w${i}`, week(segment, i));
    }
  }

  const stop = new AbortController();
  const logger = { debug() {}, info() {}, warn() {}, error: console.error };
  const { done, stats } = startRecorder({
    log,
    influx: { ...inject('influx'), bucket },
    logger,
    signal: stop.signal,
  });
  cleanUps.push(async () => {
    stop.abort();
    await done;
  });
  const perMinute = segments.length * (measureNames.length * windows.length + 6) + sources.length;
  const points = minutes.length * perMinute + alertRecords.length + 2 * segments.length * days.length;
  await vi.waitFor(() => expect(stats()).toEqual({ state: 'ok', delivered: points, refused: 0 }), 60_000);
});

interface Choice {
  segment?: string;
  window?: RatePoint['window'];
  measure?: Measure;
  interval?: string;
  from?: number;
}

/** Does to a query what Grafana does: first the template variables, then the macros of the InfluxDB datasource. */
async function run(query: string, choice: Choice = {}): Promise<FluxRow[]> {
  const {
    segment = 'all',
    window = '24h',
    measure = 'csat',
    interval = '1m0s',
    from = begin - 400 * dayMs,
  } = choice;
  const values: Record<string, string> = { segment, window, measure };
  const flux = query
    .replace(/\$\{(\w+):doublequote\}/g, (_, name: string) => `"${values[name]!.replace(/["\\]/g, '\\$&')}"`)
    .replaceAll('v.timeRangeStart', toRfc3339(from))
    .replaceAll('v.timeRangeStop', toRfc3339(begin + 60 * minuteMs))
    .replaceAll('v.windowPeriod', interval)
    .replaceAll('v.defaultBucket', `"${bucket}"`);
  expect(flux).not.toMatch(/\$|\bv\./);
  return queryFlux(inject('influx'), flux);
}

type Series = Record<string, [number, unknown][]>;

/** Frames as Grafana's backend makes them of Flux tables: one for each table, named by `_field`. */
async function series(title: string, choice?: Choice): Promise<Series> {
  const [target, ...others] = panels.get(title)?.targets ?? [];
  expect(others).toEqual([]);
  const found: Series = {};
  const tables = new Map<unknown, string>();
  for (const { table, result, _measurement, _field, _time, _value, ...labels } of await run(
    target!.query,
    choice,
  )) {
    expect(labels).toEqual({});
    const name = String(_field);
    expect(tables.get(table) ?? name).toBe(name);
    tables.set(table, name);
    found[name] = [...(found[name] ?? []), [Date.parse(String(_time)), _value]];
  }
  expect(new Set(tables.values()).size).toBe(tables.size);
  return found;
}

type Field = 'value' | 'lower' | 'upper' | 'baseline' | 'n';
function sent(
  segment: string,
  measure: Measure,
  window: RatePoint['window'],
  field: Field,
): [number, unknown][] {
  return minutes.flatMap((at, minute): [number, unknown][] => {
    const value = ratePoint(segment, measure, window, minute)[field];
    return value === null || value === undefined ? [] : [[at, value]];
  });
}
function sentFields(segment: string, measure: Measure, window: RatePoint['window']): Series {
  const fields = ['value', 'lower', 'upper', 'baseline'] as const;
  return Object.fromEntries(fields.map((field) => [field, sent(segment, measure, window, field)]));
}
function sentByPath(measure: Measure, window: RatePoint['window']): Series {
  const titles = { 'path:ai': 'AI only', 'path:seam': 'handed off', 'path:human': 'human only' };
  return Object.fromEntries(
    Object.entries(titles).flatMap(([segment, title]) => [
      [title, sent(segment, measure, window, 'value')],
      [`${title}, lower`, sent(segment, measure, window, 'lower')],
      [`${title}, upper`, sent(segment, measure, window, 'upper')],
    ]),
  );
}

const ai7d = { segment: 'path:ai', window: '7d' } as const;
const expectations: Record<string, () => Promise<void>> = {
  'Escalation rate': async () => {
    expect(await series('Escalation rate')).toEqual(sentFields('all', 'escalation_rate', '24h'));
    expect(await series('Escalation rate', ai7d)).toEqual(sentFields('path:ai', 'escalation_rate', '7d'));
  },
  Volume: async () => expect(await series('Volume')).toEqual(sentFields('all', 'volume', '24h')),
  'Seam abandonment': async () =>
    expect(await series('Seam abandonment', ai7d)).toEqual(sentFields('path:ai', 'seam_abandonment', '7d')),
  'Seam wait': async () =>
    expect(await series('Seam wait')).toEqual({
      p50: sent('all', 'seam_wait_p50', '24h', 'value'),
      p90: sent('all', 'seam_wait_p90', '24h', 'value'),
      p99: sent('all', 'seam_wait_p99', '24h', 'value'),
    }),
  '7-day repeat contact by path': async () =>
    expect(await series('7-day repeat contact by path')).toEqual(sentByPath('repeat_contact', '24h')),
  'CSAT by path': async () => expect(await series('CSAT by path')).toEqual(sentByPath('csat', '24h')),
  'NPS by path': async () => expect(await series('NPS by path', ai7d)).toEqual(sentByPath('nps', '7d')),
  'Claimed and durable resolution: $segment': async () =>
    expect(await series('Claimed and durable resolution: $segment')).toEqual({
      claimed: sent('all', 'claimed_resolution', '24h', 'value'),
      durable: sent('all', 'durable_resolution', '24h', 'value'),
    }),
  'Evidence: $segment': async () =>
    expect(await series('Evidence: $segment')).toEqual({
      csat: minutes.map((at, i) => [at, 1 + i]),
      nps: minutes.map((at, i) => [at, 101 + i]),
      'all signals': minutes.map((at, i) => [at, 201 + i]),
    }),
  '$measure: $segment, $window': async () => {
    const choice = {
      measure: 'durable_resolution',
      window: '1h',
      segment: 'path:ai.category:billing',
    } as const;
    expect(await series('$measure: $segment, $window', choice)).toEqual(
      sentFields('path:ai.category:billing', 'durable_resolution', '1h'),
    );
  },
  'n behind $measure: $segment, $window': async () =>
    expect(await series('n behind $measure: $segment, $window')).toEqual({
      n: sent('all', 'csat', '24h', 'n'),
    }),
  '$measure by day: $segment': async () => {
    const field = (name: 'value' | 'lower' | 'upper') =>
      days.map((at, i) => [at, day('path:ai', i).points[0]![name]]);
    expect(await series('$measure by day: $segment', { segment: 'path:ai', interval: '24h0m0s' })).toEqual({
      value: field('value'),
      lower: field('lower'),
      upper: field('upper'),
      baseline: days.map((at) => [at, 4]),
    });
  },
  'NPS by week: $segment': async () =>
    expect(await series('NPS by week: $segment', { interval: '24h0m0s' })).toEqual({
      value: days.map((at, i) => [at, 20 - i]),
      lower: days.map((at, i) => [at, 10 - i]),
      upper: days.map((at, i) => [at, 30 - i]),
      baseline: days.map((at) => [at, 28]),
    }),
  Alerts: async () => {
    const rows = await run(panels.get('Alerts')!.targets![0]!.query);
    expect(rows.map(({ result, table, ...row }) => row)).toEqual(
      [alertRecords[4]!, alertRecords[3]!, alertRecords[1]!].map(
        ({ seq, at, status, sentence, owner, measure, effect }) => ({
          _time: new Date(Date.parse(at) + seq).toISOString(),
          level: 'warning',
          state: status,
          segment: 'all',
          measure,
          title: sentence,
          owner: owner ?? '',
          // This client reads an absent number as 0.
          value: effect?.value ?? 0,
          lower: effect?.lower ?? 0,
          upper: effect?.upper ?? 0,
          baseline: effect?.baseline ?? 0,
        }),
      ),
    );
  },
  Events: async () => {
    const sum = (minute: number, name: 'events' | 'late' | 'dead') =>
      sources.reduce((total, _, i) => total + counters(i, minute)[name], 0);
    const perMinute = (name: 'events' | 'late' | 'dead') =>
      minutes.flatMap((at, i) => (i === 0 ? [] : [[at + minuteMs, sum(i, name) - sum(i - 1, name)]]));
    expect(await series('Events')).toEqual({
      events: perMinute('events'),
      late: perMinute('late'),
      dead: perMinute('dead'),
    });
  },
  // The second source is ten seconds behind the first, and the record came five seconds after the minute; the third is idle.
  Lag: async () =>
    expect(await series('Lag')).toEqual({ lag_ms: minutes.map((at) => [at + minuteMs, 15_000]) }),
  'Data as of': async () =>
    expect(await series('Data as of')).toEqual({
      watermark_ms: [[minutes.at(-1), minutes.at(-1)! - 20_000]],
    }),
};

test('every panel is tested below', () => {
  expect([...panels.keys()].sort()).toEqual(Object.keys(expectations).sort());
});

test.each(Object.keys(expectations))('panel "%s" shows what was sent', async (title) => {
  await expectations[title]!();
});

test('on a long range a panel shows the last value of each interval at its own time, never an average', async () => {
  const all = sentFields('all', 'escalation_rate', '24h');
  const expected = Object.fromEntries(
    Object.entries(all).map(([name, points]) => [
      name,
      points.filter(
        ([at], i) =>
          Math.floor(at / (10 * minuteMs)) !== Math.floor((points[i + 1]?.[0] ?? 0) / (10 * minuteMs)),
      ),
    ]),
  );
  expect(expected.value).toHaveLength(3);
  expect(await series('Escalation rate', { interval: '10m0s' })).toEqual(expected);
});

test('each change of an alert is an annotation', async () => {
  const [annotation, ...others] = dashboard.annotations.list.filter(({ target }) => target?.query);
  expect(others).toEqual([]);
  const rows = await run(annotation!.target.query);
  expect(rows.map(({ result, table, ...row }) => row)).toEqual(
    alertRecords.map(({ at, seq, status, measure, sentence }) => ({
      time: new Date(Date.parse(at) + seq).toISOString(),
      text: sentence,
      tags: `warning,${status},${measure}`,
    })),
  );
});

test('the list of segments has those that were recorded', async () => {
  const variable = dashboard.templating.list.find(({ name }) => name === 'segment');
  const { query } = variable!.query as Target;
  const rows = await run(query);
  expect(rows.map(({ _value }) => _value).sort()).toEqual([...segments].sort());
});

test('an empty bucket gives empty panels, not errors', async () => {
  for (const { targets = [] } of panels.values()) {
    for (const { query } of targets)
      expect(await run(query, { segment: 'nobody"\\', from: begin + 59 * minuteMs })).toEqual([]);
  }
});

test('the generated dashboard is as its sources have it', async () => {
  const check = promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('src/generate.ts', folder)),
    '--check',
  ]);
  expect((await check).stderr).toBe('');
});
