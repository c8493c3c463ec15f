import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** More than a batch of the largest records that a broker takes can ever be. */
const maxOutputLength = 256 * 1_048_576;
const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** The records of a batch were compressed with a codec that Node does not have. */
export class UnsupportedCompression extends Error {
  override readonly name = 'UnsupportedCompression';
}

/** Undoes the compression that the low three bits of a batch's attributes name. */
export function decompress(attributes: number, bytes: Buffer): Buffer {
  const codec = names[attributes & 7];
  if (codec === 'none') return bytes;
  if (codec === 'gzip') return gunzipSync(bytes, { maxOutputLength });
  if (codec === 'zstd') return zstdDecompressSync(bytes, { maxOutputLength });
  throw new UnsupportedCompression(
    `records are compressed with ${codec ?? `codec ${attributes & 7}`}; set compression.type to gzip, zstd or uncompressed on the topic or its producers`,
  );
}
