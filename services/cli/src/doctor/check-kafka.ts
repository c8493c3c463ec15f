import { checkTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Context, kafkaOptions, openLog } from '../context.ts';
import { checkProgress } from './check-progress.ts';
import { checkRecords } from './check-records.ts';
import { type Finding, wrong } from './finding.ts';

/** Is Kafka there, are its topics as they must be, and what do its newest records say? */
export async function checkKafka(context: Context, nowMs: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { inputPartitions, differences } = await checkTopics(kafkaOptions(context));
    findings.push({
      about: 'kafka',
      state: 'ok',
      found: `a broker of ${context.settings.SEAMWATCH_KAFKA_BROKERS} answers; all topics are there, with ${inputPartitions} input partitions`,
    });
    for (const found of differences) {
      findings.push({
        about: 'kafka',
        state: 'warning',
        found,
        todo: 'alter the topic (kafka-configs), if that was not meant',
      });
    }
  } catch (error) {
    const todo =
      error instanceof SeamError && error.code === 'SEAM_KAFKA_TOPIC'
        ? 'run seamwatch topics create'
        : 'see that the brokers run, and that SEAMWATCH_KAFKA_BROKERS and the TLS and SASL settings are theirs';
    return [wrong('kafka', error, todo)];
  }
  try {
    const log = await openLog(context);
    try {
      findings.push(...(await checkRecords(log, nowMs)), ...(await checkProgress(log, nowMs)));
    } finally {
      await log.close();
    }
  } catch (error) {
    findings.push(
      wrong(
        'kafka',
        error,
        'see that this user may read the topics and use the consumer groups of the prefix',
      ),
    );
  }
  return findings;
}
