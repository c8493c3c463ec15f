import { bearerSubprotocolPrefix, maxInboundFrameBytes, subprotocol } from '@seamwatch/contracts/frames.ts';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  allTokens,
  filledLog,
  gateway,
  http,
  ready,
  tokens,
  until,
  write,
} from '../testing/gateway-fixture.ts';
import * as make from '../testing/records.ts';
import { subscribed, TestClient } from '../testing/stream-fixture.ts';

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const alerts = (from: number, to: number) => numbers(from, to).map((seq) => make.alert(seq));

test('hello comes at once, the snapshot on subscribing, then what changes', async () => {
  const rates = make.rates('ai', 1);
  const log = await filledLog(
    make.segments(make.segment('ai', { path: 'ai' })),
    rates,
    make.week('ai', 9),
    make.alert(1),
    make.progress(1),
  );
  const { url } = await gateway({ log, simulated: true });
  await ready(url);
  const client = new TestClient(url);
  const hello = await client.next('hello');
  expect(hello).toMatchObject({ firstSeq: 1, lastSeq: 1, asOf: make.at(1), simulated: true, minimumN: 20 });
  expect(client.socket.protocol).toBe(subprotocol);
  client.send({ type: 'subscribe' });
  const snapshot = await client.next('snapshot');
  expect(snapshot).toMatchObject({ asOf: make.at(1), rates: [rates], weeks: [make.week('ai', 9)] });
  expect(snapshot.alerts).toEqual([make.alert(1)]);

  await write(log, make.rates('ai', 2, [make.point(0.4)]), make.alert(2), make.progress(2));
  expect(await client.next('rates')).toEqual({
    type: 'rates',
    rates: [make.rates('ai', 2, [make.point(0.4)])],
  });
  expect((await client.next('alert')).alert).toEqual(make.alert(2));
  await until('the status', () => client.of('status').some((s) => s.asOf === make.at(2)));
});

test('a client that does not subscribe gets everything after a while', async () => {
  const log = await filledLog(make.segments(make.segment('ai')), make.rates('ai', 1));
  const { url } = await gateway({ log, limits: { subscribeWithinMs: 50 } });
  const client = new TestClient(url);
  expect((await client.next('snapshot')).rates).toHaveLength(1);
});

test('after a reconnect every missed alert comes, in order, once, and live ones follow', async () => {
  const log = await filledLog(...alerts(1, 10));
  const { url } = await gateway({ log });
  await ready(url);
  const first = await subscribed(url, { afterSeq: 0 });
  await until('ten alerts', () => first.alertNumbers.length === 10);
  first.socket.close();
  await first.end();
  await write(log, ...alerts(11, 20));
  const second = await subscribed(url, { afterSeq: 10 });
  await write(log, ...alerts(21, 25));
  await until('the last alert', () => second.alertNumbers.includes(25));
  expect(second.alertNumbers).toEqual(numbers(11, 25));
});

test('without afterSeq only alerts from now on come; a number from the future is no reason to withhold them', async () => {
  const log = await filledLog(...alerts(1, 5));
  const { url } = await gateway({ log });
  await ready(url);
  const fresh = await subscribed(url);
  const ahead = await subscribed(url, { afterSeq: 900 });
  await write(log, make.alert(6));
  for (const client of [fresh, ahead]) {
    await until('the alert', () => client.alertNumbers.length > 0);
    expect(client.alertNumbers).toEqual([6]);
  }
});

test('a thousand missed alerts arrive in order while new ones are raised', async () => {
  const log = await filledLog(...alerts(1, 1_000));
  const { url } = await gateway({ log, limits: { slowBytes: 16 * 1024, bufferBytes: 64 * 1024 } });
  await ready(url);
  await until('the last', async () =>
    String((await http(`${url}/metrics`)).body.text).includes('last_seq 1000'),
  );
  const client = await subscribed(url, { afterSeq: 0 });
  await write(log, ...alerts(1_001, 1_010));
  await until('all of them', () => client.alertNumbers.includes(1_010));
  expect(client.alertNumbers).toEqual(numbers(1, 1_010));
  expect(client.closed).toBeUndefined();
});

