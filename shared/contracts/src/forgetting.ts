import { z } from 'zod';
import type { Headers } from './cloudevents.ts';

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
export function encodeForgotten({ request, ...data }: CustomerForgotten): {
  headers: Record<string, string>;
  value: string;
} {
  return {
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: request,
      ce_source: 'seamwatch/forget',
      ce_type: customerForgottenType,
    },
    value: JSON.stringify(data),
  };
}

/** The entry in a record, or undefined where it is another one or malformed. Cheap for other records: it is asked of each. */
export function decodeForgotten(record: {
  headers: Headers;
  value: Uint8Array | null;
}): CustomerForgotten | undefined {
  if (record.headers.ce_type !== customerForgottenType || record.value === null) return undefined;
  try {
    const parsed = customerForgottenSchema.safeParse(JSON.parse(new TextDecoder().decode(record.value)));
    return parsed.success ? { ...parsed.data, request: record.headers.ce_id ?? '' } : undefined;
  } catch {
    return undefined;
  }
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
