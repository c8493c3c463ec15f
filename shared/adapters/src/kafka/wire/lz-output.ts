/** Output of an LZ77-style decoder: literals are added, and earlier output is repeated. Grows up to a limit. */
export class LzOutput {
  #buffer: Buffer;
  #length = 0;
  readonly #limit: number;

  constructor(expected: number, limit: number) {
    this.#limit = limit;
    this.#buffer = Buffer.allocUnsafe(Math.min(expected, limit));
  }

  get length(): number {
    return this.#length;
  }

  literals(source: Buffer, from: number, count: number): void {
    if (from + count > source.length) throw new Error('compressed records end too early');
    this.#room(count);
    source.copy(this.#buffer, this.#length, from, from + count);
    this.#length += count;
  }

  /** Repeats `count` bytes from `distance` bytes back; they may overlap what is being written. */
  repeat(distance: number, count: number): void {
    const from = this.#length - distance;
    if (distance <= 0 || from < 0) throw new Error('compressed records refer to before their start');
    this.#room(count);
    if (distance >= count) this.#buffer.copyWithin(this.#length, from, from + count);
    else for (let i = 0; i < count; i++) this.#buffer[this.#length + i] = this.#buffer[from + i]!;
    this.#length += count;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    if (needed > this.#limit) throw new Error(`compressed records are larger than ${this.#limit} bytes`);
    const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, this.#buffer.length * 2)));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
