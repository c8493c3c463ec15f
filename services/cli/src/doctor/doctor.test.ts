import { createServer } from 'node:net';
import { partitionOf } from '@seamwatch/adapters/log/murmur2.ts';
import { readSettings } from '@seamwatch/contracts/settings.ts';
import { describe, expect, it } from 'vitest';
import { closed, openStore, temporaryFolder } from '../testing/store.ts';
import { checkGateway } from './check-gateway.ts';
import { checkRecords } from './check-records.ts';
import { checkStore } from './check-store.ts';
import { readNewest } from './read-newest.ts';

const event = (customerId: string) =>
  JSON.stringify(closed(`i-${customerId}`, '2026-03-01T10:00:00Z', { customerId }));
const customers = Array.from({ length: 60 }, (_, i) => `c${i}`);

describe('the newest records', () => {
  it('are read of each partition, however much lies before them', async () => {
    const log = openStore(3);
    const records = Array.from({ length: 3_000 }, (_, i) => ({
      topic: 'interactions' as const,
      partition: i % 3,
      key: `${i}`,
      value: 'x',
    }));
    await log.append(records);
    const newest = await readNewest(log, ['interactions', 'surveys'], 2);
    expect(newest.map(({ record }) => Number(record.key)).sort((a, b) => a - b)).toEqual([
      2994, 2995, 2996, 2997, 2998, 2999,
    ]);
  });

  it('are fine where producers use the default partitioner and the right keys', async () => {
    const log = openStore(3);
    await log.append(customers.map((key) => ({ topic: 'interactions', key, value: event(key) })));
    const findings = await checkRecords(log, Date.now());
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(findings[0]?.found).toContain('60 records');
  });

  it('show an attribute with a value of its own for nearly every contact', async () => {
    const log = openStore(1);
    const order = (key: string, i: number) =>
      JSON.stringify(
        closed(`i-${key}`, '2026-03-01T10:00:00Z', { customerId: key, category: `order-${i % 40}` }),
      );
    await log.append(customers.map((key, i) => ({ topic: 'interactions', key, value: order(key, i) })));
    const findings = await checkRecords(log, Date.now());
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([
      {
        about: 'kafka',
        state: 'warning',
        found: 'category has 40 values in 60 contacts, such as "order-19"',
        todo: 'send values that many contacts share; each combination is counted, and kept, by itself',
      },
    ]);
  });

  it('show another partitioner, other keys, bad events and a clock that is behind', async () => {
    const log = openStore(3);
    await log.append(
      customers.map((key, i) => ({
        topic: 'interactions',
        key,
        partition: i < 20 ? (partitionOf(key, 3) + 1) % 3 : partitionOf(key, 3),
        value: i === 59 ? '{"not' : event(i < 30 ? `other-${key}` : key),
      })),
    );
    const findings = await checkRecords(log, Date.now() - 3_600_000);
    expect(findings.map(({ state, found }) => [state, found])).toEqual([
      ['wrong', '20 of 60 records are not in the partition of their key (murmur2)'],
      ['wrong', expect.stringMatching(/^30 of 59 events are not keyed by customerId/)],
      ['warning', 'of the newest events some are bad: SEAM_NOT_JSON 1'],
      ['wrong', expect.stringMatching(/^this clock is (59 min|1 h) .*behind Kafka's$/)],
    ]);
    for (const { state, todo } of findings) expect(state === 'ok' || todo).toBeTruthy();
  });
});

describe('the gateway', () => {
  const settings = (env: Record<string, string>) => readSettings(env, () => '');

  it('can have a port that is free, and not one that another program has', async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const taken = settings({ SEAMWATCH_PORT: String(port) });
    expect(await checkGateway(taken)).toMatchObject([
      { state: 'wrong', found: expect.stringContaining('SEAM_PORT_TAKEN') },
    ]);
    await new Promise((resolve) => other.close(resolve));
    expect(await checkGateway(taken)).toMatchObject([{ state: 'ok' }]);
  });

  it('may not be open to the network without a token', async () => {
    const env = { SEAMWATCH_HOST: '0.0.0.0', SEAMWATCH_PORT: '0' };
    expect(await checkGateway(settings(env))).toMatchObject([
      { state: 'ok' },
      { state: 'wrong', found: expect.stringContaining('INGEST') },
    ]);
    const withTokens = {
      ...env,
      SEAMWATCH_INGEST_TOKEN: '0123456789abcdef',
      SEAMWATCH_OPERATOR_TOKEN: '0123456789abcdeg',
    };
    expect(await checkGateway(settings(withTokens))).toMatchObject([
      { state: 'ok' },
      { state: 'warning', found: expect.stringContaining('VIEW') },
    ]);
  });
});

describe('the embedded store', () => {
  it('is not made by looking', async () => {
    const folder = `${temporaryFolder()}/deeper/still`;
    const quiet = () => {};
    const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const context = { settings: readSettings({ SEAMWATCH_DATA: folder }, () => ''), logger };
    const [first] = await checkStore(context, Date.now());
    expect(first).toMatchObject({ state: 'ok', found: expect.stringContaining('will be made') });
    const [again] = await checkStore(context, Date.now());
    expect(again).toEqual(first);
  });
});
