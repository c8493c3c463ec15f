import { connect } from 'node:net';
import { ingestResponseSchema, problemSchema } from '@seamwatch/contracts/http.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import { contents, gateway, http, openLog, until } from '../testing/gateway-fixture.ts';
import { at, closedEvent } from '../testing/records.ts';

const ndjson = { 'content-type': 'application/x-ndjson' };
const post = (
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = ndjson,
) => http(`${url}/v1/events`, { method: 'POST', body, headers });
const line = (id: string, data?: object) => JSON.stringify(closedEvent(id, data));
const text = (value: Uint8Array | null) => Buffer.from(value ?? '').toString();
const valuesOf = async (log: EventLog, topic: 'interactions' | 'surveys' | 'changes' | 'dead-letters') =>
  (await contents(log, topic)).map((record) => text(record.value));

test('NDJSON is taken line by line, with its own bytes, under the customer as key', async () => {
  const { url, log } = await gateway();
  const odd = line('2').replace('{', '{ ').replace('"returns"', '"r\\u00e9turns"');
  const answer = await post(url, `${line('1')}\n\r\n${odd}\r\n`);
  expect(answer.status).toBe(202);
  expect(ingestResponseSchema.parse(answer.body)).toEqual({ accepted: 2, rejected: 0, errors: [] });
  const records = await contents(log, 'interactions');
  expect(records.map((r) => [r.key, text(r.value)])).toEqual([
    ['customer-1', line('1')],
    ['customer-2', odd],
  ]);
});

test('a bad line is answered with its number and reason, kept as a dead letter, and holds up nobody', async () => {
  const { url, log } = await gateway();
  const bad = line('2', { category: 7 });
  const answer = await post(url, [line('1'), bad, '{"specversion":', line('3')].join('\n'));
  expect(answer.status).toBe(207);
  const result = ingestResponseSchema.parse(answer.body);
  expect(result).toMatchObject({ accepted: 2, rejected: 2 });
  expect(result.errors.map(({ line, code, path }) => [line, code, path])).toEqual([
    [2, 'SEAM_WRONG_SHAPE', 'data.category'],
    [3, 'SEAM_NOT_JSON', ''],
  ]);
  const dead = await contents(log, 'dead-letters');
  expect(dead.map((r) => text(r.value))).toEqual([bad, '{"specversion":']);
  expect(dead[0]?.headers).toMatchObject({
    'seam-code': 'SEAM_WRONG_SHAPE',
    'seam-path': 'data.category',
    'seam-source': 'http',
  });
  expect(dead[0]?.headers['seam-offset']).toMatch(/-2$/);
  expect(new Set(dead.map((r) => r.key)).size).toBe(2);
});

test('where nothing was accepted the answer is a problem that still lists every line', async () => {
  const { url, log } = await gateway();
  const answer = await post(url, 'nonsense\n[]');
  expect(answer.status).toBe(422);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(problemSchema.parse(answer.body).code).toBe('SEAM_NOT_JSON');
  expect(ingestResponseSchema.parse(answer.body).rejected).toBe(2);
  expect(await valuesOf(log, 'dead-letters')).toEqual(['nonsense', '[]']);
});

test('bytes that are not UTF-8 are a bad line, and are kept as they came', async () => {
  const { url, log } = await gateway();
  const bytes = Buffer.from([0xff, 0xfe, 0x7b]);
  expect((await post(url, bytes)).status).toBe(422);
  expect(Buffer.from((await contents(log, 'dead-letters'))[0]!.value!)).toEqual(bytes);
});

test('batches, single events and binary mode are taken too', async () => {
  const { url, log } = await gateway();
  const batch = await post(url, JSON.stringify([closedEvent('1'), { ...closedEvent('2'), type: 'x' }]), {
    'content-type': 'application/cloudevents-batch+json; charset=utf-8',
  });
  expect(batch.body).toMatchObject({ accepted: 1, errors: [{ line: 2, code: 'SEAM_UNKNOWN_TYPE' }] });
  expect((await post(url, line('3'), { 'content-type': 'application/cloudevents+json' })).status).toBe(202);
  expect((await post(url, `[${line('4')}]`, { 'content-type': 'application/json' })).status).toBe(202);
  const survey = {
    surveyId: 's',
    interactionId: '1',
    customerId: 'c',
    instrument: 'nps',
    score: 9,
    answeredAt: at(9),
  };
  const binary = await post(url, JSON.stringify(survey), {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'e%20b',
    'ce-source': '/bin%C3%A4r',
    'ce-type': 'seam.survey.answered.v1',
  });
  expect(binary.status).toBe(202);
  expect(await valuesOf(log, 'interactions')).toHaveLength(3);
  const [record] = await contents(log, 'surveys');
  expect(record?.headers).toMatchObject({ ce_id: 'e b', ce_source: '/binär', ce_specversion: '1.0' });
  expect(text(record!.value)).toBe(JSON.stringify(survey));
});

