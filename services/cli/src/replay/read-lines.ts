/** A physical line of a file: its bytes without the line feed, and whatever else ends it. */
export interface Line {
  /** From 1. */
  number: number;
  bytes: Buffer;
  /** Length in the file; more than `bytes` where the line was cut. */
  length: number;
}

/** Longer lines are cut: no event is that long, and memory stays bounded. */
export const maxLineBytes = 1024 * 1024;
const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Splits bytes into lines, in batches as they arrive. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[], void, undefined> {
  let number = 0;
  let open: Buffer[] = [];
  let kept = 0;
  let length = 0;
  const extend = (part: Buffer) => {
    length += part.length;
    const room = maxLineBytes - kept;
    if (room <= 0 || part.length === 0) return;
    open.push(part.length > room ? part.subarray(0, room) : part);
    kept += Math.min(part.length, room);
  };
  const close = (): Line => {
    number++;
    let bytes = open.length === 1 ? open[0]! : Buffer.concat(open, kept);
    if (number === 1 && bytes.subarray(0, 3).equals(byteOrderMark)) {
      bytes = bytes.subarray(3);
      length -= 3;
    }
    const line = { number, bytes, length };
    open = [];
    kept = 0;
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      extend(chunk.subarray(start, end));
      lines.push(close());
      start = end + 1;
    }
    extend(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [close()];
}

const carriageReturn = 0x0d;
/** The bytes without a carriage return at their end. */
export const withoutReturn = (bytes: Buffer): Buffer =>
  bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;

export const isBlank = (bytes: Buffer): boolean => {
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== carriageReturn) return false;
  return true;
};

export const isCut = (line: Line): boolean => line.length > line.bytes.length;
