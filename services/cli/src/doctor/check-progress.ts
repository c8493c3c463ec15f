import { progressRecordSchema } from '@seamwatch/contracts/records.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { count, span } from '../terminal/text.ts';
import type { Finding } from './finding.ts';
import { readNewest } from './read-newest.ts';

const newestRecords = 500;
const freshMs = 2 * 60_000;

/** Does a monitor run, and how far is it? */
export async function checkProgress(log: EventLog, nowMs: number): Promise<Finding[]> {
  const progress = (await readNewest(log, ['rates'], newestRecords))
    .filter(({ record }) => record.key === '~progress' && record.value !== null)
    .at(-1)?.record;
  if (!progress) {
    const todo = 'start one: seamwatch start, or seamwatch monitor';
    return [{ about: 'monitor', state: 'warning', found: 'no monitor has reported yet', todo }];
  }
  const age = nowMs - progress.appendedMs;
  const { asOf, deadByReason } = progressRecordSchema.parse(
    JSON.parse(Buffer.from(progress.value!).toString()),
  );
  const findings: Finding[] = [
    {
      about: 'monitor',
      state: 'ok',
      found: `reported ${span(age)} ago, with data as of ${asOf ?? 'nothing yet'}${age > freshMs ? '; it reports when something comes' : ''}`,
    },
  ];
  const dead = Object.entries(deadByReason).map(([code, n]) => `${code} ${count(n ?? 0)}`);
  if (dead.length > 0) {
    const todo = 'seamwatch dead-letters list shows them';
    findings.push({
      about: 'monitor',
      state: 'warning',
      found: `records were refused: ${dead.join(', ')}`,
      todo,
    });
  }
  return findings;
}
