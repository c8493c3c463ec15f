import { decodeForgotten, forgottenTogetherMs } from '@seamwatch/contracts/forgetting.ts';
import { type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';

/** The source whose entry forgets; the twin in every other source says how far that one was read before. */
const leader = 'interactions';

interface Waiting {
  request: string;
  appendedMs: number;
}

/**
 * Where a customer is forgotten, the sources of a unit wait for each other at their entries, as at Flink's barriers: what was
 * appended to either before has been taken then, and what came after has not, so a replay repeats it exactly, however the
 * sources are read. An entry whose twin is missing is passed once the other source is a minute of the log past it.
 */
export class MeetingPoint {
  readonly #waiting = new Map<string, Waiting>();
  /** Requests whose customer is forgotten, and whose twin is still to be passed. */
  readonly #met = new Set<string>();
  /** Requests whose twin was passed before: two entries stand in another order in the other source. */
  readonly #passedFirst = new Set<string>();
  #arrivals = 0;
  readonly #lastMs = new Map<string, number>();
  readonly #others: (source: string) => { name: string; atEnd: boolean }[];
  readonly #now: () => number;

  /** `others`: the other sources of the unit, and whether they have no more for now. */
  constructor(others: (source: string) => { name: string; atEnd: boolean }[], now: () => number) {
    this.#others = others;
    this.#now = now;
  }

  /** How often a source has come to an entry; it only rises. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Does another source wait for this one? Then it may be read, however far it is ahead in event time. */
  isAwaited(source: Source): boolean {
    if (this.#waiting.size === 0) return false;
    return this.#others(sourceName(source)).some(({ name }) => this.#waiting.has(name));
  }

  /** May this record be taken, the next of its source? */
  mayPass(source: Source, record: LogRecord): boolean {
    const entry = decodeForgotten(record);
    if (!entry) return true;
    const name = sourceName(source);
    const own = { request: entry.request, appendedMs: record.appendedMs };
    if (this.#waiting.get(name)?.request !== own.request) this.#arrivals++;
    this.#waiting.set(name, own);
    const passes = source.topic === leader ? this.#leaderPasses(name, own) : this.#twinPasses(name, own);
    if (passes) this.#waiting.delete(name);
    return passes;
  }

  /** After records of a source were taken. */
  taken(source: Source, last: LogRecord): void {
    this.#lastMs.set(sourceName(source), last.appendedMs);
  }

  #leaderPasses(name: string, own: Waiting): boolean {
    if (this.#passedFirst.delete(own.request)) return true;
    const ready = this.#others(name).every(
      (other) => this.#isTwin(other.name, own) || this.#isPast(other, own.appendedMs),
    );
    if (ready) this.#met.add(own.request);
    return ready;
  }

  #twinPasses(name: string, own: Waiting): boolean {
    if (this.#met.delete(own.request)) return true;
    const others = this.#others(name);
    if (others.every((other) => this.#isPast(other, own.appendedMs))) return true;
    const crossed = others.some((other) => {
      const theirs = this.#waiting.get(other.name);
      return theirs !== undefined && theirs.request !== own.request;
    });
    if (crossed) this.#passedFirst.add(own.request);
    return crossed;
  }

  #isTwin(name: string, own: Waiting): boolean {
    const other = this.#waiting.get(name);
    if (other?.request !== own.request) return false;
    return Math.abs(other.appendedMs - own.appendedMs) <= forgottenTogetherMs;
  }

  #isPast({ name, atEnd }: { name: string; atEnd: boolean }, appendedMs: number): boolean {
    const reachedMs = Math.max(
      this.#lastMs.get(name) ?? Number.NEGATIVE_INFINITY,
      this.#waiting.get(name)?.appendedMs ?? Number.NEGATIVE_INFINITY,
      atEnd ? this.#now() : Number.NEGATIVE_INFINITY,
    );
    return reachedMs > appendedMs + forgottenTogetherMs;
  }
}
