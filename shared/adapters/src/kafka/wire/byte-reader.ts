/** Reads Kafka's big-endian and variable-length types from a buffer, in order. */
export class ByteReader {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer;
    this.at = at;
  }

  int8(): number {
    return this.buffer.readInt8(this.#step(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#step(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#step(4));
  }

  /** Exact up to 2⁵³: offsets, times and producer ids are. */
  int64(): number {
    const at = this.#step(8);
    return this.buffer.readInt32BE(at) * 0x1_0000_0000 + this.buffer.readUInt32BE(at + 4);
  }

  string(): string {
    return this.text(this.int16());
  }

  /** Zigzag varint of up to 32 bits. */
  varint(): number {
    const { buffer } = this;
    let byte = buffer[this.at++]!;
    // One byte holds −64 … 63: most lengths and deltas.
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = buffer[this.at++]!;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** Zigzag varint of up to 53 bits. */
  varlong(): number {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = this.buffer[this.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(length: number): string {
    const at = this.#step(length);
    return this.buffer.toString('utf8', at, at + length);
  }

  bytes(length: number): Buffer {
    const at = this.#step(length);
    return this.buffer.subarray(at, at + length);
  }

  #step(length: number): number {
    const at = this.at;
    this.at += length;
    return at;
  }
}
