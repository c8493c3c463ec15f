import type { z } from 'zod';
import type { Headers } from './cloudevents.ts';

/** A record in which an entry may be. */
export interface EntryRecord {
  headers: Headers;
  value: Uint8Array | null;
}

interface Entry {
  id: string;
  source: string;
  type: string;
  data: object;
}

/** Headers and value of what a command writes between the records of others: a CloudEvent in binary mode. */
export const encodeEntry = (entry: Entry): { headers: Record<string, string>; value: string } => ({
  headers: {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: entry.id,
    ce_source: entry.source,
    ce_type: entry.type,
  },
  value: JSON.stringify(entry.data),
});

/** The entry of a type in a record; undefined where it is another record. Cheap for those: it is asked of each. */
export function decodeEntry<Data>(
  record: EntryRecord,
  type: string,
  schema: z.ZodType<Data>,
): { id: string; data: Data } | 'malformed' | undefined {
  const { headers } = record;
  if (headers.ce_type !== type) return undefined;
  const { value } = record;
  if (value === null) return 'malformed';
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(value)));
    return parsed.success ? { id: headers.ce_id ?? '', data: parsed.data } : 'malformed';
  } catch {
    return 'malformed';
  }
}
