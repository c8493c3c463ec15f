import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KafkaConnection } from '@seamwatch/adapters/kafka/connection.ts';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../stack/free-port.ts';
import { type Kafka, startKafka } from '../stack/kafka.ts';

const run = promisify(execFile);
const user = { username: 'seamwatch', password: 'a long password, with a comma' } as const;
const login = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user.username}="${user.password}";`;

let kafka: Kafka;
let folder: string;
let plain: string;
let tls: string;
let ca: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seamwatch-security-'));
  const store = join(folder, 'broker.p12');
  const about = ['-keystore', store, '-storepass', 'changeit', '-alias', 'broker'];
  const names = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-keyalg', 'RSA', '-storetype', 'PKCS12', ...about, ...names]);
  await run('keytool', ['-exportcert', '-rfc', '-file', join(folder, 'ca.pem'), ...about]);
  ca = await readFile(join(folder, 'ca.pem'), 'utf8');
  [plain, tls] = (await freePorts(2)).map((port) => `127.0.0.1:${port}`) as [string, string];
  kafka = await startKafka({
    native: true,
    properties: [
      `listeners={listeners},SASL_PLAINTEXT://${plain},SASL_SSL://${tls}`,
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
      'sasl.enabled.mechanisms=PLAIN',
      `listener.name.sasl_plaintext.plain.sasl.jaas.config=${login}`,
      `listener.name.sasl_ssl.plain.sasl.jaas.config=${login}`,
      `ssl.keystore.location=${store}`,
      'ssl.keystore.password=changeit',
      // A session ends soon, so that connections have to sign in again while they are in use.
      'connections.max.reauth.ms=11000',
    ],
  });
});

afterAll(async () => {
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connection = (which: 'plain' | 'tls', password: string = user.password): KafkaConnection => ({
  brokers: [which === 'plain' ? plain : tls],
  clientId: 'security',
  sasl: { mechanism: 'plain', username: user.username, password },
  ...(which === 'tls' && { tls: { ca } }),
});

test.each(['plain', 'tls'] as const)(
  'events are written and read with user and password, %s, for longer than a session',
  async (which) => {
    const options = { ...connection(which), prefix: `${which}.`, inputPartitions: 2 };
    await createTopics(options);
    const log = await openKafkaEventLog(options);
    const reader = await log.reader({ topics: ['interactions'], from: 'beginning' });
    const read: string[] = [];
    const signal = AbortSignal.timeout(30_000);
    const reading = (async () => {
      for await (const { records } of reader.batches({ idlePollMs: 50, signal })) {
        for (const { value } of records) read.push(Buffer.from(value!).subarray(0, 8).toString());
        if (read.length === 40) return;
      }
    })();
    for (let n = 0; n < 40; n++) {
      const value = `event ${String(n).padStart(2, '0')}`.padEnd(n % 10 === 0 ? 700_000 : 100, '.');
      await log.append([{ topic: 'interactions', key: String(n), value }]);
      await new Promise((resolve) => setTimeout(resolve, 350));
    }
    await reading;
    await log.close();
    expect(read.sort()).toEqual(Array.from({ length: 40 }, (_, n) => `event ${String(n).padStart(2, '0')}`));
  },
  60_000,
);

test('a wrong password is said to be one within seconds', async () => {
  const opening = openKafkaEventLog({ ...connection('plain', 'wrong'), prefix: 'x.' });
  await expect(opening).rejects.toThrow(/check address, TLS, user and password/);
});
