import { checkTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { hashKeyOf } from '@seamwatch/monitor/hash-key.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';
import { Command } from 'commander';
import { type Context, kafkaOptions, readContext, readPolicy, usesKafka } from '../context.ts';
import { runRole } from '../roles/run-role.ts';
import { parsePort } from './parse-options.ts';

export const monitorCommand = new Command('monitor')
  .description('turn events into rates, evidence and alerts')
  .option('--health-port <port>', 'serve /healthz and /readyz there', parsePort)
  .action(async ({ healthPort }: { healthPort?: number }) => {
    const context = readContext('monitor');
    const policy = readPolicy(context.settings);
    await runRole({
      context,
      healthPort,
      run: async (log, signal) => {
        await checkLog(context);
        const hashKey = await hashKeyOf(context.settings.SEAMWATCH_HASH_KEY, log);
        await runMonitor({ log, policy, hashKey, signal });
      },
    });
  });

/** What is wrong with the topics is better known before the first event is taken. Throws `SEAM_KAFKA_TOPIC` with all of it. */
async function checkLog(context: Context): Promise<void> {
  if (!usesKafka(context.settings)) return;
  const { differences } = await checkTopics(kafkaOptions(context));
  for (const difference of differences) context.logger.warn({}, difference);
}
