import type { EvidencePoint } from '@seamwatch/contracts/measures.ts';
import type { DayNumber } from './calendar.ts';

type BySegment = [segment: number, evidence: EvidencePoint[]][];

/** Evidence as it stood at the end of the last days, for as long as late events can revise their rates. */
export class EndedDays {
  readonly #kept: number;
  readonly #days = new Map<DayNumber, Map<number, EvidencePoint[]>>();
  readonly #changed: DayNumber[] = [];

  /** `kept`: how many days. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  end(day: DayNumber, evidence: BySegment): void {
    this.#days.set(day, new Map(evidence));
    this.#days.delete(day - this.#kept);
    this.#changed.push(day, day - this.#kept);
  }

  /** None where the day is not kept. */
  of(segment: number, day: DayNumber): EvidencePoint[] {
    return this.#days.get(day)?.get(segment) ?? [];
  }

  *takeState(): Generator<{ day: DayNumber; evidence: BySegment | null }> {
    for (const day of this.#changed.splice(0)) {
      const evidence = this.#days.get(day);
      yield { day, evidence: evidence ? [...evidence] : null };
    }
  }

  restore(day: DayNumber, evidence: BySegment): void {
    this.#days.set(day, new Map(evidence));
  }
}
