import type { Policy } from '@seamwatch/contracts/policy.ts';
import type { EventLog, UnitSpec } from '@seamwatch/core/ports/event-log.ts';
import { type CommitPace, defaultPace } from './commit-pace.ts';
import { journeysStage, type StageOptions } from './journeys-stage.ts';
import { segmentsStage } from './segments-stage.ts';

export const journeysSpec = {
  group: 'journeys',
  topics: ['interactions', 'surveys'],
} as const satisfies UnitSpec;
export const segmentsSpec = { group: 'segments', topics: ['rollups'] } as const satisfies UnitSpec;

export interface MonitorOptions {
  log: EventLog;
  policy: Policy;
  /** 16 bytes; see `hashKeyOf`. */
  hashKey: Uint8Array;
  signal: AbortSignal;
  now?: () => number;
  /** No rates are shown for minutes before it. */
  ratesFrom?: number;
  pace?: CommitPace;
  onCommit?: StageOptions['onCommit'];
}

/** Runs stages A and B until `signal` aborts; rejects where either fails. */
export async function runMonitor(options: MonitorOptions): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  // Where one stage fails the other must end too, so that the process can be started anew.
  const together = (stage: Promise<void>) =>
    stage.catch((error: unknown) => {
      failed.abort();
      throw error;
    });
  await Promise.all([
    together(runJourneys({ ...options, signal })),
    together(runSegments({ ...options, signal })),
  ]);
}

/** Stage A alone, on all units that the group gives to this process. */
export function runJourneys(options: MonitorOptions): Promise<void> {
  const stage = { ...stageOptions(options), hashKey: options.hashKey };
  return options.log.participate(journeysSpec, (unit) => journeysStage(unit, stage), options.signal);
}

/** Stage B alone; of several processes one is active. */
export async function runSegments(options: Omit<MonitorOptions, 'hashKey'>): Promise<void> {
  const { log, ratesFrom, signal } = options;
  const partitions = await log.partitions('interactions');
  const stage = { ...stageOptions(options), partitions, ...(ratesFrom === undefined ? {} : { ratesFrom }) };
  await log.participate(segmentsSpec, (unit) => segmentsStage(unit, stage), signal);
}

function stageOptions(options: Omit<MonitorOptions, 'hashKey'>): StageOptions {
  const { policy, signal, onCommit, now = Date.now, pace = defaultPace } = options;
  return { policy, signal, now, pace, ...(onCommit ? { onCommit } : {}) };
}
