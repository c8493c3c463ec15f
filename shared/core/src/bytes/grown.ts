/** A copy with room for `least` elements, and twice as many as before. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(table: T, least: number): T {
  const larger = new (table.constructor as new (length: number) => T)(Math.max(least, 2 * table.length));
  larger.set(table);
  return larger;
}
