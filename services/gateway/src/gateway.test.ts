import { connect } from 'node:net';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import { gateway, http, openLog, quietLogger, ready, until, write } from './testing/gateway-fixture.ts';
import * as make from './testing/records.ts';
import { subscribed, TestClient } from './testing/stream-fixture.ts';

test('a taken port is named, with the way out', async () => {
  const { port } = await gateway();
  const second = gateway({ settings: { SEAMWATCH_PORT: port } });
  await expect(second).rejects.toMatchObject({ code: 'SEAM_PORT_TAKEN' });
  await expect(second).rejects.toThrow(new RegExp(`${port}.*--port`));
});

test('an address that cannot be bound is a wrong setting', async () => {
  const wrong = gateway({
    settings: { SEAMWATCH_HOST: '203.0.113.1', SEAMWATCH_INGEST_TOKEN: 'ingest-token-0123456789' },
  });
  await expect(wrong).rejects.toMatchObject({ code: 'SEAM_CONFIG' });
});

/** A log that can be taken away and given back. */
function unsteady(log: EventLog) {
  const state = { away: true, forgot: false, cut: new AbortController() };
  const fail = () => {
    if (state.away) throw new SeamError('SEAM_KAFKA_UNREACHABLE', 'no broker answers');
  };
  const steady: EventLog = {
    partitions: (topic) => log.partitions(topic),
    participate: (...all) => log.participate(...all),
    groupPositions: (...all) => log.groupPositions(...all),
    close: () => log.close(),
    append: async (records) => {
      fail();
      await log.append(records);
    },
    offsets: async (topic) => {
      fail();
      const offsets = await log.offsets(topic);
      if (state.forgot) for (const place of offsets.values()) place.end = place.first;
      return offsets;
    },
    reader: async (options) => {
      fail();
      const reader = await log.reader(options);
      return {
        commit: (positions) => reader.commit(positions),
        close: () => reader.close(),
        async *batches({ idlePollMs, signal }) {
          const either = AbortSignal.any([signal, state.cut.signal]);
          yield* reader.batches({ idlePollMs, signal: either });
          fail();
        },
      };
    },
  };
  const leave = () => {
    state.away = true;
    state.cut.abort();
  };
  /** `forgot`: as a broker that was frozen, which does not know yet what others have written since. */
  const comeBack = ({ forgot = false } = {}) => {
    state.away = false;
    state.forgot = forgot;
    state.cut = new AbortController();
  };
  return { log: steady, leave, comeBack };
}

test('while the log is away the gateway says so and keeps what it has; when it is back, nothing is missing or twice', async () => {
  const real = openLog();
  await write(real, make.segments(make.segment('ai')), make.alert(1), make.progress(1));
  const { log, leave, comeBack } = unsteady(real);
  const { url } = await gateway({ log, limits: { statusGapMs: 0 } });
  const client = new TestClient(url);
  await until('the problem', () =>
    client.of('status').some((s) => s.problems[0]?.code === 'SEAM_KAFKA_UNREACHABLE'),
  );
  client.send({ type: 'subscribe', afterSeq: 0 });
  expect((await http(`${url}/readyz`)).status).toBe(503);
  expect((await http(`${url}/healthz`)).status).toBe(200);
  expect(client.of('snapshot')).toEqual([]);

  comeBack();
  await client.next('snapshot');
  await until('all to be well', () => client.of('status').at(-1)?.problems.length === 0);

  leave();
  await until('the problem again', () => client.of('status').at(-1)?.problems.length === 1);
  expect((await http(`${url}/v1/alerts`)).body.alerts).toHaveLength(1);
  await write(real, make.alert(2), make.rates('ai', 5));
  comeBack();
  await until('the second alert', () => client.alertNumbers.includes(2));
  await until('the rates', () => client.of('rates').length > 0);
  expect(client.alertNumbers).toEqual([1, 2]);
  expect(client.closed).toBeUndefined();
  await until('all to be well', () => client.of('status').at(-1)?.problems.length === 0);
});

test('a log that is shorter than what was read of it is asked again for half a minute, and then read anew', async () => {
  const real = openLog();
  await write(real, make.segments(make.segment('ai')), make.alert(1), make.progress(1));
  const { log, leave, comeBack } = unsteady(real);
  comeBack();
  const clock = { ms: Date.now() };
  const warnings: string[] = [];
  const logger = { ...quietLogger, warn: (_: object, message: string) => warnings.push(message) };
  const { url } = await gateway({ log, logger, now: () => clock.ms });
  const told = async () => JSON.stringify((await http(`${url}/readyz`)).body);
  const alerts = async () => (await http(`${url}/v1/alerts`)).body.alerts as unknown[];
  const fallShort = async () => {
    leave();
    await until('the failure', async () => /no broker answers/.test(await told()));
    comeBack({ forgot: true });
    await until('the doubt', async () => /ends at offset 0, but was read up to/.test(await told()));
  };
  await until('the alert', async () => (await alerts()).length === 1);

  await fallShort();
  expect(await alerts()).toHaveLength(1);
  comeBack();
  await ready(url);
  expect(warnings).toEqual([]);

  await fallShort();
  clock.ms += 31_000;
  await ready(url);
  expect(warnings).toEqual(['the log was made anew: reading it from its beginning']);
  await until('the alert, read again', async () => (await alerts()).length === 1);
});

test('a restarted gateway shows what the one before showed', async () => {
  const first = await gateway();
  await write(
    first.log,
    make.segments(make.segment('ai')),
    make.rates('ai', 1),
    make.alert(1),
    make.progress(1),
  );
  const second = await gateway({ log: first.log });
  for (const { url } of [first, second]) {
    await until(
      'the rates',
      async () => ((await http(`${url}/v1/overview`)).body.rates as unknown[]).length > 0,
    );
    await until(
      'the alert',
      async () => ((await http(`${url}/v1/alerts`)).body.alerts as unknown[]).length > 0,
    );
  }
  const [before, after] = await Promise.all([first, second].map(({ url }) => http(`${url}/v1/overview`)));
  expect(after!.body).toEqual(before!.body);
});

test('records that cannot be read are passed over and counted', async () => {
  const { url, log } = await gateway();
  await log.append([{ topic: 'rates', key: '~news', value: '{"kind":"news"}' }]);
  await write(log, make.progress(1), make.rates('ai', 1));
  await until('the count', async () =>
    String((await http(`${url}/metrics`)).body.text).includes(
      'seamwatch_view_unreadable_total{topic="rates"} 1',
    ),
  );
  await ready(url);
  expect((await http(`${url}/v1/overview`)).body.asOf).toBe(make.at(1));
});

test('it closes within two seconds, saying goodbye, though a client does not answer and a request hangs', async () => {
  const started = await gateway();
  await write(started.log, make.progress(1));
  const polite = await subscribed(started.url);
  const stubborn = await subscribed(started.url);
  stubborn.socket.pause();
  const hanging = connect(started.port, '127.0.0.1');
  hanging.on('error', () => {});
  hanging.write('POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\n');
  hanging.write('content-length: 100\r\n\r\n{');
  await http(`${started.url}/healthz`);
  const start = performance.now();
  await started.close();
  expect(performance.now() - start).toBeLessThan(2_000);
  expect(await polite.end()).toMatchObject({ code: 1001 });
  expect(polite.of('bye')).toMatchObject([{ code: 'SEAM_NOT_READY', why: 'the gateway is stopping' }]);
});
