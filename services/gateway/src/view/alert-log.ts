import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';

const keptMs = 400 * dayMs;
export const keptChanges = 20_000;

/** Changes of alerts in the order of their numbers: 400 days of event time, at most some 20,000 (30 MB). */
export class AlertLog {
  readonly #keptChanges: number;
  #changes: AlertRecord[] = [];
  /** By id; also of alerts that are open though their changes are too old to be held. */
  readonly #newest = new Map<string, AlertRecord>();

  constructor(kept = keptChanges) {
    this.#keptChanges = kept;
  }

  /** Number of the first change held, 0 where there is none. */
  get firstSeq(): number {
    return this.#changes[0]?.seq ?? 0;
  }

  get lastSeq(): number {
    return this.#changes.at(-1)?.seq ?? 0;
  }

  /** False where the number is known already: a record that was delivered twice counts once. */
  add(record: AlertRecord): boolean {
    if (record.seq <= this.lastSeq) return false;
    this.#changes.push(record);
    this.#newest.set(record.id, record);
    this.#prune(Date.parse(record.at) - keptMs);
    return true;
  }

  /** Changes with a number above `seq`, in order. */
  *after(seq: number): Generator<AlertRecord> {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#changes[middle]!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.#changes.length; i++) yield this.#changes[i]!;
  }

  get(id: string): AlertRecord | undefined {
    return this.#newest.get(id);
  }

  /** Every change of one alert that is held, oldest first. */
  history(id: string): AlertRecord[] {
    return this.#changes.filter((change) => change.id === id);
  }

  /** The newest state of each alert, last changed first. */
  newest(): AlertRecord[] {
    return [...this.#newest.values()].sort((a, b) => b.seq - a.seq);
  }

  open(): AlertRecord[] {
    return this.newest().filter((alert) => alert.status !== 'resolved');
  }

  /** In lumps of a tenth or of a day, so that its cost is small beside that of adding. */
  #prune(before: number): void {
    const tooOld = (alert: AlertRecord, slackMs = 0) => Date.parse(alert.at) < before - slackMs;
    const due = this.#changes.length > this.#keptChanges * 1.1 || tooOld(this.#changes[0]!, dayMs);
    if (!due) return;
    let drop = Math.max(0, this.#changes.length - this.#keptChanges);
    while (tooOld(this.#changes[drop]!)) drop += 1;
    const held = this.#changes.slice(drop);
    const ids = new Set(held.map((change) => change.id));
    for (const { id } of this.#changes.slice(0, drop)) {
      if (!ids.has(id) && this.#newest.get(id)?.status === 'resolved') this.#newest.delete(id);
    }
    this.#changes = held;
  }
}