test('an event over 64 KiB is refused by its line; the others are taken', async () => {
  const { url, log } = await gateway();
  const large = line('1', { category: 'x'.repeat(70_000) });
  const answer = await post(url, `${large}\n${line('2')}`);
  expect(answer.status).toBe(207);
  expect(answer.body.errors).toMatchObject([{ line: 1, code: 'SEAM_EVENT_TOO_LARGE' }]);
  expect(await valuesOf(log, 'dead-letters')).toEqual([large]);
});

test('a body over 16 MiB is refused as a whole, announced or not', async () => {
  const { url, log } = await gateway();
  const body = Buffer.alloc(17 * 1024 * 1024, `${line('1')}\n`);
  const announced = await post(url, body);
  expect(announced.status).toBe(413);
  expect(problemSchema.parse(announced.body)).toMatchObject({ code: 'SEAM_BAD_REQUEST' });
  expect(await valuesOf(log, 'interactions')).toEqual([]);

  const port = Number(new URL(url).port);
  const chunked = await new Promise<string>((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket.write(
      `POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    for (let i = 0; i < 17; i++)
      socket.write(Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]));
    socket.write('0\r\n\r\n');
  });
  expect(chunked).toMatch(/^HTTP\/1.1 413/);
});

test.each([
  ['', ndjson, 400, 'SEAM_BAD_REQUEST'],
  ['\n\n', ndjson, 400, 'SEAM_BAD_REQUEST'],
  ['{}', { 'content-type': 'text/plain' }, 415, 'SEAM_BAD_REQUEST'],
  ['{}', { ...ndjson, 'content-encoding': 'gzip' }, 415, 'SEAM_BAD_REQUEST'],
  ['{}\n'.repeat(20_001), ndjson, 413, 'SEAM_BAD_REQUEST'],
])('a request that cannot be taken at all is a problem (%#)', async (body, headers, status, code) => {
  const { url, log } = await gateway();
  const answer = await post(url, body, headers);
  expect(answer.status).toBe(status);
  expect(problemSchema.parse(answer.body).code).toBe(code);
  expect(await valuesOf(log, 'dead-letters')).toEqual([]);
});

test('while the log takes nothing, senders are told to come back', async () => {
  const log = openLog();
  const { url } = await gateway({
    log: Object.assign(Object.create(log) as EventLog, {
      append: () => Promise.reject(new Error('the disk is full')),
      offsets: log.offsets.bind(log),
      reader: log.reader.bind(log),
    }),
  });
  const answer = await post(url, line('1'));
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(problemSchema.parse(answer.body)).toMatchObject({ code: 'SEAM_NOT_READY' });
  expect(answer.body.detail).toContain('the disk is full');
});

test('more bodies at once than can be held are told to come back', async () => {
  const { url } = await gateway();
  const port = Number(new URL(url).port);
  const head = 'POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\n';
  const blanks = Buffer.alloc(15 * 1024 * 1024, 0x20);
  const answers: string[] = [];
  const sockets = Array.from({ length: 5 }, () => {
    const socket = connect(port, '127.0.0.1').on('data', (bytes) => answers.push(String(bytes)));
    socket.on('error', () => {}); // the refused one is closed while it still sends
    socket.write(`${head}content-length: ${blanks.length + 1}\r\n\r\n`);
    socket.write(blanks);
    return socket;
  });
  // Whichever body comes to the limit is refused, and only that one: the four others fit.
  await until('one is told to come back', () => answers.length > 0);
  const small = await post(url, line('1'));
  expect(small.status).toBe(202);
  expect(answers).toEqual([expect.stringMatching(/^HTTP\/1\.1 429 .*\r\nretry-after: 1\r\n/is)]);
  for (const socket of sockets) socket.destroy();
  // What the senders held is free again: four new bodies fit, one after the other or at once.
  await until('the bytes are free', async () => {
    const after = await Promise.all(Array.from({ length: 4 }, () => post(url, blanks)));
    return after.every(({ status }) => status === 422);
  });
});

test('a change is recorded as an event, with an id and a time where none were given', async () => {
  const { url, log } = await gateway({ now: () => Date.parse(at(30)) });
  const change = (body: object) =>
    http(`${url}/v1/changes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const answer = await change({ kind: 'model_release', title: 'v7', modelVersion: '7' });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ kind: 'model_release', at: at(30) });
  expect((await change({ kind: 'weather', title: '' })).body).toMatchObject({ code: 'SEAM_WRONG_SHAPE' });
  const [value, ...others] = await valuesOf(log, 'changes');
  expect(others).toEqual([]);
  expect(JSON.parse(value!)).toMatchObject({ type: 'seam.change.recorded.v1', data: answer.body });
});
