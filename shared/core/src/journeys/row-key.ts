const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const d = (half: number, shift: number) => digits[(half >>> shift) & 15]!;
const letters = { customer: 'c'.charCodeAt(0), interaction: 'i'.charCodeAt(0), survey: 's'.charCodeAt(0) };

/** The changelog key of a row: a letter and the 16 digits of its hash. `toString(16)` would take seven times as long. */
export function rowKey(kind: keyof typeof letters, hi: number, lo: number): string {
  // biome-ignore format: a digit each
  return String.fromCharCode(
    letters[kind],
    d(hi, 28), d(hi, 24), d(hi, 20), d(hi, 16), d(hi, 12), d(hi, 8), d(hi, 4), d(hi, 0),
    d(lo, 28), d(lo, 24), d(lo, 20), d(lo, 16), d(lo, 12), d(lo, 8), d(lo, 4), d(lo, 0),
  );
}

/** The high (0) or low (1) half of the hash in such a key. */
export function hashHalf(key: string, half: 0 | 1): number {
  let value = 0;
  for (let at = 1 + 8 * half; at < 9 + 8 * half; at++) {
    const code = key.charCodeAt(at);
    value = (value << 4) | (code < 0x3a ? code - 0x30 : code - 0x57);
  }
  return value >>> 0;
}
