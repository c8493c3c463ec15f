import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachePath, makeOnce } from '../../stack/cache.ts';
import { runChild } from '../../stack/child-process.ts';
import { startKafka } from '../../stack/kafka.ts';
import { kafkaVersion } from '../../stack/kafka-install.ts';
import { requireTools } from '../../stack/tools.ts';
import { type Bench, inTurns, say, sides } from '../ratio.ts';
import { type Measured, measure, perCpuSecond } from './child.ts';
import { fillTopics, forgetProgress, simulatedEvents } from './inputs.ts';

const source = new URL('../kafka-streams/SeamJob.java', import.meta.url);
const run = promisify(execFile);

/** Stage A against the same job in Kafka Streams. */
export const kafkaStreamsBench: Bench = {
  id: 'kafka-streams',
  async run({ quick, turns }) {
    const classPath = await compiled();
    const server = await startKafka({ say });
    const folder = await mkdtemp(join(tmpdir(), 'seamwatch-streams-'));
    try {
      const brokers = server.brokers;
      const kafka = { brokers, clientId: 'bench', prefix: `bench-${randomUUID()}.`, inputPartitions: 12 };
      const warmUp = quick ? 100_000 : 500_000;
      const events = quick ? 100_000 : 1_000_000;
      await fillTopics(kafka, simulatedEvents(warmUp + events));
      const inStreams = async () => {
        const application = `${kafka.prefix}streams-${randomUUID()}`;
        const args = [server.bootstrap, kafka.prefix, application, String(warmUp), String(events), folder];
        const { stdout } = await run('java', ['-cp', classPath, 'SeamJob', ...args], { maxBuffer: 2 ** 26 });
        return perCpuSecond(JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Measured);
      };
      const inStageA = async () => {
        const measured = await measure({ kind: 'stage A', kafka, warmUp, events });
        await forgetProgress(kafka);
        return perCpuSecond(measured);
      };
      const found = await inTurns(turns, inStreams, inStageA);
      return [
        {
          id: 'kafka-streams',
          figure: 'stage A, events per CPU second ÷ the same job in Kafka Streams on Java 17',
          measured: found.ratio,
          turns: found.ratios,
          bounds: { min: 1.5, aim: 2 },
          detail: sides(found, 'events per CPU second'),
        },
      ];
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The class path of the application: jars from Maven Central, fetched once, and its classes, compiled once a version. */
async function compiled(): Promise<string> {
  await requireTools(
    [
      {
        name: 'javac',
        packages: ['openjdk-17-jdk-headless'],
        advice: 'Run: apt-get install -y openjdk-17-jdk-headless',
      },
      { name: 'mvn', packages: ['maven'], advice: 'Run: apt-get install -y maven' },
    ],
    say,
  );
  const jars = await makeOnce(cachePath(`kafka-streams-${kafkaVersion}`, 'libs'), fetchJars);
  const version = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12);
  const classes = await makeOnce(
    cachePath(`kafka-streams-${kafkaVersion}`, `classes-${version}`),
    async (partial) => {
      await mkdir(partial, { recursive: true });
      const args = ['--release', '17', '-cp', join(jars, '*'), '-d', partial, source.pathname];
      await runChild('javac', args, { log: cachePath(`kafka-streams-${kafkaVersion}`, 'javac.log') });
    },
  );
  return `${classes}:${join(jars, '*')}`;
}

async function fetchJars(target: string): Promise<void> {
  const work = `${target}.work`;
  await mkdir(work, { recursive: true });
  const pom = join(work, 'pom.xml');
  await writeFile(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seamwatch.test</groupId><artifactId>streams</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-streams</artifactId><version>${kafkaVersion}</version></dependency>
  </dependencies>
</project>
`,
  );
  say(`fetching Kafka Streams ${kafkaVersion} from Maven Central, once`);
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const args = ['-q', '-B', '-f', pom, copy, '-DincludeScope=runtime', `-DoutputDirectory=${target}`];
  await runChild('mvn', args, { log: cachePath(`kafka-streams-${kafkaVersion}`, 'maven.log') });
  await rm(work, { recursive: true });
}
