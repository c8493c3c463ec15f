/**
 * SipHash-2-4 (Aumasson, Bernstein 2012) on 32-bit halves: a keyed 64-bit hash, so that customer ids are pseudonymous
 * where the key is not known. `node:crypto` has no 64-bit keyed hash, and the core runs in browsers as well.
 */
export class SipHash {
  /** High and low half of the last digest. */
  hi = 0;
  lo = 0;
  readonly #key: Int32Array;
  readonly #v = new Int32Array(8);
  #bytes = new Uint8Array(256);

  /** `key`: 16 bytes. Throws `RangeError` on any other length. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError(`a SipHash key has 16 bytes, found ${key.length}`);
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.#key = Int32Array.from({ length: 4 }, (_, i) => view.getInt32(4 * i, true));
  }

  /** Hashes the UTF-8 bytes of a text. */
  text(value: string): this {
    if (this.#bytes.length < value.length * 3) this.#bytes = new Uint8Array(value.length * 3);
    let length = 0;
    for (; length < value.length; length++) {
      const code = value.charCodeAt(length);
      if (code > 127) break;
      this.#bytes[length] = code;
    }
    if (length < value.length) length = encoder.encodeInto(value, this.#bytes).written;
    return this.bytes(this.#bytes, length);
  }

  bytes(data: Uint8Array, length = data.length): this {
    const [k0l, k0h, k1l, k1h] = this.#key as unknown as [number, number, number, number];
    const v = this.#v;
    v[0] = k0l ^ 0x70736575;
    v[1] = k0h ^ 0x736f6d65;
    v[2] = k1l ^ 0x6e646f6d;
    v[3] = k1h ^ 0x646f7261;
    v[4] = k0l ^ 0x6e657261;
    v[5] = k0h ^ 0x6c796765;
    v[6] = k1l ^ 0x79746573;
    v[7] = k1h ^ 0x74656462;
    const whole = length - (length % 8);
    for (let i = 0; i < whole; i += 8) this.#word(half(data, i, length), half(data, i + 4, length));
    this.#word(half(data, whole, length), half(data, whole + 4, length) | ((length & 0xff) << 24));
    v[4]! ^= 0xff;
    for (let i = 0; i < 4; i++) round(v);
    this.lo = (v[0]! ^ v[2]! ^ v[4]! ^ v[6]!) >>> 0;
    this.hi = (v[1]! ^ v[3]! ^ v[5]! ^ v[7]!) >>> 0;
    return this;
  }

  #word(lo: number, hi: number): void {
    const v = this.#v;
    v[6]! ^= lo;
    v[7]! ^= hi;
    round(v);
    round(v);
    v[0]! ^= lo;
    v[1]! ^= hi;
  }
}

const encoder = new TextEncoder();

/** Four bytes, little-endian, zero past the end. */
function half(data: Uint8Array, at: number, length: number): number {
  let word = 0;
  for (let i = Math.min(3, length - at - 1); i >= 0; i--) word = (word << 8) | data[at + i]!;
  return word;
}

/** One SipRound; `v` holds v0…v3 as pairs of low and high half. */
function round(v: Int32Array): void {
  let v0l = v[0]!;
  let v0h = v[1]!;
  let v1l = v[2]!;
  let v1h = v[3]!;
  let v2l = v[4]!;
  let v2h = v[5]!;
  let v3l = v[6]!;
  let v3h = v[7]!;
  let t: number;
  // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
  t = (v0l >>> 0) + (v1l >>> 0);
  v0h = (v0h + v1h + (t > 0xffffffff ? 1 : 0)) | 0;
  v0l = t | 0;
  t = (v1l << 13) | (v1h >>> 19);
  v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
  v1l = t ^ v0l;
  t = v0l;
  v0l = v0h;
  v0h = t;
  // v2 += v3; v3 = rotl(v3, 16) ^ v2
  t = (v2l >>> 0) + (v3l >>> 0);
  v2h = (v2h + v3h + (t > 0xffffffff ? 1 : 0)) | 0;
  v2l = t | 0;
  t = (v3l << 16) | (v3h >>> 16);
  v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
  v3l = t ^ v2l;
  // v0 += v3; v3 = rotl(v3, 21) ^ v0
  t = (v0l >>> 0) + (v3l >>> 0);
  v0h = (v0h + v3h + (t > 0xffffffff ? 1 : 0)) | 0;
  v0l = t | 0;
  t = (v3l << 21) | (v3h >>> 11);
  v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
  v3l = t ^ v0l;
  // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
  t = (v2l >>> 0) + (v1l >>> 0);
  v2h = (v2h + v1h + (t > 0xffffffff ? 1 : 0)) | 0;
  v2l = t | 0;
  t = (v1l << 17) | (v1h >>> 15);
  v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
  v1l = t ^ v2l;
  t = v2l;
  v2l = v2h;
  v2h = t;
  v[0] = v0l;
  v[1] = v0h;
  v[2] = v1l;
  v[3] = v1h;
  v[4] = v2l;
  v[5] = v2h;
  v[6] = v3l;
  v[7] = v3h;
}
