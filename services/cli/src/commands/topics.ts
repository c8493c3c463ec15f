import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { Command } from 'commander';
import { kafkaOptions, readContext, usesKafka } from '../context.ts';
import { UsageError } from '../terminal/failure.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { plural } from '../terminal/text.ts';

const help = `
The input topics get SEAMWATCH_KAFKA_PARTITIONS partitions (default 12), a number that never changes afterwards. What is
there already is left as it is; where it differs from what is needed, that is said and the exit code is 1.`;

const createCommand = new Command('create')
  .description('create the topics that are missing, with their partitions and retention')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', help)
  .action(async ({ json }: { json?: true }) => {
    const context = readContext('topics');
    const { settings } = context;
    if (!usesKafka(settings))
      throw new UsageError('topics need SEAMWATCH_KAFKA_BROKERS; the embedded store has its own');
    const report = await createTopics({
      ...kafkaOptions(context),
      inputPartitions: settings.SEAMWATCH_KAFKA_PARTITIONS,
    });
    if (json) printJson(report);
    else {
      const { created, kept, mismatched } = report;
      for (const topic of created) printLine(`created  ${topic}`);
      if (kept.length > 0) printLine(`${plural(kept.length, 'topic')} kept as found`);
      for (const difference of mismatched) printLine(`differs  ${difference}`);
    }
    if (report.mismatched.length > 0) process.exitCode = 1;
  });

export const topicsCommand = new Command('topics').description('topics in Kafka').addCommand(createCommand);
