import { setImmediate as breathe } from 'node:timers/promises';
import { type TopicSettings, topicNames, topics } from '@seamwatch/contracts/topics.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { SqliteStore, StoredSource } from './store.ts';

/** Records deleted per transaction, so that other writers wait milliseconds. */
const chunk = 2_000;
/** A tombstone stays for as long as Kafka's default `delete.retention.ms`, so that readers see it. */
export const tombstoneMs = dayMs;

/** Applies the topics' retention as of `nowMs`, and drops old tombstones. Resolves to the number of records deleted. */
export async function trim(store: SqliteStore, nowMs: number, signal: AbortSignal): Promise<number> {
  const oldest = store.db.prepare(
    'SELECT id, appended_ms FROM log_records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
  );
  const remove = store.db.prepare('DELETE FROM log_records WHERE id >= ? AND id < ?');
  const removeTombstones = store.db.prepare(
    'DELETE FROM log_records WHERE id IN (SELECT id FROM log_records WHERE value IS NULL AND appended_ms < ? AND compacted IS NOT NULL LIMIT ?)',
  );

  /** Deletes up to `chunk` expired records of one source; append order is time order. */
  const trimSource = (source: StoredSource, beforeMs: number): number =>
    store.transact(() => {
      const rows = oldest.all(source.base, source.end, chunk);
      const kept = rows.findIndex((row) => (row.appended_ms as number) >= beforeMs);
      const expired = kept === -1 ? rows.length : kept;
      if (expired === 0) return 0;
      const last = rows[expired - 1]!.id as number;
      return Number(remove.run(source.base, last + 1).changes);
    });

  let total = 0;
  const repeat = async (step: () => number) => {
    for (let deleted = chunk; deleted === chunk && !signal.aborted; total += deleted) {
      deleted = step();
      await breathe();
    }
  };
  for (const topic of topicNames) {
    const { retentionMs }: TopicSettings = topics[topic];
    if (retentionMs === undefined) continue;
    for (const source of store.sources(topic)) await repeat(() => trimSource(source, nowMs - retentionMs));
  }
  await repeat(() => store.transact(() => Number(removeTombstones.run(nowMs - tombstoneMs, chunk).changes)));
  return total;
}
