import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { type SimulatedRecord, simulateRecords } from '@seamwatch/simulator/records.ts';
import type { Scenario } from '@seamwatch/simulator/scenario.ts';
import type { Target } from '../targets/target.ts';
import type { Pace } from './pace.ts';

export interface SimulationSummary {
  /** Events by topic, bad input and repetitions included. */
  sent: Record<string, number>;
  duplicates: number;
  /** Bad input that was meant to be bad, by the reason that it has to be refused for. */
  bad: Partial<Record<ErrorCode, number>>;
  from: string;
  /** Time of the last event. */
  to: string | null;
  target: string;
}

export interface SimulationOptions {
  scenario: Scenario;
  target: Target;
  /** Absent: as fast as the target takes it. */
  pace: Pace | undefined;
  /** Ends a simulation that has no end of its own, in good order. */
  signal: AbortSignal;
  onProgress?: (progress: { atMs: number; done: number; live: boolean }) => void;
}

const batchRecords = 2_000;
const batchBytes = 1024 * 1024;

/** Sends a scenario's events; at a pace, no event before its time. */
export async function runSimulation(options: SimulationOptions): Promise<SimulationSummary> {
  const { scenario, target, pace, signal } = options;
  const summary: SimulationSummary = {
    sent: {},
    duplicates: 0,
    bad: {},
    from: new Date(scenario.from).toISOString(),
    to: null,
    target: target.name,
  };
  let batch: OutRecord[] = [];
  let bytes = 0;
  let done = 0;
  let atMs = scenario.from;
  const flush = async (live: boolean) => {
    if (batch.length > 0) await target.send(batch);
    done += batch.length;
    batch = [];
    bytes = 0;
    options.onProgress?.({ atMs, done, live });
  };
  try {
    for (const record of simulateRecords(scenario)) {
      while (pace && record.arrivedMs > pace.nowMs) {
        await flush(true);
        await pace.wait(record.arrivedMs, signal);
      }
      atMs = record.arrivedMs;
      const { topic, key, value } = record;
      batch.push({ topic, key, value });
      bytes += value.length;
      note(summary, record);
      if (batch.length < batchRecords && bytes < batchBytes) continue;
      await flush(false);
      signal.throwIfAborted();
    }
    await flush(false);
  } catch (error) {
    if (!signal.aborted || !pace) throw error;
    await flush(true);
  }
  if (done > 0) summary.to = new Date(atMs).toISOString();
  return summary;
}

function note(summary: SimulationSummary, { topic, expected }: SimulatedRecord): void {
  summary.sent[topic] = (summary.sent[topic] ?? 0) + 1;
  if (expected === 'duplicate') summary.duplicates++;
  else if (expected !== 'accepted') summary.bad[expected] = (summary.bad[expected] ?? 0) + 1;
}
