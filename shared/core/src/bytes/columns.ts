type Column = Float64Array | Uint32Array | Int32Array | Int16Array | Int8Array | Uint8Array;

/** A copy of a typed column with twice the room. */
export function doubled<T extends Column>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
  larger.set(column as never);
  return larger;
}
