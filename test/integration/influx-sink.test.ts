import { ensureBuckets } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import { queryFlux } from '@seamwatch/adapters/influx/influx-query.ts';
import { InfluxSink, type Trouble } from '@seamwatch/adapters/influx/influx-sink.ts';
import { type Point, type PointOf, seriesOf } from '@seamwatch/adapters/influx/point.ts';
import { dayMs, minuteMs } from '@seamwatch/contracts/units.ts';
import { expect, inject, test } from 'vitest';

const never = new AbortController().signal;
const now = Math.floor(Date.now() / minuteMs) * minuteMs;
const newBucket = () => ({ name: `sink-${crypto.randomUUID()}`, retentionDays: 35 });
const rate = (tags: object, fields: object, timeMs = now): PointOf<'seam_rate'> => ({
  measurement: 'seam_rate',
  tags,
  fields,
  timeMs,
});

function newSink(): { sink: InfluxSink; troubles: Trouble[] } {
  const troubles: Trouble[] = [];
  const sink = new InfluxSink({
    access: inject('influx'),
    onTrouble: (trouble) => void troubles.push(trouble),
    backoff: { firstMs: 10, maxMs: 50, misconfiguredMs: 50 },
  });
  return { sink, troubles };
}

async function read(bucket: string, start = '-400d'): Promise<Readonly<Record<string, unknown>>[]> {
  const rows = await queryFlux(
    inject('influx'),
    `from(bucket: "${bucket}") |> range(start: ${start})
      |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
      |> drop(columns: ["_start", "_stop", "_measurement"]) |> group() |> sort(columns: ["_time", "segment"])`,
  );
  return rows.map(({ result, table, ...row }) => row);
}

test('a bucket that is missing is made with its retention, and what was written is read back equal', async () => {
  const { sink, troubles } = newSink();
  const bucket = newBucket();
  const point = rate({ segment: 'all', window: '1h' }, { value: 0.25, n: 8, state: 'ok', upper: Number.NaN });
  expect(await sink.write(bucket, [point], never)).toEqual({ written: 1, refused: [] });
  expect(await read(bucket.name)).toEqual([
    {
      _time: new Date(now).toISOString().replace('.000Z', 'Z'),
      segment: 'all',
      window: '1h',
      value: 0.25,
      n: 8,
      state: 'ok',
    },
  ]);
  expect(troubles).toEqual([]);
  const { url, org, token } = inject('influx');
  const answer = await fetch(`${url}/api/v2/buckets?${new URLSearchParams({ org, name: bucket.name })}`, {
    headers: { authorization: `Token ${token}` },
  });
  const { buckets } = (await answer.json()) as { buckets: { retentionRules: { everySeconds: number }[] }[] };
  expect(buckets[0]?.retentionRules[0]?.everySeconds).toBe((35 * dayMs) / 1_000);
  expect(await ensureBuckets(inject('influx'), [bucket])).toEqual([]);
});

test('tag and string values with every awkward character come back as they were', async () => {
  const { sink } = newSink();
  const bucket = newBucket();
  const values = ['a,b', 'a b', 'a=b', 'say "x"', 'a\\b', 'a\\,b', 'ä€🙂', '=x', '#x', "it's", 'a\\ b'];
  const points = values.map(
    (value, i): Point => ({
      measurement: 'seam_alert',
      tags: { segment: value },
      fields: { title: `${value} second part \\`, seq: i },
      timeMs: now + i,
    }),
  );
  expect(await sink.write(bucket, points, never)).toEqual({ written: values.length, refused: [] });
  const rows = await read(bucket.name);
  expect(rows.map(({ segment, title }) => [segment, title])).toEqual(
    values.map((value) => [value, `${value} second part \\`]),
  );
});

test('a tag value that ends in a backslash is stored with a slash instead, and harms no other point', async () => {
  const { sink } = newSink();
  const bucket = newBucket();
  const points = [rate({ segment: 'x\\' }, { n: 1 }), rate({ segment: 'y' }, { n: 2 })];
  expect(await sink.write(bucket, points, never)).toEqual({ written: 2, refused: [] });
  expect((await read(bucket.name)).map(({ segment }) => segment)).toEqual(['x/', 'y']);
});

test('of two points with the same tags and time the later one stays, within a write and between writes', async () => {
  const { sink } = newSink();
  const bucket = newBucket();
  const tags = { segment: 'all' };
  await sink.write(bucket, [rate(tags, { n: 1 }), rate(tags, { n: 2 })], never);
  expect((await read(bucket.name)).map(({ n }) => n)).toEqual([2]);
  await sink.write(bucket, [rate(tags, { n: 3 })], never);
  expect((await read(bucket.name)).map(({ n }) => n)).toEqual([3]);
});

