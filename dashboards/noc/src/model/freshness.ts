import type { ConnectionStatus } from '@seamwatch/client/index.ts';

/**
 * Whether the page may be believed. `stale`: nothing new is heard. `no_connection`: nothing was ever heard.
 * `standing`: the connection lives, but the data have not moved, although no source is known to be quiet.
 */
export type Freshness = { kind: 'fresh' } | { kind: 'stale' | 'no_connection' | 'standing'; since: number };

/** A restart of the server takes seconds and is shown in the header alone. */
export const graceMs = 5_000;
/** The watermark may wait two minutes for a quiet source before that source counts as idle. */
export const standingAfterMs = 5 * 60_000;

export interface FreshnessInput {
  connection: ConnectionStatus;
  /** Clock time in ms at which the watermark moved last; null before there was one. */
  movedAt: number | null;
  quiet: boolean;
  now: number;
}

export function freshness({ connection, movedAt, quiet, now }: FreshnessInput): Freshness {
  const heard = connection.lastFrameAt;
  if (heard === null) {
    const started = connection.since;
    return now - started >= graceMs || connection.failures > 1
      ? { kind: 'no_connection', since: started }
      : { kind: 'fresh' };
  }
  if (connection.state === 'stale') return { kind: 'stale', since: heard };
  if (connection.liveEndedAt !== null && now - connection.liveEndedAt >= graceMs)
    return { kind: 'stale', since: heard };
  if (movedAt !== null && !quiet && now - movedAt >= standingAfterMs)
    return { kind: 'standing', since: movedAt };
  return { kind: 'fresh' };
}
