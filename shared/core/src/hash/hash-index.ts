/**
 * Row numbers by 64-bit hash: open addressing with linear probing over typed columns, at most 70 % full.
 * 12 bytes a slot, where a `Map` with text keys takes more than a hundred. Hash halves are unsigned 32-bit.
 */
export class HashIndex {
  #hi: Uint32Array;
  #lo: Uint32Array;
  /** Row + 1; 0: free. */
  #row: Int32Array;
  #mask: number;
  #size = 0;

  constructor(capacity = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, capacity / 0.7)));
    this.#hi = new Uint32Array(slots);
    this.#lo = new Uint32Array(slots);
    this.#row = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** The row, or -1. */
  get(hi: number, lo: number): number {
    for (let slot = lo & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = this.#row[slot]!;
      if (row === 0) return -1;
      if (this.#lo[slot] === lo && this.#hi[slot] === hi) return row - 1;
    }
  }

  /** Adds a hash, or gives it another row. */
  set(hi: number, lo: number, row: number): void {
    if (this.#size + 1 > 0.7 * (this.#mask + 1)) this.#grow();
    let slot = lo & this.#mask;
    while (this.#row[slot] !== 0) {
      if (this.#lo[slot] === lo && this.#hi[slot] === hi) {
        this.#row[slot] = row + 1;
        return;
      }
      slot = (slot + 1) & this.#mask;
    }
    this.#put(slot, hi, lo, row + 1);
    this.#size++;
  }

  /** Removes a hash; later ones of its run move up, so that no tombstones pile up. */
  delete(hi: number, lo: number): boolean {
    const mask = this.#mask;
    let slot = lo & mask;
    while (this.#row[slot] !== 0 && (this.#lo[slot] !== lo || this.#hi[slot] !== hi))
      slot = (slot + 1) & mask;
    if (this.#row[slot] === 0) return false;
    let gap = slot;
    for (let next = (slot + 1) & mask; this.#row[next] !== 0; next = (next + 1) & mask) {
      const home = this.#lo[next]! & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        this.#put(gap, this.#hi[next]!, this.#lo[next]!, this.#row[next]!);
        gap = next;
      }
    }
    this.#row[gap] = 0;
    this.#size--;
    return true;
  }

  #put(slot: number, hi: number, lo: number, rowPlusOne: number): void {
    this.#hi[slot] = hi;
    this.#lo[slot] = lo;
    this.#row[slot] = rowPlusOne;
  }

  #grow(): void {
    const old = { hi: this.#hi, lo: this.#lo, row: this.#row };
    const slots = 2 * (this.#mask + 1);
    this.#hi = new Uint32Array(slots);
    this.#lo = new Uint32Array(slots);
    this.#row = new Int32Array(slots);
    this.#mask = slots - 1;
    for (let i = 0; i < old.row.length; i++) {
      const row = old.row[i]!;
      if (row === 0) continue;
      let slot = old.lo[i]! & this.#mask;
      while (this.#row[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#put(slot, old.hi[i]!, old.lo[i]!, row);
    }
  }
}
