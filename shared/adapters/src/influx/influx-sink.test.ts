import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { InfluxSink, type InfluxSinkOptions, type Trouble } from './influx-sink.ts';
import type { Point } from './point.ts';

interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  body: string;
}
type Reply = { status: number; headers?: Record<string, string>; json?: unknown };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server that answers in InfluxDB's form what the real one cannot be made to answer at will. */
async function serve(answer: (request: Request, nth: number) => Reply | 'silence'): Promise<{
  url: string;
  requests: Request[];
}> {
  const requests: Request[] = [];
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://x');
    const body = Buffer.concat(await incoming.toArray()).toString();
    const { method = '', headers } = incoming;
    const request = {
      method,
      path: url.pathname,
      query: url.searchParams,
      authorization: headers.authorization,
      body,
    };
    requests.push(request);
    const reply = answer(request, requests.length);
    if (reply === 'silence') return;
    response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers });
    response.end(reply.json === undefined ? undefined : JSON.stringify(reply.json));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const bucket = { name: 'b', retentionDays: 35 };
const written: Reply = { status: 204 };
const points = (count: number): Point[] =>
  Array.from({ length: count }, (_, n) => ({
    measurement: 'seam_rate',
    tags: { segment: `s${n}` },
    fields: { n },
    timeMs: n,
  }));
const lineCount = ({ body }: Request) => body.split('\n').length;

function sinkTo(
  url: string,
  options: Partial<InfluxSinkOptions> = {},
): { sink: InfluxSink; troubles: Trouble[] } {
  const troubles: Trouble[] = [];
  const sink = new InfluxSink({
    access: { url, org: 'o', token: 't' },
    onTrouble: (trouble) => void troubles.push(trouble),
    backoff: { firstMs: 5, maxMs: 20, misconfiguredMs: 10 },
    ...options,
  });
  return { sink, troubles };
}
const never = new AbortController().signal;

test('points go out in order, in requests of bounded size, with bucket, organisation, token and precision', async () => {
  const { url, requests } = await serve(() => written);
  const { sink } = sinkTo(url, { maxLines: 4 });
  expect(await sink.write(bucket, points(10), never)).toEqual({ written: 10, refused: [] });
  expect(requests.map(lineCount)).toEqual([4, 4, 2]);
  expect(
    requests.flatMap(({ body }) => body.split('\n').map((line) => Number(line.split(' ').at(-1)))),
  ).toEqual(points(10).map(({ timeMs }) => timeMs));
  const { query, authorization, path } = requests[0]!;
  expect([path, Object.fromEntries(query), authorization]).toEqual([
    '/api/v2/write',
    { org: 'o', bucket: 'b', precision: 'ms' },
    'Token t',
  ]);
});

test('a request that is too large is split until it fits; a single point that never fits is refused', async () => {
  const { url, requests } = await serve((request) => ({
    status: lineCount(request) > 3 || request.body.includes('s7') ? 413 : 204,
  }));
  const { sink, troubles } = sinkTo(url);
  const { written: count, refused } = await sink.write(bucket, points(12), never);
  expect([count, refused.map(({ point }) => point.tags), troubles]).toEqual([11, [{ segment: 's7' }], []]);
  expect(requests.at(-1)?.body).toContain('s11');
});

test('refused points are found by halving when InfluxDB does not name them, and all others are written', async () => {
  const bad = ['s3', 's4', 's17'];
  const stored = new Set<string>();
  const { url } = await serve(({ body }) => {
    const segments = Array.from(body.matchAll(/segment=(\w+)/g), ([, segment]) => segment!);
    const dropped = segments.filter((segment) => bad.includes(segment)).length;
    for (const segment of segments) if (!bad.includes(segment)) stored.add(segment);
    const message = `failure writing points to database: partial write: field type conflict dropped=${dropped}`;
    return dropped === 0 ? written : { status: 422, json: { code: 'unprocessable entity', message } };
  });
  const { sink } = sinkTo(url);
  const outcome = await sink.write(bucket, points(20), never);
  expect(outcome.written).toBe(17);
  expect(outcome.refused.map(({ point, reason }) => [point.tags, reason])).toEqual(
    bad.map((segment) => [{ segment }, 'field type conflict']),
  );
  expect(stored.size).toBe(17);
});

test('429 and 5xx are tried again until written, and Retry-After is honoured', async () => {
  const replies: Reply[] = [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }, written];
  const { url, requests } = await serve((_, nth) => replies[nth - 1]!);
  const { sink, troubles } = sinkTo(url);
  const begin = performance.now();
  expect(await sink.write(bucket, points(1), never)).toEqual({ written: 1, refused: [] });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(990);
  expect(requests.length).toBe(3);
  expect(troubles.map(({ state, error, attempt }) => [state, error.code, attempt])).toEqual([
    ['retrying', 'SEAM_INFLUX_UNREACHABLE', 1],
    ['retrying', 'SEAM_INFLUX_UNREACHABLE', 2],
  ]);
});

test('a server that accepts the request and never answers is given up on and tried again', async () => {
  const { url } = await serve((_, nth) => (nth === 1 ? 'silence' : written));
  const { sink, troubles } = sinkTo(url, { timeoutMs: 100 });
  expect((await sink.write(bucket, points(1), never)).written).toBe(1);
  expect(troubles.map(({ error }) => error.message)).toEqual([`InfluxDB at ${url}: no answer within 0.1 s`]);
});

test('a server that is away is retried without end, until aborted', async () => {
  const { url } = await serve(() => written);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  const abort = new AbortController();
  const { sink } = sinkTo(url, {
    onTrouble: ({ attempt }) => (attempt >= 8 ? abort.abort(new Error('enough')) : undefined),
  });
  await expect(sink.write(bucket, points(1), abort.signal)).rejects.toThrow('enough');
});

test('a replaced token heals a refused one without a restart', async () => {
  let token = 'old';
  const { url } = await serve(({ authorization }) =>
    authorization === 'Token new'
      ? written
      : { status: 401, json: { code: 'unauthorized', message: 'unauthorized access' } },
  );
  const { sink, troubles } = sinkTo(url, {
    access: { url, org: 'o', token: () => token },
    onTrouble(trouble) {
      troubles.push(trouble);
      if (troubles.length === 3) token = 'new';
    },
  });
  expect((await sink.write(bucket, points(1), never)).written).toBe(1);
  expect(troubles.map(({ state, error }) => [state, error.code])).toEqual(
    Array(3).fill(['misconfigured', 'SEAM_INFLUX_CONFIG']),
  );
});

test('a web page in the place of InfluxDB is a configuration error, not an acknowledgement', async () => {
  const { url } = await serve((_, nth) => ({
    status: nth === 1 ? 200 : 204,
    headers: { 'content-type': 'text/html' },
  }));
  const { sink, troubles } = sinkTo(url);
  await sink.write(bucket, points(1), never);
  expect(troubles.map(({ state }) => state)).toEqual(['misconfigured']);
});

test('a second write while one is under way is an error of the caller', async () => {
  const { url } = await serve(() => written);
  const { sink } = sinkTo(url);
  const first = sink.write(bucket, points(1), never);
  await expect(sink.write(bucket, points(1), never)).rejects.toThrow('one write at a time');
  expect((await first).written).toBe(1);
});
