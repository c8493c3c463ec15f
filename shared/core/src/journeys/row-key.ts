import type { ByteWriter } from '../bytes/bytes.ts';

const letters = { customer: 'c', interaction: 'i', survey: 's' } as const;
export type RowKind = keyof typeof letters;

const hex = (half: number): string => half.toString(16).padStart(8, '0');

/** The changelog key of a row: a letter and the 16 digits of its hash. */
export const rowKey = (kind: RowKind, hi: number, lo: number): string => letters[kind] + hex(hi) + hex(lo);

/** Writes it; as a text it would take seven times as long. */
export const writeRowKey = (to: ByteWriter, kind: RowKind, hi: number, lo: number): ByteWriter =>
  to.ascii(letters[kind]).hex(hi).hex(lo);

/** The high (0) or low (1) half of the hash in such a key. */
export function hashHalf(key: string, half: 0 | 1): number {
  let value = 0;
  for (let at = 1 + 8 * half; at < 9 + 8 * half; at++) {
    const code = key.charCodeAt(at);
    value = (value << 4) | (code < 0x3a ? code - 0x30 : code - 0x57);
  }
  return value >>> 0;
}
