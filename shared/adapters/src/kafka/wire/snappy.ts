import { LzOutput } from './lz-output.ts';

/** Java's producers wrap Snappy blocks: magic, two versions, then blocks with their lengths. */
const javaMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const javaHeader = 16;

/** Decompresses Snappy, bare or as Java's streams wrap it. */
export function snappyDecompress(input: Buffer, limit: number): Buffer {
  const output = new LzOutput(input.length * 4, limit);
  if (input.subarray(0, javaMagic.length).equals(javaMagic)) {
    for (let at = javaHeader; at < input.length; ) {
      const size = input.readUInt32BE(at);
      at += 4;
      block(input.subarray(at, at + size), output);
      at += size;
    }
  } else {
    block(input, output);
  }
  return output.bytes();
}

/** One block: its decompressed length, then literals and copies. Copies do not reach beyond the block's start. */
function block(input: Buffer, output: LzOutput): void {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++] ?? 0;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  const end = output.length + length;
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let size = tag >>> 2;
      if (size >= 60) {
        const bytes = size - 59;
        size = input.readUIntLE(at, bytes);
        at += bytes;
      }
      output.literals(input, at, size + 1);
      at += size + 1;
    } else if (kind === 1) {
      output.repeat(((tag >>> 5) << 8) | input[at++]!, ((tag >>> 2) & 7) + 4);
    } else {
      const bytes = kind === 2 ? 2 : 4;
      output.repeat(input.readUIntLE(at, bytes), (tag >>> 2) + 1);
      at += bytes;
    }
  }
  if (output.length !== end) throw new Error('compressed records end too early');
}
