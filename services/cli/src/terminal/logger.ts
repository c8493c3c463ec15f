import { type Logger as PinoLogger, pino } from 'pino';
import { prettyLines } from './pretty-lines.ts';

/** What the commands need of a logger. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** Logs to standard error: JSON lines, or on a terminal one short line each. */
export function createLogger(options: { level: string; service: string }): Logger {
  const { level, service } = options;
  const base = { base: { service }, level, timestamp: pino.stdTimeFunctions.isoTime };
  const logger: PinoLogger = process.stderr.isTTY
    ? pino(
        base,
        prettyLines((text) => process.stderr.write(text)),
      )
    : pino(
        { ...base, formatters: { level: (label) => ({ level: label }) } },
        pino.destination({ fd: 2, sync: true }),
      );
  return logger;
}
