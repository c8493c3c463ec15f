import { daysResponseSchema } from '@seamwatch/contracts/http.ts';
import type { DayRecord, WeekRecord } from '@seamwatch/contracts/records.ts';

export interface SegmentDays {
  days: readonly DayRecord[];
  weeks: readonly WeekRecord[];
}

interface Entry {
  data: SegmentDays | undefined;
  /** The local day for which it was fetched. */
  day: string;
  /** Clock time in ms from which it may be fetched again. */
  notBefore: number;
}

export interface DayStoreOptions {
  fetchJson: (path: string) => Promise<unknown>;
  now: () => number;
  onChange: () => void;
}

const again = 60_000;
const parallel = 2;

/** Daily history of segments, fetched when first wanted and when a local day has closed, a few at a time. */
export class DayStore {
  readonly #options: DayStoreOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #queue: { id: string; day: string }[] = [];
  #running = 0;

  constructor(options: DayStoreOptions) {
    this.#options = options;
  }

  get(id: string | undefined): SegmentDays | undefined {
    return id === undefined ? undefined : this.#entries.get(id)?.data;
  }

  /** Says which segments are shown, and which local day it is. Cheap to call at every drawing. */
  want(ids: Iterable<string>, day: string): void {
    const now = this.#options.now();
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry && (now < entry.notBefore || (entry.data !== undefined && entry.day === day))) continue;
      this.#entries.set(id, { data: entry?.data, day, notBefore: Number.POSITIVE_INFINITY });
      this.#queue.push({ id, day });
    }
    this.#next();
  }

  #next(): void {
    while (this.#running < parallel) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#running += 1;
      void this.#load(job.id, job.day);
    }
  }

  async #load(id: string, day: string): Promise<void> {
    const before = this.#entries.get(id)?.data;
    let data = before;
    try {
      const json = await this.#options.fetchJson(`/v1/segments/${encodeURIComponent(id)}/days`);
      data = daysResponseSchema.parse(json);
    } catch {
      // What is known stays; it is asked for again later.
    }
    this.#entries.set(id, { data, day, notBefore: this.#options.now() + again });
    this.#running -= 1;
    if (data !== before) this.#options.onChange();
    this.#next();
  }
}

/** JSON of the same origin. Throws where the answer is none. */
export async function fetchJson(path: string): Promise<unknown> {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}
