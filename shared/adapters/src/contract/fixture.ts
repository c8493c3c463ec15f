import type { Topic } from '@seamwatch/contracts/topics.ts';
import {
  type Batch,
  type EventLog,
  type LogRecord,
  type OutRecord,
  type Reader,
  sourceName,
  type Unit,
  type UnitSpec,
} from '@seamwatch/core/ports/event-log.ts';

/** A fresh, empty log with three partitions per input topic, which several instances can open. */
export interface LogFixture {
  /** Opens another instance of the same log, as another process would; with a hand-over time of `handOverMs`. */
  open(): Promise<EventLog>;
  /** Closes all instances and removes the log. */
  dispose(): Promise<void>;
}

/** Owners in tests get this long to hand over, so that a stubborn one does not hold up the suite. */
export const handOverMs = 500;
export const idlePollMs = 50;

export const text = (record: LogRecord): string | null => {
  return record.value === null ? null : Buffer.from(record.value).toString();
};

export const record = (topic: Topic, key: string | null, value: string | null, partition = 0): OutRecord => ({
  topic,
  partition,
  key,
  value,
});

/** Polls until `condition` holds. */
export async function until(condition: () => boolean, what: string, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One owner's view of a unit that it runs until the unit ends. */
export interface Owned {
  unit: Unit;
  restored: Map<string | null, string | null>;
  batches: Batch[];
  /** Records read so far, by `sourceName`. */
  read: Map<string, LogRecord[]>;
  ended: boolean;
}

/** A participant that restores, reads and remembers; positions live in the changelog, as the stages keep them. */
export class Participant {
  readonly owned: Owned[] = [];
  readonly done: Promise<void>;
  readonly #stop = new AbortController();

  constructor(
    log: EventLog,
    spec: UnitSpec,
    changelog: Topic,
    onBatch: (owned: Owned, batch: Batch) => Promise<void> = async () => {},
  ) {
    this.done = log.participate(spec, (unit) => this.#run(unit, changelog, onBatch), this.#stop.signal);
    this.done.catch(() => {});
  }

  /** Units that run now. */
  get running(): Owned[] {
    return this.owned.filter((o) => !o.ended);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.done;
  }

  async #run(unit: Unit, changelog: Topic, onBatch: (owned: Owned, batch: Batch) => Promise<void>) {
    const owned: Owned = { unit, restored: new Map(), batches: [], read: new Map(), ended: false };
    const positions = new Map<string, number>();
    try {
      await unit.restore(changelog, (r) => {
        owned.restored.set(r.key, text(r));
        if (r.key?.startsWith('position:') && r.value) positions.set(r.key.slice(9), Number(text(r)));
      });
      this.owned.push(owned);
      for await (const batch of unit.batches({ positions, idlePollMs, signal: this.#stop.signal })) {
        const name = sourceName(batch.source);
        owned.batches.push(batch);
        owned.read.set(name, [...(owned.read.get(name) ?? []), ...batch.records]);
        await onBatch(owned, batch);
      }
    } finally {
      owned.ended = true;
    }
  }
}

/** Commits outputs and, as the stages do, the source's position into the changelog. */
export function commitPosition(unit: Unit, changelog: Topic, batch: Batch, outputs: OutRecord[]) {
  const last = batch.records.at(-1);
  if (!last) return Promise.resolve();
  const position = last.offset + 1;
  const name = sourceName(batch.source);
  return unit.commit(
    [...outputs, record(changelog, `position:${name}`, String(position), unit.partition)],
    new Map([[name, position]]),
  );
}

/** Collects from a reader until `count` records have come, then stops. */
export async function collect(
  reader: Reader,
  count: number,
): Promise<{ records: LogRecord[]; batches: Batch[] }> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 30_000);
  const records: LogRecord[] = [];
  const batches: Batch[] = [];
  if (count > 0) {
    for await (const batch of reader.batches({ idlePollMs, signal: stop.signal })) {
      batches.push(batch);
      records.push(...batch.records);
      if (records.length >= count) break;
    }
  }
  clearTimeout(timer);
  return { records, batches };
}

/** All values of a topic so far, oldest first; without what an adapter marks for itself in changelogs. */
export async function values(log: EventLog, topic: Topic): Promise<(string | null)[]> {
  const sentinel = `sentinel-${Math.random()}`;
  const partitions = await log.partitions(topic);
  const reader = await log.reader({ topics: [topic], from: 'beginning' });
  await log.append(Array.from({ length: partitions }, (_, p) => record(topic, sentinel, sentinel, p)));
  const stop = new AbortController();
  const found: (string | null)[] = [];
  let ends = 0;
  for await (const batch of reader.batches({ idlePollMs, signal: stop.signal })) {
    for (const r of batch.records) {
      if (r.key === sentinel) ends++;
      else if (!r.key?.startsWith('sentinel-') && r.key !== '~mark') found.push(text(r));
    }
    if (ends === partitions) break;
  }
  await reader.close();
  return found;
}

/** A log of its own for one test, with as many instances as it asks for. */
export type OpenLogs = <N extends number>(count: N) => Promise<EventLog[] & { length: N }>;
