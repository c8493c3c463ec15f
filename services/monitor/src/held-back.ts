import { type Batch, type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { MeetingPoint } from './meeting-point.ts';
import type { SourceWatch } from './source-watch.ts';

/** Takes the record at a place of a batch; those behind it are likely to be next. */
type Apply = (source: Source, records: readonly LogRecord[], at: number) => void;

/**
 * What has been read of a unit's sources and may not be taken yet. A batch can span weeks of event time: taken as a whole, it
 * would make the journeys forget what the other source still speaks of. Memory is bounded by one batch a source.
 */
export class HeldBack {
  readonly #held = new Map<string, { batch: Batch; next: number }>();
  readonly #watch: SourceWatch;
  readonly #meeting: MeetingPoint;

  constructor(watch: SourceWatch) {
    this.#watch = watch;
    this.#meeting = new MeetingPoint((source) => watch.othersOf(source), watch.now);
  }

  /** May this source be read now? */
  wanted(source: Source): boolean {
    return !this.#held.has(sourceName(source)) && this.#gate(source)();
  }

  /** Takes records of a new batch and of those held back, as long as a source may go on; gives their number. */
  take(batch: Batch, apply: Apply): number {
    if (batch.records.length === 0) this.#watch.observe(batch);
    else this.#held.set(sourceName(batch.source), { batch, next: 0 });
    let taken = 0;
    // A source that comes to stand at an entry may let another one pass.
    const progress = () => taken + this.#meeting.arrivals;
    for (let before = -1; before < progress(); ) {
      before = progress();
      for (const name of this.#held.keys()) taken += this.#drain(name, apply);
    }
    return taken;
  }

  #drain(name: string, apply: Apply): number {
    const held = this.#held.get(name)!;
    const { source, records, end } = held.batch;
    const first = held.next;
    const mayGoOn = this.#gate(source);
    while (held.next < records.length && mayGoOn() && this.#meeting.mayPass(source, records[held.next]!))
      apply(source, records, held.next++);
    const taken = records.slice(first, held.next);
    if (taken.length > 0) {
      this.#watch.observe({ source, records: taken, end });
      this.#meeting.taken(source, taken.at(-1)!);
    }
    if (held.next === records.length) this.#held.delete(name);
    return taken.length;
  }

  #gate(source: Source): () => boolean {
    return this.#meeting.isAwaited(source) ? () => true : this.#watch.gate(source);
  }
}