test('points that InfluxDB refuses are found among the others, with its reason; the others are written', async () => {
  const { sink, troubles } = newSink();
  const bucket = newBucket();
  await ensureBuckets(inject('influx'), [bucket]);
  await writeRaw(bucket.name, `seam_rate,segment=taken lower="text" ${now}`);
  const good = Array.from({ length: 40 }, (_, i) => rate({ segment: `s${i}` }, { n: i }, now - i * minuteMs));
  const conflict = rate({ segment: 'conflict' }, { lower: 1 });
  const old = rate({ segment: 'old' }, { n: 1 }, now - 60 * dayMs);
  const impossible = rate({ segment: 'impossible' }, { n: 1 }, 9e15);
  const points = [...good.slice(0, 7), conflict, ...good.slice(7, 20), old, ...good.slice(20), impossible];
  const outcome = await sink.write(bucket, points, never);
  expect(outcome.written).toBe(40);
  const reasons = Object.fromEntries(outcome.refused.map(({ point, reason }) => [seriesOf(point), reason]));
  expect(reasons).toEqual({
    'seam_rate segment=conflict': expect.stringContaining('field type conflict'),
    'seam_rate segment=old': 'older than the bucket keeps (840h0m0s)',
    'seam_rate segment=impossible': expect.stringContaining('time outside range'),
  });
  const stored = new Set((await read(bucket.name)).map(({ segment }) => segment));
  expect(good.every(({ tags }) => stored.has(tags.segment))).toBe(true);
  expect(troubles).toEqual([]);
});

test('thousands of points older than the bucket keeps are refused in a few requests', async () => {
  const { token, ...address } = inject('influx');
  let requests = 0;
  const counting = () => {
    requests += 1;
    return token;
  };
  const sink = new InfluxSink({ access: { ...address, token: counting } });
  const bucket = newBucket();
  await ensureBuckets(inject('influx'), [bucket]);
  // Half an hour apart, so that the oldest kept and the youngest refused lie within one batch; none so near to the limit that
  // it passes it while the test runs.
  const ages = Array.from({ length: 4_000 }, (_, i) => (3_999.5 - i) * 30 * minuteMs);
  const outcome = await sink.write(
    bucket,
    ages.map((age) => rate({ segment: 'all' }, { n: 1 }, now - age)),
    never,
  );
  const tooOld = ages.filter((age) => age > 35 * dayMs).length;
  // InfluxDB keeps whole days, so that up to a day more than asked for may stay.
  const kept = (await read(bucket.name)).length;
  expect(4_000 - tooOld).toBeLessThanOrEqual(outcome.written);
  expect(outcome.written).toBeLessThanOrEqual(kept);
  expect(kept).toBeLessThanOrEqual(4_000 - tooOld + 48);
  expect(outcome.written).toBe(4_000 - outcome.refused.length);
  expect(requests).toBeLessThan(40);
});

test('a token that may not make buckets gets the command to run', async () => {
  const bucket = newBucket();
  const { token } = await limitedToken();
  const making = ensureBuckets({ ...inject('influx'), token }, [bucket]);
  await expect(making).rejects.toMatchObject({
    code: 'SEAM_INFLUX_CONFIG',
    message: expect.stringContaining(
      `influx bucket create --org ${inject('influx').org} --name ${bucket.name} --retention 35d`,
    ),
  });
});

async function writeRaw(bucket: string, line: string): Promise<void> {
  const { url, org, token } = inject('influx');
  const query = new URLSearchParams({ org, bucket, precision: 'ms' });
  const answer = await fetch(`${url}/api/v2/write?${query}`, {
    method: 'POST',
    headers: { authorization: `Token ${token}` },
    body: line,
  });
  expect(answer.status).toBe(204);
}

/** A token that may read and write one bucket and nothing else. */
async function limitedToken(): Promise<{ token: string }> {
  const { url, org, token, bucket } = inject('influx');
  const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
  const ask = async (path: string) => (await fetch(`${url}/api/v2/${path}`, { headers })).json();
  const { buckets } = (await ask(`buckets?${new URLSearchParams({ org, name: bucket })}`)) as {
    buckets: { id: string; orgID: string }[];
  };
  const { id, orgID } = buckets[0]!;
  const permissions = ['read', 'write'].map((action) => ({
    action,
    resource: { type: 'buckets', id, orgID },
  }));
  const made = await fetch(`${url}/api/v2/authorizations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ orgID, permissions }),
  });
  return (await made.json()) as { token: string };
}
