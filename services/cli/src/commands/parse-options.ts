import { InvalidArgumentError } from 'commander';

/** A port number, for an option. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
  }
  return port;
}

/** A whole number that is at least `least`, for an option. */
export const parseWhole =
  (least: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!Number.isSafeInteger(n) || n < least) {
      throw new InvalidArgumentError(`It is a whole number, ${least} or more.`);
    }
    return n;
  };

/** A date or an RFC 3339 time, in ms, for an option; a date is its beginning in UTC. */
export function parseTime(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      'A date such as 2026-03-01 or a time such as 2026-03-01T07:00:00Z is right.',
    );
  }
  return ms;
}
