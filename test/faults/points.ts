import type { InfluxAccess } from '@seamwatch/adapters/influx/influx-http.ts';
import type { Point } from '@seamwatch/adapters/influx/point.ts';
import { RecordsToPoints } from '@seamwatch/recorder/records-to-points.ts';
import type { Outcome } from './outcome.ts';

/** Fields as JSON, by measurement, tags and time. */
export type Points = Map<string, string>;

/** Where the job stands is dated by the clock on the wall: it is no figure of the run. */
const compared = ['seam_rate', 'seam_evidence', 'seam_alert'] as const;
const integers = new Set(['n', 'onset_ms', 'seq']);

/** The points that an outcome makes, by bucket. */
export function pointsOf({ shown, segments }: Outcome): { main: Points; daily: Points } {
  const converter = new RecordsToPoints();
  if (segments) converter.learn(segments);
  const points = { main: new Map<string, Fields>(), daily: new Map<string, Fields>() };
  for (const topic of ['rates', 'days', 'alerts'] as const) {
    for (const { json } of shown[topic]) {
      const record = { offset: 0, appendedMs: 0, key: null, value: Buffer.from(json), headers: {} };
      const { main, daily } = converter.convert(topic, record);
      for (const point of main) merge(points.main, point);
      for (const point of daily) merge(points.daily, point);
    }
  }
  return { main: asText(points.main), daily: asText(points.daily) };
}

type Fields = Map<string, unknown>;

/** As InfluxDB does: a point that is written again replaces the fields that it has. */
function merge(into: Map<string, Fields>, point: Point): void {
  const key = keyOf(point.measurement, point.tags, point.timeMs);
  const fields = into.get(key) ?? new Map();
  for (const [name, value] of Object.entries(point.fields)) {
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    fields.set(name, integers.has(name) ? Math.round(Number(value)) : value);
  }
  if (fields.size > 0) into.set(key, fields);
}

const sorted = (entries: Iterable<[string, unknown]>) =>
  JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
const keyOf = (measurement: string, tags: object, timeMs: number) =>
  `${measurement} ${sorted(Object.entries(tags).filter(([, value]) => value))} ${timeMs}`;
const asText = (points: Map<string, Fields>): Points =>
  new Map([...points].map(([key, fields]) => [key, sorted(fields)]));

interface Series {
  tags: Record<string, string>;
  columns: string[];
  values: (string | number | null)[][];
}

/** The same points as InfluxDB holds them. */
export async function pointsIn(access: InfluxAccess, bucket: string): Promise<Points> {
  const points: Points = new Map();
  for (const measurement of compared) {
    const names = await ask(access, bucket, `SHOW TAG VALUES FROM ${measurement} WITH KEY = segment`);
    const segments = names.flatMap(({ values }) => values.map(([, value]) => String(value)));
    for (const segment of segments) {
      const where = `"segment" = '${segment.replaceAll("'", "\\'")}'`;
      for (const series of await ask(
        access,
        bucket,
        `SELECT * FROM ${measurement} WHERE ${where} GROUP BY *`,
      )) {
        for (const [time, ...values] of series.values) {
          const fields = values.flatMap((value, i): [string, unknown][] =>
            value === null ? [] : [[series.columns[i + 1]!, value]],
          );
          points.set(keyOf(measurement, series.tags, Number(time)), sorted(fields));
        }
      }
    }
  }
  return points;
}

async function ask(access: InfluxAccess, bucket: string, q: string): Promise<Series[]> {
  const query = new URLSearchParams({ db: bucket, epoch: 'ms', q });
  const response = await fetch(`${access.url}/query?${query}`, {
    headers: { authorization: `Token ${access.token}` },
  });
  if (!response.ok) throw new Error(`InfluxDB: ${await response.text()}`);
  const { results } = (await response.json()) as { results: { series?: Series[]; error?: string }[] };
  if (results[0]?.error) throw new Error(`InfluxDB: ${results[0].error}`);
  return results[0]?.series ?? [];
}
