import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { lz4Decompress } from './lz4.ts';
import { snappyDecompress } from './snappy.ts';

/** More than a batch of the largest records that a broker takes can honestly be. */
const maxOutputLength = 256 * 1_048_576;

/** Undoes the compression that the low three bits of a batch's attributes name. Producers choose it, so all are read. */
export function decompress(attributes: number, bytes: Buffer): Buffer {
  const codec = attributes & 7;
  if (codec === 0) return bytes;
  if (codec === 1) return gunzipSync(bytes, { maxOutputLength });
  if (codec === 2) return snappyDecompress(bytes, maxOutputLength);
  if (codec === 3) return lz4Decompress(bytes, maxOutputLength);
  if (codec === 4) return zstdDecompressSync(bytes, { maxOutputLength });
  throw new Error(`records are compressed with codec ${codec}, which Kafka does not define`);
}
