import { z } from 'zod';
import { decodeEntry, type EntryRecord, encodeEntry } from './entries.ts';

/**
 * A customer is to be forgotten: a CloudEvent in binary mode that `seamwatch forget` writes into both source topics, in the
 * partition of the customer, without a key. It is no event that others may send: the gateway and `replay` refuse it.
 */
export const customerForgottenType = 'seam.customer.forgotten.v1';

export const customerForgottenSchema = z.object({
  /** The keyed 64-bit hash of the customer id, 16 hex digits; the id itself is never written. */
  customer: z.string().regex(/^[0-9a-f]{16}$/),
  requestedAt: z.iso.datetime(),
});

export interface CustomerForgotten extends z.infer<typeof customerForgottenSchema> {
  /** The same in both topics. */
  request: string;
}

/** Where both topics have the entry within this time they are taken together; else the one of `interactions` stands alone. */
export const forgottenTogetherMs = 60_000;

/** Headers and value of the entry. */
export const encodeForgotten = ({ request, ...data }: CustomerForgotten) =>
  encodeEntry({ id: request, source: 'seamwatch/forget', type: customerForgottenType, data });

/** The entry in a record, or undefined where it is another one or malformed. */
export function decodeForgotten(record: EntryRecord): CustomerForgotten | undefined {
  const entry = decodeEntry(record, customerForgottenType, customerForgottenSchema);
  return typeof entry === 'object' ? { ...entry.data, request: entry.id } : undefined;
}

/** Topic `audit`: that a customer was forgotten, by whom and when. It holds neither the id nor the hash. */
export const forgetActSchema = z.object({
  kind: z.literal('customer_forgotten'),
  request: z.string(),
  at: z.iso.datetime(),
  by: z.string(),
  /** HMAC-SHA-256 of request and customer id under the hash key: who has both can tell whose act it was, nobody else. */
  proof: z.string(),
  /** What was held, and when the last of it goes; null where nothing bounds it. */
  announced: z.array(z.object({ place: z.string(), records: z.int(), goneBy: z.iso.datetime().nullable() })),
});
export type ForgetAct = z.infer<typeof forgetActSchema>;