test('each client gets the segments that it subscribed to, and every alert', async () => {
  const log = await filledLog(
    make.segments(make.segment('ai'), make.segment('seam')),
    make.rates('ai', 1),
    make.rates('seam', 1),
  );
  const { url } = await gateway({ log });
  await ready(url);
  const ai = await subscribed(url, { segments: ['ai'] });
  const all = await subscribed(url);
  expect(ai.of('snapshot')[0]?.rates.map((r) => r.segment)).toEqual(['ai']);
  await write(log, make.rates('seam', 2), make.alert(1, { segment: 'seam' }));
  await all.next('rates');
  await write(log, make.rates('ai', 3));
  await ai.next('rates');
  await ai.next('alert');
  expect(ai.of('rates').flatMap((f) => f.rates.map((r) => r.segment))).toEqual(['ai']);
  expect(all.of('rates').flatMap((f) => f.rates.map((r) => r.segment))).toContain('seam');

  ai.send({ type: 'subscribe', segments: ['seam'] });
  expect((await ai.next('snapshot', 2)).rates.map((r) => r.segment)).toEqual(['seam']);
});

test('rates of one moment come as one record a segment, with the newest of each point', async () => {
  const log = await filledLog(make.segments(make.segment('ai')), make.rates('ai', 1));
  const { url } = await gateway({ log, limits: { flushMs: 200 } });
  await ready(url);
  const client = await subscribed(url);
  const day = make.point(0.5, { window: '24h' });
  await write(log, make.rates('ai', 2, [make.point(0.2), day]), make.rates('ai', 3, [make.point(0.3)]));
  const { rates } = await client.next('rates');
  expect(rates).toEqual([make.rates('ai', 3, [make.point(0.3), day])]);
});

test('a new segment brings everybody a new snapshot', async () => {
  const log = await filledLog(make.segments(make.segment('ai')));
  const { url } = await gateway({ log, limits: { snapshotGapMs: 0 } });
  await ready(url);
  const client = await subscribed(url);
  await write(log, make.segments(make.segment('ai'), make.segment('seam')), make.rates('seam', 2));
  await until('the new segment', () =>
    client.of('snapshot').some((s) => s.segments.length === 2 && s.rates[0]?.segment === 'seam'),
  );
});

test('a slow client gets the newest rates of each segment once it reads again', async () => {
  const ids = numbers(1, 40).map((i) => `segment-${i}`);
  const log = await filledLog(make.segments(...ids.map((id) => make.segment(id))));
  const { url } = await gateway({ log, limits: { slowBytes: 32 * 1024, flushMs: 5 } });
  await ready(url);
  const slow = await subscribed(url);
  const quick = await subscribed(url);
  slow.socket.pause();
  const parts = Object.fromEntries(numbers(1, 100).map((i) => [`a_rather_long_name_of_a_part_${i}`, i]));
  let round = 0;
  const coalesced = async () =>
    Number(/coalesced_total (\d+)/.exec(String((await http(`${url}/metrics`)).body.text))?.[1]);
  while ((await coalesced()) < 100) {
    round += 1;
    await write(log, ...ids.map((id) => make.rates(id, round, [make.point(round, { parts })])));
    expect(round).toBeLessThan(500);
  }
  const newest = (client: TestClient) =>
    new Map(client.of('rates').flatMap((f) => f.rates.map((r) => [r.segment, r.points[0]?.value])));
  const complete = (client: TestClient) => () => ids.every((id) => newest(client).get(id) === round);
  await until('the quick one to have all', complete(quick));
  slow.socket.resume();
  await until('the slow one to have all', complete(slow));
  expect(slow.of('rates').length).toBeLessThan(quick.of('rates').length);
  expect(slow.closed).toBeUndefined();
});

