import * as contract from '@seamwatch/contracts/http.ts';
import { operations } from '@seamwatch/contracts/operations.ts';
import { expect, test } from 'vitest';
import { filledLog, gateway, http, ready, until, write } from '../testing/gateway-fixture.ts';
import * as make from '../testing/records.ts';

async function filled() {
  const log = await filledLog(
    make.segments(make.segment('path:ai', { path: 'ai' })),
    make.rates('path:ai', 5, [make.point(0.1)]),
    { ...make.rates('path:ai', 10, [make.point(0.2)]), evidence: [make.evidence(4)] },
    make.day('path:ai', '2026-03-01', 4.1),
    make.week('path:ai', 9),
    make.alert(1, { id: 'a' }),
    make.alert(2, { id: 'b' }),
    make.alert(3, { id: 'a', change: 'resolved', status: 'resolved', resolvedAt: make.at(3) }),
    make.delivery('influxdb', { state: 'retrying' }),
    make.progress(10),
  );
  const started = await gateway({ log, simulated: true });
  await ready(started.url);
  return { ...started, get: (path: string) => http(`${started.url}/v1/${path}`) };
}

test('every read answers what is in the log, as its schema says', async () => {
  const { get } = await filled();
  const overview = contract.overviewSchema.parse((await get('overview')).body);
  expect(overview).toMatchObject({ asOf: make.at(10), simulated: true });
  expect(overview.openAlerts.map((a) => a.id)).toEqual(['b']);
  expect(overview.rates[0]?.points).toEqual([make.point(0.2)]);

  const { segments } = contract.segmentsResponseSchema.parse((await get('segments')).body);
  expect(segments).toEqual([make.segment('path:ai', { path: 'ai' })]);
  const one = contract.segmentResponseSchema.parse((await get('segments/path:ai')).body);
  expect(one).toMatchObject({ asOf: make.at(10), points: [make.point(0.2)], evidence: [make.evidence(4)] });

  const series = contract.seriesResponseSchema.parse(
    (await get(`segments/path%3Aai/series?measure=escalation_rate&from=${make.at(6)}`)).body,
  );
  expect(series).toMatchObject({
    segment: 'path:ai',
    window: '1h',
    points: [{ at: make.at(10), value: 0.2 }],
  });
  const days = contract.daysResponseSchema.parse((await get('segments/path:ai/days?measure=csat')).body);
  expect(days.days).toEqual([make.day('path:ai', '2026-03-01', 4.1)]);
  expect(days.weeks).toEqual([make.week('path:ai', 9)]);

  const { alerts } = contract.alertsResponseSchema.parse((await get('alerts?status=all')).body);
  expect(alerts.map((a) => a.seq)).toEqual([3, 2]);
  const alert = contract.alertResponseSchema.parse((await get('alerts/a')).body);
  expect(alert.history.map((a) => a.change)).toEqual(['opened', 'resolved']);

  const sources = contract.sourcesResponseSchema.parse((await get('sources')).body);
  expect(sources).toMatchObject({
    deadByReason: { SEAM_WRONG_SHAPE: 2 },
    sources: [{ events: 120, lag: 7 }],
  });
  const { deliveries } = contract.deliveriesResponseSchema.parse((await get('deliveries')).body);
  expect(deliveries).toMatchObject([{ sink: 'influxdb', state: 'retrying' }]);
  expect((await get('policy')).body).toEqual({ name: 'Test', minimumN: 20, timeZone: 'Europe/Stockholm' });
  expect((await get('openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
  expect((await get('asyncapi.json')).body).toMatchObject({ asyncapi: '3.0.0' });
});

test('an empty gateway answers every read that names nothing', async () => {
  const { url } = await gateway();
  await ready(url);
  for (const { path, access } of Object.values(operations)) {
    if (access === 'read' && !path.includes('{')) expect((await http(url + path)).status, path).toBe(200);
  }
  expect((await http(`${url}/v1/overview`)).body).toMatchObject({ asOf: null, segments: [], openAlerts: [] });
});

test.each([
  ['GET', '/v1/segments/nothing', 404, 'SEAM_NOT_FOUND'],
  ['GET', '/v1/segments/nothing/series?measure=nps', 404, 'SEAM_NOT_FOUND'],
  ['GET', '/v1/alerts/nothing', 404, 'SEAM_NOT_FOUND'],
  ['GET', '/v1/nothing', 404, 'SEAM_NOT_FOUND'],
  ['GET', '/v1/alerts/%E0%A4%A', 400, 'SEAM_BAD_REQUEST'],
  ['GET', '/v1/alerts?status=asleep', 400, 'SEAM_BAD_REQUEST'],
  ['GET', '/v1/segments/x/series', 400, 'SEAM_BAD_REQUEST'],
  ['GET', '/v1/segments/x/series?measure=nps&from=yesterday', 400, 'SEAM_BAD_REQUEST'],
  ['PUT', '/v1/overview', 405, 'SEAM_BAD_REQUEST'],
  ['POST', '/', 404, 'SEAM_NOT_FOUND'],
])('%s %s is a problem with its code', async (method, path, status, code) => {
  const { url } = await gateway();
  const answer = await http(url + path, { method });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(contract.problemSchema.parse(answer.body)).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
});

test('HEAD gives the headers alone, OPTIONS the methods, and nobody is let in from another origin', async () => {
  const { url } = await gateway();
  const head = await fetch(`${url}/v1/policy`, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(20);
  expect(await head.text()).toBe('');
  const options = await fetch(`${url}/v1/session`, {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example' },
  });
  expect(options.status).toBe(204);
  expect(options.headers.get('allow')).toBe('GET, POST, DELETE, HEAD, OPTIONS');
  expect(options.headers.get('access-control-allow-origin')).toBeNull();
  expect((await fetch(`${url}/v1/policy`)).headers.get('x-content-type-options')).toBe('nosniff');
});

test('before the first event the gateway is ready; with events but no report of the monitor it is not', async () => {
  const { url, log } = await gateway();
  await ready(url);
  expect((await http(`${url}/healthz`)).status).toBe(200);
  await log.append([{ topic: 'interactions', key: 'c', value: '{}' }]);
  const late = await gateway({ log });
  const answer = await until('progress to be missed', async () => {
    const { body, status } = await http(`${late.url}/readyz`);
    const { checks } = contract.readyResponseSchema.parse(body);
    return status === 503 && checks.filter((c) => !c.ok).map((c) => c.name);
  });
  expect(answer).toEqual(['progress']);
  await write(log, make.progress(1));
  await ready(late.url);
});

test('metrics tell what the view and the gateway know', async () => {
  const { url } = await filled();
  const metrics = async () => String((await http(`${url}/metrics`)).body.text);
  await http(`${url}/v1/overview`);
  const text = await metrics();
  for (const line of [
    'seamwatch_ready 1',
    'seamwatch_source_events_total{source="interactions-0"} 120',
    'seamwatch_source_late_total{source="interactions-0"} 3',
    'seamwatch_source_lag_records{source="interactions-0"} 7',
    'seamwatch_dead_letters_total{code="SEAM_WRONG_SHAPE"} 2',
    'seamwatch_alerts_last_seq 3',
    'seamwatch_alerts_open{level="warning",status="firing"} 1',
    'seamwatch_delivery_state{sink="influxdb",state="retrying"} 1',
    'seamwatch_http_requests_total{operation="getOverview",status="200"} 1',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/^process_cpu_seconds_total/m);
  expect(await metrics()).toContain('seamwatch_dead_letters_total{code="SEAM_WRONG_SHAPE"} 2');
});
