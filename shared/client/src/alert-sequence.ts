import type { AlertRecord } from '@seamwatch/contracts/records.ts';

export type AlertVerdict = 'deliver' | 'duplicate' | 'gap';

/** Alert numbers that will never arrive, both ends included. */
export interface AlertGap {
  from: number;
  to: number;
  /** `expired`: older than what the server keeps; `missing`: skipped although asked for again. */
  reason: 'expired' | 'missing';
}

const remembered = 2_000;

/** Decides which alerts are new: each number once, in order, with no hole unnoticed. */
export class AlertSequence {
  /** The last number that was delivered or given up; undefined before the first `hello`. */
  last: number | undefined;
  #missingAfter: number | undefined;
  readonly #delivered = new Map<number, string>();

  constructor(afterSeq?: number) {
    this.last = afterSeq;
  }

  /**
   * Learns what the server holds and returns what it no longer does. A server that holds less than was delivered
   * has been set up anew or is behind; it is followed from there, and what it repeats is recognised.
   */
  begin(firstSeq: number, lastSeq: number): AlertGap | undefined {
    if (this.last === undefined || lastSeq < this.last) {
      this.last = lastSeq;
      return undefined;
    }
    if (firstSeq <= this.last + 1 || lastSeq === this.last) return undefined;
    const gap: AlertGap = { from: this.last + 1, to: firstSeq - 1, reason: 'expired' };
    this.last = gap.to;
    return gap;
  }

  /** What to do with an alert that has arrived; `gap` means: ask again from `last`. */
  check(alert: AlertRecord): AlertVerdict {
    if (this.last === undefined) return 'deliver';
    if (alert.seq <= this.last || this.#delivered.get(alert.seq) === keyOf(alert)) {
      if (alert.seq === this.last + 1) this.last = alert.seq;
      return 'duplicate';
    }
    return alert.seq === this.last + 1 ? 'deliver' : 'gap';
  }

  delivered(alert: AlertRecord): void {
    this.last = alert.seq;
    this.#missingAfter = undefined;
    this.#delivered.set(alert.seq, keyOf(alert));
    if (this.#delivered.size > remembered) this.#delivered.delete(this.#delivered.keys().next().value ?? 0);
  }

  /** Called on a gap. The first time undefined (ask again); the second time at the same place the hole, now given up. */
  giveUp(next: AlertRecord): AlertGap | undefined {
    if (this.last === undefined) return undefined;
    if (this.#missingAfter !== this.last) {
      this.#missingAfter = this.last;
      return undefined;
    }
    const gap: AlertGap = { from: this.last + 1, to: next.seq - 1, reason: 'missing' };
    this.last = gap.to;
    return gap;
  }
}

const keyOf = (alert: AlertRecord): string => `${alert.id} ${alert.change} ${alert.at}`;
