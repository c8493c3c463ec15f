import type { Point } from './point.ts';
import type { Verdict } from './verdict.ts';

export interface Line {
  point: Point;
  text: string;
}
export interface Refused {
  point: Point;
  /** InfluxDB's own words. */
  reason: string;
}
/** A batch after a refusal: what is condemned, and what has to be sent again, in its order. */
export interface Sifted {
  refused: Refused[];
  again: Line[][];
}

/**
 * Finds the refused points of a batch. InfluxDB names unparsable lines, and then has written none of the batch; of others
 * it says only how many it dropped, counting one shard at most, so the batch is halved until a part is refused as a whole.
 */
export function sift(batch: readonly Line[], verdict: Verdict & { kind: 'refused' }): Sifted {
  const named = namedLines(verdict.reason);
  const refused = batch.flatMap(({ point, text }) => {
    const reason = named.get(text);
    return reason === undefined ? [] : [{ point, reason }];
  });
  if (refused.length > 0) {
    const rest = batch.filter(({ text }) => !named.has(text));
    return { refused, again: rest.length > 0 ? [rest] : [] };
  }
  if (batch.length === 1 || verdict.dropped >= batch.length) {
    const reason = plainReason(verdict.reason);
    return { refused: batch.map(({ point }) => ({ point, reason })), again: [] };
  }
  return { refused: [], again: halves(batch) };
}

export function halves<T>(batch: readonly T[]): T[][] {
  const middle = batch.length >> 1;
  return [batch.slice(0, middle), batch.slice(middle)];
}

const unparsable = /^(?:partial write: )?unable to parse '(.*)': (.*?)$/gm;

/** Reasons by line, from messages such as `unable to parse 'm v=': missing field value`, one a line. */
function namedLines(message: string): Map<string, string> {
  return new Map(Array.from(message.matchAll(unparsable), ([, line = '', reason = '']) => [line, reason]));
}

/** Without the numbers of this one batch, so that equal reasons read equal. */
function plainReason(message: string): string {
  const retention = /outside retention policy of duration (\S+)/.exec(message)?.[1];
  if (retention) return `older than the bucket keeps (${retention})`;
  return message
    .replace(/^failure writing points to database: /, '')
    .replace(/^partial write: /, '')
    .replace(/ dropped=\d+( for database.*)?$/, '');
}
