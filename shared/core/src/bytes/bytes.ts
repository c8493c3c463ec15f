/** Memory is taken in pieces of up to this size. */
const largestPiece = 64 * 1024;

/** Writes what `ByteReader` reads; integers are zig-zag varints, so that small numbers of either sign take one byte. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  /** Where the present piece of writing begins, and where it goes on. */
  #start = 0;
  #at = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#at - this.#start;
  }

  #reserve(more: number): void {
    if (this.#at + more > this.#bytes.length) this.#grow(more);
  }

  #grow(more: number): void {
    const { length } = this;
    const bytes = new Uint8Array(
      Math.max(2 * (length + more), Math.min(2 * this.#bytes.length, largestPiece)),
    );
    bytes.set(this.#bytes.subarray(this.#start, this.#at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#start = 0;
    this.#at = length;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  /** A whole number up to ± 2⁵². */
  int(value: number): this {
    this.#reserve(8);
    if (value >= -(2 ** 30) && value < 2 ** 30) return this.#groups((value << 1) ^ (value >> 31));
    // Times in ms do not fit 32 bits: the low four groups of seven, then the rest.
    const zigZag = value < 0 ? -2 * value - 1 : 2 * value;
    const high = Math.floor(zigZag / 2 ** 28);
    let low = zigZag - high * 2 ** 28;
    for (let i = 0; i < 4; i++) {
      this.#bytes[this.#at++] = (low & 127) | 128;
      low >>>= 7;
    }
    return this.#groups(high);
  }

  #groups(rest: number): this {
    const bytes = this.#bytes;
    let at = this.#at;
    let left = rest;
    while (left >= 128) {
      bytes[at++] = (left & 127) | 128;
      left >>>= 7;
    }
    bytes[at++] = left;
    this.#at = at;
    return this;
  }

  float(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.int(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  text(value: string): this {
    const { length } = value;
    this.#reserve(length + 8);
    const from = this.#at;
    this.int(length);
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.#at = from;
        return this.bytes(encoder.encode(value));
      }
      this.#bytes[this.#at++] = code;
    }
    return this;
  }

  /** Letters and digits as they are, without their length. */
  ascii(text: string): this {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#at++] = text.charCodeAt(i);
    return this;
  }

  /** An unsigned 32-bit number as eight hexadecimal digits. */
  hex(value: number): this {
    this.#reserve(8);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = hexDigits[(value >>> shift) & 15]!;
    this.#at = at;
    return this;
  }

  /** Where what was written stands: from `start` to `end` of `memory`. */
  get memory(): Uint8Array {
    return this.#bytes;
  }
  get start(): number {
    return this.#start;
  }
  get end(): number {
    return this.#at;
  }

  /** Starts again behind what was written, which stays as it is. */
  next(): void {
    this.#start = this.#at;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(this.#start, this.#at);
  }

  /** What was written; the writer starts again behind it. Not a copy: small records have one piece of memory in common. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(this.#start, this.#at);
    this.next();
    return taken;
  }
}

const hexDigits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Reads what `ByteWriter` wrote. Throws `RangeError` past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('read past the end of a record');
    return value;
  }

  int(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 127) << shift;
      if (byte < 128) return (low >>> 1) ^ -(low & 1);
    }
    let value = low;
    let scale = 2 ** 28;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
  }

  float(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  bytes(): Uint8Array {
    const length = this.int();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('read past the end of a record');
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return decoder.decode(this.bytes());
  }
}
