const shortBytes = 64;

/** Writes Kafka's big-endian and variable-length types into a buffer of a known size, in order. */
export class ByteWriter {
  readonly buffer: Buffer;
  at = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  int8(value: number): this {
    this.buffer[this.at++] = value;
    return this;
  }

  int16(value: number): this {
    this.at = this.buffer.writeInt16BE(value, this.at);
    return this;
  }

  int32(value: number): this {
    this.at = this.buffer.writeInt32BE(value, this.at);
    return this;
  }

  int64(value: number): this {
    this.at = this.buffer.writeInt32BE(Math.floor(value / 0x1_0000_0000), this.at);
    this.at = this.buffer.writeUInt32BE(value >>> 0, this.at);
    return this;
  }

  /** A string with a 16-bit length, or null. */
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const length = this.buffer.write(value, this.at + 2);
    this.int16(length);
    this.at += length;
    return this;
  }

  varint(value: number): this {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest >= 0x80) {
      this.buffer[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.at++] = rest;
    return this;
  }

  /** `length`: bytes that the text takes, as `textSize` gives them. */
  text(value: string, length: number): this {
    const { buffer } = this;
    if (length === value.length) for (let i = 0; i < length; i++) buffer[this.at + i] = value.charCodeAt(i);
    else buffer.write(value, this.at, length);
    this.at += length;
    return this;
  }

  bytes(value: Uint8Array): this {
    return this.part(value, 0, value.length);
  }

  /** The bytes from `from` up to `to`. */
  part(value: Uint8Array, from: number, to: number): this {
    const { buffer } = this;
    // A call costs more than a few bytes.
    if (to - from > shortBytes) buffer.set(value.subarray(from, to), this.at);
    else for (let i = from, at = this.at; i < to; i++, at++) buffer[at] = value[i]!;
    this.at += to - from;
    return this;
  }
}

/** Bytes that `string` writes. */
export const stringSize = (value: string | null): number =>
  2 + (value === null ? 0 : Buffer.byteLength(value));

/** Bytes of a text in UTF-8. Keys are short and plain: looking at them is quicker than asking the buffer. */
export function textSize(value: string): number {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 127) return Buffer.byteLength(value);
  return value.length;
}

/** Bytes that `varint` writes. */
export function varintSize(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  if (rest < 0x80) return 1;
  let size = 1;
  for (; rest >= 0x80; rest >>>= 7) size++;
  return size;
}
