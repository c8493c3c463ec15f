const seed = 0x9747b28c;
const m = 0x5bd1e995;

/** The 32-bit hash (signed) of Kafka's default partitioner: MurmurHash2 as in `org.apache.kafka.common.utils.Utils`. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const words = length & ~3;
  let h = seed ^ length;
  for (let i = 0; i < words; i += 4) {
    let k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length & 3;
  if (rest === 3) h ^= bytes[words + 2]! << 16;
  if (rest >= 2) h ^= bytes[words + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[words]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

/** Partition of a key among `partitions`, as Kafka's default partitioner chooses it; 0 for a null key. */
export function partitionOf(key: string | null, partitions: number): number {
  if (key === null || partitions === 1) return 0;
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}