test('a client too slow for alerts is let go with 4008, and resumes without a gap', async () => {
  const { url, log } = await gateway({ limits: { bufferBytes: 256 * 1024, slowBytes: 64 * 1024 } });
  await ready(url);
  const slow = await subscribed(url, { afterSeq: 0 });
  slow.socket.pause();
  const sentence = 'x'.repeat(20_000);
  const disconnects = async () =>
    String((await http(`${url}/metrics`)).body.text).includes('slow_disconnects_total 1');
  let seq = 0;
  while (!(await disconnects())) {
    await write(log, ...numbers(seq + 1, seq + 50).map((n) => make.alert(n, { sentence })));
    seq += 50;
    expect(seq).toBeLessThan(5_000);
  }
  slow.socket.resume();
  expect(await slow.end()).toEqual({ code: 4008, reason: 'SEAM_TOO_SLOW' });
  expect(slow.of('bye')).toMatchObject([{ code: 'SEAM_TOO_SLOW' }]);
  const last = slow.alertNumbers.at(-1)!;
  expect(slow.alertNumbers).toEqual(numbers(1, last));
  const again = await subscribed(url, { afterSeq: last });
  await until('the rest', () => again.alertNumbers.includes(seq));
  expect(again.alertNumbers).toEqual(numbers(last + 1, seq));
});

test.each([
  ['over 16 KiB', JSON.stringify({ type: 'ping', pad: 'x'.repeat(maxInboundFrameBytes) })],
  ['of a megabyte', 'x'.repeat(1_048_576)],
  ['not JSON', '{"type":'],
  ['of an unknown type', '{"type":"acknowledge","alertId":"a","reason":"b"}'],
  ['off-schema', '{"type":"subscribe","afterSeq":-1}'],
  ['binary', Buffer.from('{"type":"ping"}')],
])('an inbound frame that is %s ends the connection with 4002, and says why', async (_, frame) => {
  const { url } = await gateway();
  const client = new TestClient(url);
  await client.next('hello');
  client.socket.send(frame, { binary: Buffer.isBuffer(frame) });
  expect((await client.end()).code).toBe(4002);
  expect(client.of('bye')).toMatchObject([{ code: 'SEAM_FRAME_INVALID' }]);
});

test('a ping is answered, and status comes as a heartbeat', async () => {
  const { url } = await gateway({ limits: { heartbeatMs: 40 }, now: () => Date.parse(make.at(7)) });
  const client = new TestClient(url);
  await client.next('hello');
  client.send({ type: 'ping' });
  expect(await client.next('pong')).toEqual({ type: 'pong', now: make.at(7) });
  await client.next('status', 4);
});

test('a peer that no longer answers is let go', async () => {
  const { url } = await gateway({ limits: { heartbeatMs: 50 } });
  const client = new TestClient(url, [subprotocol], { autoPong: false });
  await client.next('hello');
  expect((await client.end()).code).toBe(1006);
  await until('nobody', async () =>
    String((await http(`${url}/metrics`)).body.text).includes('stream_clients 0'),
  );
});

test('with a view token: by cookie, by header or by subprotocol; else 4003', async () => {
  const { url } = await gateway({ settings: allTokens });
  const signedIn = await http(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: tokens.view }),
  });
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  const inProtocol = bearerSubprotocolPrefix + Buffer.from(tokens.view).toString('base64url');
  for (const client of [
    new TestClient(url, [subprotocol], { headers: { cookie }, origin: url }),
    new TestClient(url, [subprotocol], { headers: { authorization: `Bearer ${tokens.view}` } }),
    new TestClient(url, [subprotocol, inProtocol]),
  ]) {
    await client.next('hello');
    expect(client.socket.protocol).toBe(subprotocol);
  }
  const wrongProtocol = bearerSubprotocolPrefix + Buffer.from('wrong-token-0123456789').toString('base64url');
  for (const client of [
    new TestClient(url),
    new TestClient(url, [subprotocol, wrongProtocol]),
    new TestClient(url, [subprotocol], { headers: { authorization: `Bearer ${tokens.ingest}` } }),
  ]) {
    expect(await client.end()).toEqual({ code: 4003, reason: 'SEAM_UNAUTHORISED' });
    expect(client.frames.map((f) => f.type)).toEqual(['bye']);
  }
});

test.each([
  ['another origin', '/v1/stream', { origin: 'http://evil.example' }, [subprotocol], 403],
  ['another path', '/v1/other', {}, [subprotocol], 404],
  ['another protocol', '/v1/stream', {}, ['mqtt'], 400],
])('%s is refused before the upgrade', async (_, path, options, protocols, status) => {
  const { url } = await gateway();
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, options);
  socket.on('error', () => {});
  const refused = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
  });
  expect(refused).toBe(status);
});
