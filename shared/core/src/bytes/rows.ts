/** Rows of a piece of memory: as a power of two. */
const pieceBits = 16;
const pieceRows = 2 ** pieceBits;
const inPiece = pieceRows - 1;

/**
 * Rows of a fixed size, the fields of each side by side: all that is known of one thing lies in one or two lines of the
 * processor's cache, where columns apart would take one each. Memory is taken in pieces of 65,536 rows, so that nothing is
 * copied when there are more. It is read and written by columns.
 */
export class Rows {
  readonly bytesEach: number;
  readonly floats: Float64Array[] = [];
  readonly ints: Int32Array[] = [];
  readonly words: Uint32Array[] = [];
  readonly shorts: Int16Array[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly signedBytes: Int8Array[] = [];

  /** `bytesEach`: a multiple of 8. */
  constructor(bytesEach: number) {
    this.bytesEach = bytesEach;
  }

  /** Makes room for a row. */
  reserve(row: number): void {
    while (row >= this.floats.length * pieceRows) {
      const piece = new ArrayBuffer(pieceRows * this.bytesEach);
      this.floats.push(new Float64Array(piece));
      this.ints.push(new Int32Array(piece));
      this.words.push(new Uint32Array(piece));
      this.shorts.push(new Int16Array(piece));
      this.bytes.push(new Uint8Array(piece));
      this.signedBytes.push(new Int8Array(piece));
    }
  }
}

/** Where a column stands: in which rows, and at which byte of each. */
abstract class Column {
  protected readonly step: number;
  protected readonly first: number;

  constructor(rows: Rows, byte: number, width: number) {
    if (byte % width !== 0 || byte + width > rows.bytesEach)
      throw new RangeError(`no column of ${width} bytes fits at ${byte} in a row of ${rows.bytesEach}`);
    this.step = rows.bytesEach / width;
    this.first = byte / width;
  }
}

// One class for each type, so that each access is compiled for the one type of array that it meets.

export class FloatColumn extends Column {
  readonly #pieces: readonly Float64Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 8);
    this.#pieces = rows.floats;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}

/** −2³¹ … 2³¹ − 1. */
export class IntColumn extends Column {
  readonly #pieces: readonly Int32Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 4);
    this.#pieces = rows.ints;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}

/** 0 … 2³² − 1. */
export class WordColumn extends Column {
  readonly #pieces: readonly Uint32Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 4);
    this.#pieces = rows.words;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}

/** −2¹⁵ … 2¹⁵ − 1. */
export class ShortColumn extends Column {
  readonly #pieces: readonly Int16Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 2);
    this.#pieces = rows.shorts;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}

/** 0 … 255. */
export class ByteColumn extends Column {
  readonly #pieces: readonly Uint8Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 1);
    this.#pieces = rows.bytes;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}

/** −128 … 127. */
export class SignedByteColumn extends Column {
  readonly #pieces: readonly Int8Array[];

  constructor(rows: Rows, byte: number) {
    super(rows, byte, 1);
    this.#pieces = rows.signedBytes;
  }
  get(row: number): number {
    return this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first]!;
  }
  set(row: number, value: number): void {
    this.#pieces[row >>> pieceBits]![(row & inPiece) * this.step + this.first] = value;
  }
}
