import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { eventLogContract } from '../contract/event-log-contract.ts';
import { handOverMs } from '../contract/fixture.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

eventLogContract('SQLite event log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-log-'));
  const opened: EventLog[] = [];
  return {
    open: async () => {
      const log = openSqliteEventLog({ file: join(folder, 'log.sqlite'), partitions: 3, handOverMs });
      opened.push(log);
      return log;
    },
    dispose: async () => {
      await Promise.all(opened.map((log) => log.close()));
      rmSync(folder, { recursive: true });
    },
  };
});
