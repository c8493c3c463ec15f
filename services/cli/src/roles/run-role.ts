import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { type Context, logName, openLog } from '../context.ts';
import { backoffMs } from './backoff.ts';
import { type Health, startHealth } from './health.ts';
import { interruption } from './interruption.ts';

export interface RoleOptions {
  context: Context;
  /** Where `/healthz` and `/readyz` are served; absent: nowhere. */
  healthPort?: number | undefined;
  /** Does the work until the signal aborts. */
  run: (log: EventLog, signal: AbortSignal) => Promise<void>;
}

/** An attempt that lasted this long was no failed start: the back-off begins anew. */
const settledMs = 60_000;

/**
 * Runs a role until the process is asked to end: opens the log, works, and where the log is or goes away says so and
 * tries again for ever. Rejects for what no waiting mends, such as a wrong setting.
 */
export async function runRole({ context, healthPort, run }: RoleOptions): Promise<void> {
  const { logger, settings } = context;
  const signal = interruption();
  const health =
    healthPort === undefined ? undefined : await startHealth(settings.SEAMWATCH_HOST, healthPort);
  try {
    for (let attempt = 1; !signal.aborted; attempt++) {
      const startedMs = performance.now();
      try {
        await once(context, health, run, signal);
      } catch (error) {
        if (signal.aborted) break;
        if (!mayPass(error)) throw error;
        if (performance.now() - startedMs > settledMs) attempt = 1;
        const waitMs = backoffMs(attempt);
        health?.failed(error);
        logger.warn(
          { code: error.code, attempt, waitMs: Math.round(waitMs) },
          `${error.message}. Trying again in ${(waitMs / 1_000).toFixed(1)} s`,
        );
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
    logger.info({}, 'stopped');
  } finally {
    await health?.close();
  }
}

async function once(
  context: Context,
  health: Health | undefined,
  run: RoleOptions['run'],
  signal: AbortSignal,
): Promise<void> {
  const log = await openLog(context);
  try {
    context.logger.info({}, `reads from ${logName(context.settings)}`);
    health?.follow(log);
    await run(log, signal);
  } finally {
    health?.follow(undefined);
    await log.close();
  }
}

const passingCodes = new Set([
  'SEAM_KAFKA_UNREACHABLE',
  'SEAM_KAFKA_TOPIC',
  'SEAM_STORE_BUSY',
  'SEAM_NOT_READY',
]);

/** Will waiting, or something that is done elsewhere, mend it? */
function mayPass(error: unknown): error is SeamError {
  return error instanceof SeamError && passingCodes.has(error.code);
}
