import { LzOutput } from './lz-output.ts';

const magic = 0x184d2204;
const hasDictionary = 0x01;
const hasContentChecksum = 0x04;
const hasContentSize = 0x08;
const hasBlockChecksums = 0x10;

/** Decompresses an LZ4 frame (LZ4 Frame Format 1.6.1), checksums not verified: the batch has its own. */
export function lz4Decompress(input: Buffer, limit: number): Buffer {
  if (input.readUInt32LE(0) !== magic) throw new Error('compressed records are not an LZ4 frame');
  const flags = input[4]!;
  if (flags & hasDictionary) throw new Error('LZ4 with a dictionary is not used by Kafka');
  let at = 4 + 2 + (flags & hasContentSize ? 8 : 0) + 1;
  const output = new LzOutput(input.length * 4, limit);
  for (;;) {
    const header = input.readUInt32LE(at);
    at += 4;
    if (header === 0) break;
    const size = header & 0x7fff_ffff;
    if (header >>> 31) output.literals(input, at, size);
    else block(input.subarray(at, at + size), output);
    at += size + (flags & hasBlockChecksums ? 4 : 0);
  }
  if (flags & hasContentChecksum && at + 4 > input.length)
    throw new Error('compressed records end too early');
  return output.bytes();
}

/** One block: sequences of literals and a repetition; the last one has literals only. */
function block(input: Buffer, output: LzOutput): void {
  let at = 0;
  /** Lengths of 15 go on in further bytes, up to one that is not 255. */
  const length = (nibble: number): number => {
    let value = nibble;
    if (nibble === 15) {
      let byte: number;
      do {
        byte = input[at++] ?? 0;
        value += byte;
      } while (byte === 255);
    }
    return value;
  };
  while (at < input.length) {
    const token = input[at++]!;
    const literals = length(token >>> 4);
    output.literals(input, at, literals);
    at += literals;
    if (at >= input.length) return;
    const distance = input.readUInt16LE(at);
    at += 2;
    output.repeat(distance, length(token & 15) + 4);
  }
}
