type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Int16Array | Int8Array | Uint8Array;

const smallRows = 65_536;

/** A copy of a typed column with more room: twice as much while it is small, then an eighth more, so that little lies idle. */
export function grown<T extends Column>(column: T): T {
  const { length } = column;
  const larger = new (column.constructor as new (length: number) => T)(
    length < smallRows ? length * 2 : length + (length >> 3),
  );
  larger.set(column as never);
  return larger;
}
