import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePath, makeOnce } from './cache.ts';
import { runChild } from './child-process.ts';
import { brokerProperties, propertiesText } from './kafka-broker.ts';
import { requireTools, type Say, type Tool } from './tools.ts';

export const kafkaVersion = '4.3.1';

const java: Tool = {
  name: 'java',
  packages: ['default-jre-headless'],
  version: { args: ['-version'], pattern: /version "(\d+)(?:\.(\d+))?/, atLeast: [17, 0] },
  advice: 'Run: apt-get install -y openjdk-17-jre-headless',
};

const maven: Tool = { name: 'mvn', packages: ['maven'], advice: 'Run: apt-get install -y maven' };

/** Kafka on this machine. */
export interface KafkaInstallation {
  /** The folder of its jars. */
  libs: string;
  /** A folder whose subfolders 1, 2 and 3 are the data of new nodes. */
  formatted: string;
}

/** Kafka on this machine, fetched from Maven Central the first time. */
export async function kafkaInstallation(say: Say): Promise<KafkaInstallation> {
  await requireTools([java], say);
  const libs = await makeOnce(kafkaCache('libs'), (partial) => fetchJars(partial, say));
  const formatted = await makeOnce(kafkaCache('formatted'), (partial) => formatNodes(libs, partial));
  return { libs, formatted };
}

/** A path in the folder that holds this version of Kafka. */
export function kafkaCache(...parts: string[]): string {
  return cachePath(`kafka-${kafkaVersion}`, ...parts);
}

async function fetchJars(target: string, say: Say): Promise<void> {
  await requireTools([maven], say);
  const work = `${target}.work`;
  const log = kafkaCache('maven.log');
  say(`fetching Kafka ${kafkaVersion} from Maven Central, once, 44 MB, log in ${log}`);
  await mkdir(work, { recursive: true });
  const dependency = (group: string, artifact: string, version: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  await writeFile(
    join(work, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seamwatch.test</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`,
  );
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${target}`];
  await runChild('mvn', ['-q', '-B', '-f', join(work, 'pom.xml'), copy, ...options], { log });
  await rm(work, { recursive: true });
}

async function formatNodes(libs: string, target: string): Promise<void> {
  for (const id of [1, 2, 3]) {
    const data = join(target, String(id));
    await mkdir(data, { recursive: true });
    const file = join(target, `${id}.properties`);
    await writeFile(
      file,
      propertiesText({
        ...brokerProperties(id, 3),
        listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093',
        'controller.quorum.voters': `${id}@127.0.0.1:9093`,
        'log.dirs': data,
      }),
    );
    // Any 16 bytes in base64 will do as the cluster's id, as long as all nodes agree on it.
    const format = ['kafka.tools.StorageTool', 'format', '-t', 'c2VhbXdhdGNoLXRlc3QwMA', '-c', file];
    await runChild('java', ['-cp', join(libs, '*'), ...format], { log: kafkaCache('format.log') });
  }
}
