import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KafkaLogOptions, openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { openSqliteEventLog, type SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { defaultPolicy, type Policy, parsePolicy } from '@seamwatch/contracts/policy.ts';
import { readSettings, type Settings } from '@seamwatch/contracts/settings.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { createLogger, type Logger } from './terminal/logger.ts';

/** What every command starts from. */
export interface Context {
  settings: Settings;
  logger: Logger;
}

/** Settings of the environment, and of a `.env` file in the working directory where there is one. Throws `SEAM_CONFIG`. */
export function readContext(service: string, changes: Partial<Settings> = {}): Context {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = { ...readSettings(process.env, (path) => readFileSync(path, 'utf8')), ...changes };
  return { settings, logger: createLogger({ level: settings.SEAMWATCH_LOG_LEVEL, service }) };
}

/** The policy file, or the default policy where none is set. Throws `SEAM_POLICY_MISSING` and `SEAM_POLICY_INVALID`. */
export function readPolicy(settings: Pick<Settings, 'SEAMWATCH_POLICY'>): Policy {
  const file = settings.SEAMWATCH_POLICY;
  return file === undefined ? defaultPolicy() : parsePolicy(readPolicyText(file), file);
}

export function readPolicyText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SeamError('SEAM_POLICY_MISSING', `${file} cannot be read (${why})`, { cause: error });
  }
}

/** The file of the embedded store. */
export const storeFile = (settings: Pick<Settings, 'SEAMWATCH_DATA'>): string =>
  join(settings.SEAMWATCH_DATA, 'seamwatch.sqlite');

export const usesKafka = (settings: Settings): boolean => settings.SEAMWATCH_KAFKA_BROKERS !== undefined;

/** How to reach the Kafka of the settings. Throws `SEAM_CONFIG` where user or password is missing. */
export function kafkaOptions({ settings, logger }: Context): KafkaLogOptions {
  const { SEAMWATCH_KAFKA_TLS_CA: ca, SEAMWATCH_KAFKA_SASL_MECHANISM: mechanism } = settings;
  const { SEAMWATCH_KAFKA_SASL_USERNAME: username, SEAMWATCH_KAFKA_SASL_PASSWORD: password } = settings;
  if (mechanism && (username === undefined || password === undefined)) {
    throw new SeamError(
      'SEAM_CONFIG',
      'SEAMWATCH_KAFKA_SASL_MECHANISM needs SEAMWATCH_KAFKA_SASL_USERNAME and SEAMWATCH_KAFKA_SASL_PASSWORD',
    );
  }
  return {
    brokers: (settings.SEAMWATCH_KAFKA_BROKERS ?? '').split(',').map((broker) => broker.trim()),
    clientId: settings.SEAMWATCH_KAFKA_CLIENT_ID,
    prefix: settings.SEAMWATCH_KAFKA_TOPIC_PREFIX,
    log: logger,
    ...(settings.SEAMWATCH_KAFKA_TLS && { tls: ca === undefined ? true : { ca } }),
    ...(mechanism && { sasl: { mechanism, username: username!, password: password! } }),
  };
}

/**
 * Opens Kafka where brokers are set, else the embedded store. Throws `SEAM_KAFKA_UNREACHABLE` within seconds,
 * `SEAM_STORE_VERSION`, `SEAM_STORE_BUSY`, `SEAM_CONFIG`.
 */
export async function openLog(context: Context): Promise<EventLog> {
  const { settings } = context;
  return usesKafka(settings) ? openKafkaEventLog(kafkaOptions(context)) : openStore(settings);
}

/** Opens the embedded store. Throws `SEAM_STORE_VERSION`, `SEAM_STORE_BUSY`, `SEAM_CONFIG`. */
export function openStore(settings: Settings): SqliteEventLog {
  try {
    mkdirSync(settings.SEAMWATCH_DATA, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SeamError('SEAM_CONFIG', `SEAMWATCH_DATA cannot be made (${why})`, { cause: error });
  }
  return openSqliteEventLog({ file: storeFile(settings) });
}

/** Where events are kept, for people. */
export const logName = (settings: Settings): string =>
  usesKafka(settings)
    ? `Kafka at ${settings.SEAMWATCH_KAFKA_BROKERS}`
    : `the embedded store ${storeFile(settings)}`;

/** The built page that the gateway serves. */
export const pageDir = join(import.meta.dirname, '../../../dashboards/noc/dist');

/** The InfluxDB of the settings. Throws `SEAM_CONFIG` where it is not complete. */
export function influxOf(settings: Settings): { url: string; org: string; bucket: string; token: string } {
  const { SEAMWATCH_INFLUX_URL: url, SEAMWATCH_INFLUX_TOKEN: token } = settings;
  if (url === undefined || token === undefined) {
    const missing = url === undefined ? 'SEAMWATCH_INFLUX_URL' : 'SEAMWATCH_INFLUX_TOKEN';
    throw new SeamError('SEAM_CONFIG', `${missing} is not set, which recording to InfluxDB needs`);
  }
  return { url, org: settings.SEAMWATCH_INFLUX_ORG, bucket: settings.SEAMWATCH_INFLUX_BUCKET, token };
}
