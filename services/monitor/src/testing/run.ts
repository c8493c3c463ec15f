import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { onTestFinished } from 'vitest';
import { type MonitorOptions, runMonitor } from '../monitor.ts';

export const hashKey = new Uint8Array(16).fill(7);

/** Runs the monitor on a log until the test ends; its clock is in the test's hands. */
export function runOn(log: EventLog, options: Pick<MonitorOptions, 'policy' | 'ratesFrom'>): { ms: number } {
  const stop = new AbortController();
  const clock = { ms: 0 };
  const running = runMonitor({ ...options, log, hashKey, signal: stop.signal, now: () => clock.ms });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return clock;
}
