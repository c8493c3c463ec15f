import { z } from 'zod';
import { SeamError } from './errors.ts';
import { defaultBuckets } from './influx.ts';
import { defaultInputPartitions, defaultTopicPrefix } from './topics.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const yes = z.stringbool();

/** Every connection setting: its environment variable, its form, what it is for. `X_FILE` reads X from a file. */
export const settingSchemas = {
  SEAMWATCH_POLICY: z.string().optional().describe('Policy file; absent: defaults'),
  SEAMWATCH_DATA: z.string().default('.seamwatch').describe('Folder of the embedded store'),
  SEAMWATCH_HOST: z.string().default('127.0.0.1').describe('Address that the gateway binds'),
  SEAMWATCH_PORT: port.default(8787).describe('Port of the gateway'),
  SEAMWATCH_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('Least level that is logged'),
  SEAMWATCH_VIEW_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Token that reading needs; absent: reading is open'),
  SEAMWATCH_INGEST_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Token that posting events needs; absent: open on loopback only'),
  SEAMWATCH_OPERATOR_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('Token that acknowledging needs; absent: open on loopback only'),
  SEAMWATCH_HASH_KEY: z
    .string()
    .min(16)
    .optional()
    .describe('Key of the customer hash; absent: one is made and kept in the store'),
  SEAMWATCH_KAFKA_BROKERS: z.string().optional().describe('host:port[,host:port…]; absent: embedded store'),
  SEAMWATCH_KAFKA_TOPIC_PREFIX: z.string().default(defaultTopicPrefix).describe('Prefix of every topic'),
  SEAMWATCH_KAFKA_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(999)
    .default(defaultInputPartitions)
    .describe('Partitions of the input topics, for topics create'),
  SEAMWATCH_KAFKA_CLIENT_ID: z.string().default('seamwatch').describe('Client id'),
  SEAMWATCH_KAFKA_TLS: yes.default(false).describe('Use TLS'),
  SEAMWATCH_KAFKA_TLS_CA: z.string().optional().describe('CA certificate (PEM)'),
  SEAMWATCH_KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('SASL mechanism'),
  SEAMWATCH_KAFKA_SASL_USERNAME: z.string().optional().describe('SASL user'),
  SEAMWATCH_KAFKA_SASL_PASSWORD: z.string().optional().describe('SASL password'),
  SEAMWATCH_INFLUX_URL: z.url().optional().describe('InfluxDB 2; absent: nothing is recorded there'),
  SEAMWATCH_INFLUX_ORG: z.string().default('seamwatch').describe('Organisation'),
  SEAMWATCH_INFLUX_BUCKET: z.string().default(defaultBuckets.main).describe('Bucket'),
  SEAMWATCH_INFLUX_TOKEN: z
    .string()
    .optional()
    .describe('Token with write (recorder) or read (Grafana) permission'),
} as const;

export type SettingName = keyof typeof settingSchemas;
export type Settings = { [K in SettingName]: z.output<(typeof settingSchemas)[K]> };

/**
 * Reads settings from an environment. `readFile` serves `X_FILE` variables. Throws `SEAM_CONFIG` listing every wrong one;
 * a variable that starts with SEAMWATCH_ and is none of these is reported too, with the nearest name in mind.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Settings {
  const wrong: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingSchemas)) {
    let text = env[name] === '' ? undefined : env[name];
    const file = env[`${name}_FILE`];
    if (text === undefined && file) {
      try {
        text = readFile(file).trim();
      } catch {
        wrong.push(`${name}_FILE: ${file} cannot be read`);
        continue;
      }
    }
    const result = schema.safeParse(text);
    if (result.success) settings[name] = result.data;
    else wrong.push(`${name}: ${result.error.issues[0]?.message ?? 'invalid'} (${schema.description})`);
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('SEAMWATCH_') || name.startsWith('SEAMWATCH_TEST_')) continue;
    if (!Object.hasOwn(settingSchemas, name.replace(/_FILE$/, ''))) wrong.push(`${name}: no such setting`);
  }
  if (wrong.length > 0) throw new SeamError('SEAM_CONFIG', `wrong settings\n  ${wrong.join('\n  ')}`);
  return settings as Settings;
}
