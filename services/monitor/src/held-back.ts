import { type Batch, type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';
import type { SourceWatch } from './source-watch.ts';

/**
 * What has been read of a unit's sources and may not be taken yet. A batch can span weeks of event time: taken as a whole, it
 * would make the journeys forget what the other source still speaks of. Memory is bounded by one batch a source.
 */
export class HeldBack {
  readonly #held = new Map<string, { batch: Batch; next: number }>();
  readonly #watch: SourceWatch;

  constructor(watch: SourceWatch) {
    this.#watch = watch;
  }

  /** May this source be read now? */
  wanted(source: Source): boolean {
    return !this.#held.has(sourceName(source)) && this.#watch.mayGoOn(source);
  }

  /** Takes records of a new batch and of those held back, as long as a source may go on; gives their number. */
  take(batch: Batch, apply: (source: Source, record: LogRecord) => void): number {
    if (batch.records.length === 0) this.#watch.observe(batch);
    else this.#held.set(sourceName(batch.source), { batch, next: 0 });
    let taken = 0;
    for (let before = -1; before < taken; ) {
      before = taken;
      for (const name of this.#held.keys()) taken += this.#drain(name, apply);
    }
    return taken;
  }

  #drain(name: string, apply: (source: Source, record: LogRecord) => void): number {
    const held = this.#held.get(name)!;
    const { source, records, end } = held.batch;
    const first = held.next;
    const mayGoOn = this.#watch.gate(source);
    while (held.next < records.length && mayGoOn()) apply(source, records[held.next++]!);
    const taken = records.slice(first, held.next);
    if (taken.length > 0) this.#watch.observe({ source, records: taken, end });
    if (held.next === records.length) this.#held.delete(name);
    return taken.length;
  }
}
