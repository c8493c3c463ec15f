/**
 * What was expected of one series lately, at the case mix that it had: per age for hazards, else as one. Fades by half a week, so
 * that it follows the mix.
 */
export class ExpectedRate {
  #n: number[];
  #events: number[];

  /** `ages`: 1 for what is no hazard. */
  constructor(ages: number) {
    this.#n = Array.from({ length: ages }, () => 0);
    this.#events = Array.from({ length: ages }, () => 0);
  }

  /** n trials (or answers) of which each was expected to be an event with probability p (or to have mean p). */
  add(n: number, p: number, age = 0): void {
    this.#n[age]! += n;
    this.#events[age]! += n * p;
  }

  fade(): void {
    this.#n = this.#n.map((n) => n / 2);
    this.#events = this.#events.map((events) => events / 2);
  }

  /** Share expected over all ages, 1 − ∏ₐ(1 − eventsₐ/nₐ); null while some age has none. */
  get value(): number | null {
    if (this.#n.some((n) => n === 0)) return null;
    return 1 - this.#n.reduce((stayed, n, age) => stayed * (1 - this.#events[age]! / n), 1);
  }

  toJSON(): [n: number[], events: number[]] {
    return [this.#n, this.#events];
  }

  restore([n, events]: [n: number[], events: number[]]): void {
    this.#n = n;
    this.#events = events;
  }
}
