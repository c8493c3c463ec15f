import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { customerLink } from '@seamwatch/core/journeys/forgetting.ts';
import { rowKey } from '@seamwatch/core/journeys/row-key.ts';

/** Bytes by which a customer can be found in the file of the embedded store: the id as events have it, and the hash. */
export function byteNeedles(id: string, hashKey: Uint8Array | undefined): Uint8Array[] {
  // A record key stands right before its JSON.
  const needles: Uint8Array[] = [Buffer.from(JSON.stringify(id)), Buffer.from(`${id}{`)];
  if (!hashKey) return needles;
  const { hi, lo } = new SipHash(hashKey).text(id);
  return [...needles, Buffer.from(rowKey('customer', hi, lo)), customerLink(hi, lo)];
}
