/** What a row holds beside its slot: four numbers in single precision (null: absent) and one whole number ≥ 0. */
export interface Row {
  slot: number;
  values: readonly [number | null, number | null, number | null, number | null];
  whole: number;
}

const width = 4;
const maxWhole = 0xffff_ffff;

/**
 * The newest `capacity` rows in slot order, 24 bytes each. A slot that is set again is overwritten; once full, a slot
 * older than everything held is ignored.
 */
export class SlotColumns {
  readonly #capacity: number;
  /** Rows kept before the oldest are moved out together: a quarter more than are shown. */
  readonly #room: number;
  #slots = new Uint32Array(8);
  #wholes = new Uint32Array(8);
  #values = new Float32Array(8 * width);
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#room = Math.max(8, Math.ceil(capacity * 1.25));
  }

  get length(): number {
    return Math.min(this.#length, this.#capacity);
  }

  set(slot: number, values: Row['values'], whole: number): void {
    let at = this.#indexOf(slot);
    if (at === this.#length || this.#slots[at] !== slot) {
      if (this.#length >= this.#capacity && at <= this.#length - this.#capacity) return;
      at = this.#insert(at);
    }
    this.#slots[at] = slot;
    this.#wholes[at] = Math.min(Math.max(Math.round(whole), 0), maxWhole);
    for (let i = 0; i < width; i++) this.#values[at * width + i] = values[i] ?? Number.NaN;
  }

  /** Oldest first, from slot `from` to slot `to`, both included. */
  *rows(from = 0, to = Number.POSITIVE_INFINITY): Generator<Row> {
    const first = Math.max(this.#indexOf(from), this.#length - this.#capacity);
    for (let i = first; i < this.#length && this.#slots[i]! <= to; i++) {
      const v = (k: number) => decimal(this.#values[i * width + k]!);
      yield { slot: this.#slots[i]!, values: [v(0), v(1), v(2), v(3)], whole: this.#wholes[i]! };
    }
  }

  /** Index of the first row at or after `slot`; rows nearly always come in order. */
  #indexOf(slot: number): number {
    if (this.#length === 0 || slot > this.#slots[this.#length - 1]!) return this.#length;
    let low = 0;
    let high = this.#length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#slots[middle]! < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Makes room for a row at `at`; returns where it went, since the oldest rows may have moved out. */
  #insert(at: number): number {
    let index = at;
    if (this.#length === this.#room) {
      const drop = this.#length - this.#capacity + 1;
      this.#move(drop, 0, this.#length);
      this.#length -= drop;
      index -= drop;
    } else if (this.#length === this.#slots.length) {
      this.#grow(Math.min(this.#length * 2, this.#room));
    }
    this.#move(index, index + 1, this.#length);
    this.#length += 1;
    return index;
  }

  #move(from: number, to: number, end: number): void {
    if (from >= end) return;
    this.#slots.copyWithin(to, from, end);
    this.#wholes.copyWithin(to, from, end);
    this.#values.copyWithin(to * width, from * width, end * width);
  }

  #grow(rows: number): void {
    const grown = <T extends Uint32Array | Float32Array>(bigger: T, old: T): T => {
      bigger.set(old);
      return bigger;
    };
    this.#slots = grown(new Uint32Array(rows), this.#slots);
    this.#wholes = grown(new Uint32Array(rows), this.#wholes);
    this.#values = grown(new Float32Array(rows * width), this.#values);
  }
}

/** The shortest decimal of a single-precision number: 0.151, not 0.15099999308586. */
const decimal = (value: number): number | null => (Number.isNaN(value) ? null : Number(value.toPrecision(7)));
