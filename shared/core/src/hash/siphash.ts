import type { Id } from '@seamwatch/contracts/facts.ts';

/**
 * SipHash-2-4 (Aumasson, Bernstein 2012) on 32-bit halves: a keyed 64-bit hash, so that customer ids are pseudonymous
 * where the key is not known. `node:crypto` has no 64-bit keyed hash, and the core runs in browsers as well.
 */
export class SipHash {
  /** High and low half of the last digest. */
  hi = 0;
  lo = 0;
  readonly #key: Int32Array;
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
    return this.bytes(this.#bytes, 0, length);
  }

  /** Hashes an id where it stands. */
  id({ bytes, from, to }: Id): this {
    return this.bytes(bytes, from, to);
  }

  /** Hashes the bytes from one place to before the other. */
  bytes(data: Uint8Array, from = 0, to = data.length): this {
    const length = to - from;
    // All in one function, so that the state stays in registers: half of the time of a function a round.
    const [k0l, k0h, k1l, k1h] = this.#key as unknown as [number, number, number, number];
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    let t: number;
    const words = (length >> 3) + 1;
    for (let word = 0; word <= words; word++) {
      let low = 0;
      let high = 0;
      let rounds = 4;
      if (word < words) {
        rounds = 2;
        low = half(data, from + 8 * word, to);
        high = half(data, from + 8 * word + 4, to);
        if (word === words - 1) high |= (length & 0xff) << 24;
        v3l ^= low;
        v3h ^= high;
      } else v2l ^= 0xff;
      for (; rounds > 0; rounds--) {
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
      }
      v0l ^= low;
      v0h ^= high;
    }
    this.lo = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
    this.hi = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
    return this;
  }
}

const encoder = new TextEncoder();

/** Four bytes, little-endian, zero past `end`. */
function half(data: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
  let word = 0;
  for (let i = end - at - 1; i >= 0; i--) word = (word << 8) | data[at + i]!;
  return word;
}
