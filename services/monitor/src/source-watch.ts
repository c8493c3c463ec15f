import { hourMs } from '@seamwatch/contracts/units.ts';
import type { SourceClock } from '@seamwatch/core/journeys/source-clock.ts';
import { type Batch, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';

/** A source this much ahead in event time waits for the others, so that a replay does not pile up downstream. */
const aheadMs = hourMs;

interface Seen {
  clock: SourceClock;
  atEnd: boolean;
  /** Clock time of the last record, or of the start. */
  sinceMs: number;
  /** Answers without records since the idle time was over. */
  silences: number;
}

/**
 * A process that stood still may find an answer from before on waking up, and no idle time was there to see: the answer after
 * it is of now.
 */
const neededSilences = 2;

/** What the owner of a unit's sources knows of them: which are at their end, which may be read, which have fallen idle. */
export class SourceWatch {
  readonly #seen = new Map<string, Seen>();
  readonly #idleAfterMs: number;
  readonly now: () => number;

  constructor(clocks: ReadonlyMap<string, SourceClock>, idleAfterMs: number, now: () => number) {
    this.#idleAfterMs = idleAfterMs;
    this.now = now;
    for (const [name, clock] of clocks)
      this.#seen.set(name, { clock, atEnd: false, sinceMs: now(), silences: 0 });
  }

  /** After records of a source were taken, or an empty batch has told that there are none. */
  observe(batch: Batch): void {
    const seen = this.#seen.get(sourceName(batch.source))!;
    if (batch.records.length > 0) {
      seen.sinceMs = this.now();
      seen.silences = 0;
    } else if (this.now() - seen.sinceMs >= this.#idleAfterMs) seen.silences++;
    seen.atEnd = batch.records.length === 0 || seen.clock.position >= batch.end;
  }

  /** The other sources of the unit. */
  othersOf(source: string): { name: string; atEnd: boolean }[] {
    return [...this.#seen].flatMap(([name, { atEnd }]) => (name === source ? [] : [{ name, atEnd }]));
  }

  get allAtEnd(): boolean {
    return [...this.#seen.values()].every((s) => s.atEnd);
  }

  /** May the next record of this source be taken? Event times of a unit's sources are kept within an hour of each other. */
  mayGoOn(source: Source): boolean {
    return this.gate(source)();
  }

  /** As `mayGoOn`, to be asked before each of many records; holds while no other source goes on. */
  gate(source: Source): () => boolean {
    const own = this.#seen.get(sourceName(source))!;
    let untilMs = Number.POSITIVE_INFINITY;
    for (const other of this.#seen.values()) {
      if (other === own || other.atEnd || other.clock.state === 'idle') continue;
      untilMs = Math.min(untilMs, other.clock.watermarkMs + aheadMs);
    }
    return () => own.clock.watermarkMs <= untilMs;
  }

  /** Declares sources idle that are at their end without a record for long enough; true where one newly is. */
  declareIdle(): boolean {
    let declared = false;
    for (const { clock, atEnd, silences } of this.#seen.values()) {
      if (!atEnd || clock.state === 'idle' || silences < neededSilences) continue;
      clock.state = 'idle';
      declared = true;
    }
    return declared;
  }
}
