import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { replayState } from '@seamwatch/cli/replay/replay-state.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';

/** A file into state, outputs and positions of a new embedded store, as `seamwatch replay --state-only` does it. */
export async function history(side: {
  file: string;
  store: string;
  warmUp: number;
  events: number;
}): Promise<Measured> {
  await mkdir(side.store);
  const log = openSqliteEventLog({ file: join(side.store, 'seamwatch.sqlite') });
  const stopwatch = new Stopwatch(side);
  await replayState({
    files: [side.file],
    log,
    policy: policySchema.parse({ version: 1 }),
    hashKey: new Uint8Array(16).fill(7),
    onTaken: (events) => stopwatch.add(events),
  });
  const measured = stopwatch.measured();
  await log.close();
  return measured;
}
