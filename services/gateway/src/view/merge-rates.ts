import type { EvidencePoint, RatePoint } from '@seamwatch/contracts/measures.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';

/** The newest of every point: a rates record carries only what changed. */
export class MergedRates {
  readonly segment: string;
  asOf = '';
  provisional = false;
  readonly #points = new Map<string, RatePoint>();
  readonly #evidence = new Map<string, EvidencePoint>();

  constructor(segment: string) {
    this.segment = segment;
  }

  add(record: RatesRecord): void {
    this.asOf = record.asOf;
    this.provisional = record.provisional;
    for (const p of record.points) this.#points.set(`${p.measure}|${p.window}`, p);
    for (const e of record.evidence ?? []) this.#evidence.set(`${e.measure}|${e.direction}`, e);
  }

  record(): RatesRecord {
    return {
      kind: 'rates',
      segment: this.segment,
      asOf: this.asOf,
      provisional: this.provisional,
      points: [...this.#points.values()],
      ...(this.#evidence.size > 0 && { evidence: [...this.#evidence.values()] }),
    };
  }
}
