/** Where the adapter tells what it does; a pino logger fits. */
export interface LogSink {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = () => {};
export const silent: LogSink = { debug: ignore, info: ignore, warn: ignore, error: ignore };
