import type { DatabaseSync } from 'node:sqlite';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type TopicSettings, topicNames, topics } from '@seamwatch/contracts/topics.ts';

const version = 1;

/**
 * A record's row id is its source's id × 2⁴⁰ + its offset: one b-tree, appended and scanned in offset order per source.
 * `compacted` is the source id where the topic keeps the newest record per key, so that a newer one replaces the older.
 */
const tables = `
  CREATE TABLE log_meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE log_sources (
    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL DEFAULT 0,
    UNIQUE (topic, partition)
  ) STRICT;
  CREATE TABLE log_records (
    id INTEGER PRIMARY KEY, appended_ms INTEGER NOT NULL, key TEXT, value BLOB, headers TEXT, compacted INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX log_newest ON log_records (compacted, key) WHERE compacted IS NOT NULL;
  CREATE INDEX log_tombstones ON log_records (appended_ms) WHERE value IS NULL;
  CREATE TABLE log_positions (
    reader TEXT NOT NULL, source INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (reader, source)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log_units (
    team TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, owner TEXT,
    PRIMARY KEY (team, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE log_members (
    team TEXT NOT NULL, member TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL, seen_ms INTEGER NOT NULL,
    PRIMARY KEY (team, member)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Creates the tables in a new file, or checks those of an existing one; call it inside a write transaction.
 * Throws `SEAM_STORE_VERSION` where another version wrote the file, `SEAM_CONFIG` where the partition count differs.
 */
export function prepareSchema(db: DatabaseSync, file: string, inputPartitions: number | undefined): void {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'log_meta'").get();
  if (!known) {
    db.exec(tables);
    const partitions = inputPartitions ?? 1;
    const meta = db.prepare('INSERT INTO log_meta (name, value) VALUES (?, ?)');
    meta.run('version', version);
    meta.run('partitions', partitions);
    const source = db.prepare('INSERT INTO log_sources (topic, partition) VALUES (?, ?)');
    for (const topic of topicNames) {
      const settings: TopicSettings = topics[topic];
      const count = settings.partitions === 'input' ? partitions : 1;
      for (let partition = 0; partition < count; partition++) source.run(topic, partition);
    }
    return;
  }
  const read = db.prepare('SELECT value FROM log_meta WHERE name = ?');
  const found = read.get('version')?.value;
  if (found !== version) {
    throw new SeamError(
      'SEAM_STORE_VERSION',
      `${file} has log format ${found}, this program writes ${version}: use the program that wrote it, or another folder`,
    );
  }
  const partitions = read.get('partitions')?.value;
  if (inputPartitions !== undefined && inputPartitions !== partitions) {
    throw new SeamError(
      'SEAM_CONFIG',
      `${file} was made with ${partitions} input partitions, asked for ${inputPartitions}: the count never changes`,
    );
  }
}
