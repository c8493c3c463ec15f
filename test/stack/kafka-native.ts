import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeOnce } from './cache.ts';
import { freePorts } from './free-port.ts';
import { type Broker, brokerIsReady, brokerProperties, propertiesText } from './kafka-broker.ts';
import { type KafkaInstallation, kafkaCache, kafkaInstallation } from './kafka-install.ts';
import { nativeServer } from './server.ts';
import type { Say } from './tools.ts';

/** Brokers of one cluster as processes of this machine, not yet started. */
export async function nativeBrokers(count: number, properties: string[], say: Say): Promise<Broker[]> {
  const kafka = await kafkaInstallation(say);
  const archive = await classArchive(kafka, say);
  return layOut(kafka, count, properties, [`-XX:SharedArchiveFile=${archive}`]);
}

async function layOut(
  kafka: KafkaInstallation,
  count: number,
  properties: string[],
  javaOptions: string[],
): Promise<Broker[]> {
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  const ports = await freePorts(2 * count);
  const controllers = ids.map((id) => `127.0.0.1:${ports[count + id - 1]}`);
  return Promise.all(
    ids.map(async (id) => {
      const scratch = await mkdtemp(join(tmpdir(), `seamwatch-kafka-${id}-`));
      const address = `127.0.0.1:${ports[id - 1]}`;
      await cp(join(kafka.formatted, String(id)), join(scratch, 'data'), { recursive: true });
      const listeners = `PLAINTEXT://${address},CONTROLLER://${controllers[id - 1]}`;
      const more = properties.map((line) => line.replace('{listeners}', listeners));
      const settings = propertiesText({
        ...brokerProperties(id, count),
        listeners,
        'controller.quorum.voters': controllers.map((at, index) => `${index + 1}@${at}`).join(','),
        'log.dirs': join(scratch, 'data'),
      });
      const file = join(scratch, 'server.properties');
      await writeFile(file, `${settings}${more.join('\n')}\n`);
      const server = nativeServer({
        name: `Kafka broker ${id}`,
        command: 'java',
        args: [...javaOptions, ...javaArguments(kafka), file],
        log: join(scratch, 'server.log'),
        scratch,
        ready: () => brokerIsReady(address, id),
      });
      return { address, ...server };
    }),
  );
}

function javaArguments({ libs }: KafkaInstallation): string[] {
  const small = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  return [...small, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(libs, '*'), 'kafka.Kafka'];
}

/** Java's class data sharing: the classes that a broker loads, recorded once for each Java; later starts take half the time. */
async function classArchive(kafka: KafkaInstallation, say: Say): Promise<string> {
  const { stderr: javaVersion } = await promisify(execFile)('java', ['-version']);
  const java = createHash('sha256').update(javaVersion).digest('hex').slice(0, 12);
  return makeOnce(kafkaCache(`classes-${java}.jsa`), async (partial) => {
    say('recording the classes that Kafka loads, once, for quicker starts');
    const [broker] = (await layOut(kafka, 1, [], [`-XX:ArchiveClassesAtExit=${partial}`])) as [Broker];
    await broker.start();
    await broker.stop();
    await broker.remove();
  });
}
