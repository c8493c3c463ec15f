import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';

/** In bytes that are no JSON an id this short would be found everywhere. */
const shortest = 6;

/** Does a record hold this customer id: as its key, in a header, or as a value anywhere in it, whole or broken as it may be? */
export function holdsId(record: Pick<LogRecord, 'key' | 'value' | 'headers'>, id: string): boolean {
  if (record.key === id) return true;
  if (Object.values(record.headers).some((text) => text === id || mentions(text, id))) return true;
  const { value } = record;
  if (value === null) return false;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.includes(JSON.stringify(id))) return true;
  // Senders may write other escapes than ours, or a number.
  if (/^[\w.@:+-]*[A-Za-z][\w.@:+-]*$/.test(id) && !bytes.includes(id)) return false;
  const text = bytes.toString('utf8');
  try {
    return isIn(JSON.parse(text), id);
  } catch {
    return mentions(text, id);
  }
}

function isIn(value: unknown, id: string, name = ''): boolean {
  if (typeof value === 'string') return value === id;
  if (typeof value === 'number') return /customer/i.test(name) && String(value) === id;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => isIn(inner, id, key));
}

/** In quotes, or, where it is long enough to be told from other text, as a word. */
function mentions(text: string, id: string): boolean {
  if (text.includes(JSON.stringify(id))) return true;
  if (id.length < shortest) return false;
  const word = /[\p{L}\p{N}_-]/u;
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    if (!word.test(text[at - 1] ?? ' ') && !word.test(text[at + id.length] ?? ' ')) return true;
  }
  return false;
}
