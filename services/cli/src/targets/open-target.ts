import type { Command } from 'commander';
import { type Context, logName, openLog, usesKafka } from '../context.ts';
import { UsageError } from '../terminal/failure.ts';
import { HttpTarget } from './http-target.ts';
import { LogTarget } from './log-target.ts';
import type { Target } from './target.ts';

export interface TargetOptions {
  toKafka?: true;
  toStore?: true;
  toHttp?: string;
}

/** Adds the options that say where events go. */
export const withTargetOptions = (command: Command): Command =>
  command
    .option('--to-kafka', 'to the Kafka of SEAMWATCH_KAFKA_BROKERS (the default where that is set)')
    .option('--to-store', 'to the embedded store in SEAMWATCH_DATA (the default otherwise)')
    .option('--to-http <url>', 'to a running gateway, such as http://127.0.0.1:8787');

/** Opens the target that the options name. Throws `UsageError` where they contradict each other or the settings. */
export async function openTarget(options: TargetOptions, context: Context): Promise<Target> {
  const { settings } = context;
  if ([options.toKafka, options.toStore, options.toHttp].filter(Boolean).length > 1) {
    throw new UsageError('of --to-kafka, --to-store and --to-http only one is possible');
  }
  if (options.toHttp !== undefined) {
    if (!URL.canParse(options.toHttp)) throw new UsageError(`--to-http ${options.toHttp} is no address`);
    return new HttpTarget({
      url: options.toHttp,
      ingestToken: settings.SEAMWATCH_INGEST_TOKEN,
      viewToken: settings.SEAMWATCH_VIEW_TOKEN,
    });
  }
  if (options.toKafka && !usesKafka(settings))
    throw new UsageError('--to-kafka needs SEAMWATCH_KAFKA_BROKERS');
  const chosen = options.toStore ? { ...settings, SEAMWATCH_KAFKA_BROKERS: undefined } : settings;
  const log = await openLog({ ...context, settings: chosen });
  return new LogTarget(log, logName(chosen));
}
