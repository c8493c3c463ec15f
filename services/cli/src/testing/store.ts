import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { closedInteraction, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { CloudEvent } from '@seamwatch/contracts/cloudevents.ts';
import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { EventLog, LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import { onTestFinished } from 'vitest';
import { readToEnd } from '../targets/read-to-end.ts';

/** A folder of its own that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An embedded store that ends with the test. */
export function openStore(partitions = 1): EventLog {
  const log = openSqliteEventLog({ file: join(temporaryFolder(), 'seamwatch.sqlite'), partitions });
  onTestFinished(() => log.close());
  return log;
}

/** Everything that topics hold. */
export async function contents(
  log: EventLog,
  ...topics: Topic[]
): Promise<(LogRecord & { source: Source; text: string })[]> {
  const records: (LogRecord & { source: Source; text: string })[] = [];
  await readToEnd(log, topics, (record, source) => {
    records.push({ ...record, source, text: Buffer.from(record.value ?? '').toString() });
  });
  return records;
}

/** A closed interaction, as a CloudEvent. */
export const closed = (
  id: string,
  closedAt: string,
  changes: Partial<InteractionClosed> = {},
): CloudEvent<InteractionClosed> =>
  cloudEvent(`${id}/closed`, 'interaction.closed', closedInteraction(id, closedAt, changes));
