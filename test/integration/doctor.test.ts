import { ensureBuckets } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { checkInflux } from '@seamwatch/cli/doctor/check-influx.ts';
import { checkKafka } from '@seamwatch/cli/doctor/check-kafka.ts';
import type { Finding } from '@seamwatch/cli/doctor/finding.ts';
import { readSettings } from '@seamwatch/contracts/settings.ts';
import { describe, expect, inject, it } from 'vitest';
import { freePort } from '../stack/free-port.ts';

const quiet = () => {};
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const context = (env: Record<string, string>) => ({ settings: readSettings(env, () => ''), logger });
const states = (findings: readonly Finding[]) => findings.map(({ state, found }) => [state, found]);

describe('doctor on InfluxDB', () => {
  const env = (changes: Record<string, string> = {}) => {
    const { url, org, token } = inject('influx');
    const own = { SEAMWATCH_INFLUX_URL: url, SEAMWATCH_INFLUX_ORG: org, SEAMWATCH_INFLUX_TOKEN: token };
    return { ...own, SEAMWATCH_INFLUX_BUCKET: `doctor-${crypto.randomUUID()}`, ...changes };
  };

  it('finds nothing wrong where the token may write to both buckets', async () => {
    const settings = env();
    const { url, org, token } = inject('influx');
    const name = settings.SEAMWATCH_INFLUX_BUCKET;
    const access = { url, org, token };
    await ensureBuckets(access, [
      { name, retentionDays: 1 },
      { name: `${name}_daily`, retentionDays: 1 },
    ]);
    const findings = await checkInflux(context(settings));
    expect(states(findings)).toEqual([
      ['ok', expect.stringMatching(/^InfluxDB v?2\./)],
      ['ok', `the token may write to the bucket ${name}`],
      ['ok', `the token may write to the bucket ${name}_daily`],
    ]);
  });

  it('says which bucket is missing, and how to make it', async () => {
    const [, main] = await checkInflux(context(env({ SEAMWATCH_INFLUX_BUCKET: 'none' })));
    expect(main).toMatchObject({
      state: 'warning',
      found: expect.stringContaining('there is no bucket none'),
      todo: expect.stringContaining('influx bucket create --org'),
    });
  });

  it('says when the token is not one', async () => {
    const [, main] = await checkInflux(context(env({ SEAMWATCH_INFLUX_TOKEN: 'wrong' })));
    expect(main).toMatchObject({ state: 'wrong', found: expect.stringContaining('SEAM_INFLUX_CONFIG') });
  });

  it('says when nothing answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const findings = await checkInflux(context(env({ SEAMWATCH_INFLUX_URL: url })));
    expect(findings).toMatchObject([
      { state: 'wrong', found: expect.stringContaining('SEAM_INFLUX_UNREACHABLE') },
    ]);
  });
});

describe('doctor on Kafka', () => {
  const env = (brokers: string) => ({
    SEAMWATCH_KAFKA_BROKERS: brokers,
    SEAMWATCH_KAFKA_TOPIC_PREFIX: `doctor-${crypto.randomUUID()}.`,
  });

  it('says that topics are missing, and after their creation that no events have come', async () => {
    const { bootstrap } = inject('kafka');
    const settings = env(bootstrap);
    expect(await checkKafka(context(settings), Date.now())).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringContaining('SEAM_KAFKA_TOPIC'),
        todo: 'run seamwatch topics create',
      },
    ]);
    const prefix = settings.SEAMWATCH_KAFKA_TOPIC_PREFIX;
    await createTopics({ brokers: bootstrap.split(','), clientId: 'test', prefix, inputPartitions: 2 });
    expect(states(await checkKafka(context(settings), Date.now()))).toEqual([
      ['ok', expect.stringContaining('with 2 input partitions')],
      ['warning', 'no events have arrived yet'],
      ['warning', 'no monitor has reported yet'],
    ]);
  });

  it('says that no broker answers', async () => {
    const brokers = `127.0.0.1:${await freePort()}`;
    expect(await checkKafka(context(env(brokers)), Date.now())).toMatchObject([
      { state: 'wrong', found: expect.stringContaining(`SEAM_KAFKA_UNREACHABLE: no broker of ${brokers}`) },
    ]);
  });
});
