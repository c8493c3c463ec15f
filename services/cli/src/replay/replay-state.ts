import type { SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { type ErrorCode, SeamError } from '@seamwatch/contracts/errors.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import { historyPace } from '@seamwatch/monitor/commit-pace.ts';
import { journeysStage } from '@seamwatch/monitor/journeys-stage.ts';
import { journeysSpec } from '@seamwatch/monitor/monitor.ts';
import { readToEnd } from '../targets/read-to-end.ts';
import { HistoryFeeds, type HistoryOptions } from './history-feeds.ts';

/** Files are NDJSON, in order of time within the allowed lateness. */
export interface StateReplayOptions extends HistoryOptions {
  /** An embedded store that has taken no events yet. */
  log: SqliteEventLog;
  policy: Policy;
  /** 16 bytes; see `hashKeyOf`. */
  hashKey: Uint8Array;
  /** Hears how many events stage A has taken since the last call. */
  onTaken?: (events: number) => void;
  signal?: AbortSignal;
}

export interface StateReplaySummary {
  /** Lines that are not blank. */
  read: number;
  /** What became dead letters, by reason. */
  deadLettered: Partial<Record<ErrorCode, number>>;
}

/** Another process that works on the store would keep the events from being read for as long as it runs. */
const waitMs = 10_000;

/**
 * Takes history into an embedded store at the speed of the machine: stage A reads the files itself, and only what it makes of
 * them is stored. Everything is judged as if it came from the log, so what is wrong or too late becomes a dead letter.
 * Throws `SEAM_REPLAY_STATE` where the store has taken events before or a file is far from the order of time, and
 * `SEAM_STORE_BUSY` where another process works on the store.
 */
export async function replayState(options: StateReplayOptions): Promise<StateReplaySummary> {
  const { log, policy, hashKey, onTaken } = options;
  await refuseUsed(log);
  const feeds = new HistoryFeeds(options);
  const waited = new AbortController();
  const waiting = setTimeout(() => waited.abort(), waitMs);
  const signal = AbortSignal.any([waited.signal, ...(options.signal ? [options.signal] : [])]);
  const stage = {
    policy,
    hashKey,
    signal,
    now: Date.now,
    pace: historyPace,
    untilEnd: true,
    onCommit: ({ records }: { records: number }) => onTaken?.(records),
  };
  try {
    await log.participateWith(
      journeysSpec,
      (unit) => {
        clearTimeout(waiting);
        return journeysStage(unit, stage);
      },
      signal,
      feeds.bySource,
    );
  } finally {
    clearTimeout(waiting);
  }
  if (waited.signal.aborted)
    throw new SeamError('SEAM_STORE_BUSY', 'another process works on the store: end it first');
  options.signal?.throwIfAborted();
  return { read: feeds.read, deadLettered: await deadLettersOf(log) };
}

async function refuseUsed(log: SqliteEventLog): Promise<void> {
  for (const topic of journeysSpec.topics) {
    for (const { end } of (await log.offsets(topic)).values()) {
      if (end === 0) continue;
      throw new SeamError(
        'SEAM_REPLAY_STATE',
        'the store has taken events before: use a fresh folder (SEAMWATCH_DATA), or leave --state-only out',
      );
    }
  }
}

async function deadLettersOf(log: SqliteEventLog): Promise<StateReplaySummary['deadLettered']> {
  const byReason: StateReplaySummary['deadLettered'] = {};
  await readToEnd(log, ['dead-letters'], ({ headers }) => {
    const code = headers['seam-code'] as ErrorCode;
    byReason[code] = (byReason[code] ?? 0) + 1;
  });
  return byReason;
}
