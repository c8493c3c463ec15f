import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunReader, type Timed, writeRun } from './run-file.ts';

const defaultMemoryBytes = 64 * 1024 * 1024;
/** What a record costs besides its value. */
const overheadBytes = 250;
/** Runs that are merged at once, and so files that are open at once. */
const fanIn = 32;

/**
 * Sorts records by event time in bounded memory: what does not fit goes to sorted runs in a temporary folder, which are
 * merged as they are read. Records of the same time keep the order in which they came.
 */
export class TimeSorter {
  count = 0;
  readonly #memoryBytes: number;
  #held: Timed[] = [];
  #heldBytes = 0;
  #folder: string | undefined;
  #runs: string[] = [];
  #written = 0;

  constructor(memoryBytes = defaultMemoryBytes) {
    this.#memoryBytes = memoryBytes;
  }

  add(timed: Timed): void {
    this.#held.push(timed);
    this.#heldBytes += (timed.record.value?.length ?? 0) + overheadBytes;
    this.count++;
    if (this.#heldBytes >= this.#memoryBytes) this.#spill();
  }

  /** All records in order. Nothing may be added afterwards. */
  *sorted(): Generator<Timed, void, undefined> {
    this.#held.sort(byTime);
    if (this.#runs.length === 0) {
      yield* this.#held;
      return;
    }
    yield* merge([...this.#runs.map((file) => new RunReader(file).read()), this.#held.values()]);
  }

  /** Deletes what was written. */
  close(): void {
    this.#held = [];
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #spill(): void {
    this.#runs.push(this.#write(this.#held.sort(byTime)));
    this.#held = [];
    this.#heldBytes = 0;
    if (this.#runs.length < fanIn) return;
    const merged = this.#write(merge(this.#runs.map((file) => new RunReader(file).read())));
    for (const file of this.#runs) rmSync(file);
    this.#runs = [merged];
  }

  #write(records: Iterable<Timed>): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'seamwatch-replay-'));
    const file = join(this.#folder, `run-${this.#written++}`);
    writeRun(file, records);
    return file;
  }
}

const byTime = (a: Timed, b: Timed): number => a.timeMs - b.timeMs;

/** Merges sorted sources; of equal times the earlier source comes first. */
function* merge(sources: Iterator<Timed>[]): Generator<Timed, void, undefined> {
  const open = sources.map((source) => ({ source, head: source.next() })).filter(({ head }) => !head.done);
  while (open.length > 0) {
    let least = 0;
    for (let i = 1; i < open.length; i++) if (timeOf(open[i]!) < timeOf(open[least]!)) least = i;
    const from = open[least]!;
    yield from.head.value as Timed;
    from.head = from.source.next();
    if (from.head.done) open.splice(least, 1);
  }
}

const timeOf = ({ head }: { head: IteratorResult<Timed> }): number => (head.value as Timed).timeMs;
