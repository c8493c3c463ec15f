import { decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { keyOf } from '@seamwatch/contracts/events.ts';
import { decodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { customerLink } from '@seamwatch/core/journeys/forgetting.ts';
import { rowKey } from '@seamwatch/core/journeys/row-key.ts';
import { type EventLog, type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { readToEnd } from '../targets/read-to-end.ts';
import { holdsId } from './holds-id.ts';

/** A record that holds the customer's id or hash. */
export interface Held extends Source {
  offset: number;
  appendedMs: number;
  key: string | null;
  /** A newer record of the same key has come: the bytes are only waiting for compaction. */
  superseded: boolean;
}

/** An entry in the log that forgets the customer. */
export interface Entry extends Held {
  request: string;
}

/** All that a log holds of a customer, oldest first. */
export interface Holdings {
  events: Held[];
  deadLetters: Held[];
  /** Changelog records of the journey: its row, its interactions, surveys of its own that wait. */
  journey: Held[];
  /** Tombstones whose key is the hash. */
  tombstones: Held[];
  entries: Entry[];
  /** How far stage A has read, by `sourceName`. */
  positions: ReadonlyMap<string, number>;
  /** False where customers that stage A has taken are not found under this key: it is not the monitor's. */
  keyFits: boolean;
}

export interface Wanted {
  id: string;
  /** 16 bytes; undefined where no monitor has ever run, so that there are no hashes. */
  hashKey: Uint8Array | undefined;
}

/** Reads all topics that can hold a customer's id or hash. `onRecords` hears how many records were read. */
export async function findHoldings(
  log: EventLog,
  { id, hashKey }: Wanted,
  onRecords: (count: number) => void = () => {},
): Promise<Holdings> {
  const hash = hashKey && new SipHash(hashKey);
  const positions = await log.groupPositions('journeys', ['interactions', 'surveys']);
  const search: Search = { read: countingReader(log, onRecords), id, hashed: hash && hashedOf(id, hash) };

  const { events, entries, taken } = await searchEvents(search, positions);
  const known = hash ? customerKeysOf(taken, hash) : new Set<string>();
  const { rows, tombstones, keyFits } = await searchJourneys(search, known);
  const { outcomes, deadLetters } = await searchOutcomesAndDeadLetters(search);
  const journey = [...rows, ...outcomes];
  return { events, deadLetters, journey, tombstones, entries, positions, keyFits };
}

interface Search {
  read: (topics: readonly Topic[], visit: (record: LogRecord, source: Source) => void) => Promise<void>;
  id: string;
  hashed: Hashed | undefined;
}

/** How a customer is known by its hash: the key of its row, and the end of the rows of its interactions. */
interface Hashed {
  rowKey: string;
  link: Buffer;
}

function hashedOf(id: string, hash: SipHash): Hashed {
  const { hi, lo } = hash.text(id);
  return { rowKey: rowKey('customer', hi, lo), link: Buffer.from(customerLink(hi, lo)) };
}

function countingReader(log: EventLog, onRecords: (count: number) => void): Search['read'] {
  let count = 0;
  return (topics, visit) =>
    readToEnd(log, topics, (record, source) => {
      if (++count % 10_000 === 0) onRecords(count);
      visit(record, source);
    });
}

/** So many of the newest contacts tell whether the key is the monitor's. */
const sampleSize = 50;

/** What was sent of the customer, the entries that forget it, and the newest contacts of anybody that stage A has taken. */
async function searchEvents({ read, id, hashed }: Search, positions: Holdings['positions']) {
  const events: Held[] = [];
  const entries: Entry[] = [];
  let taken: LogRecord[] = [];
  await read(['interactions', 'surveys'], (record, source) => {
    const entry = decodeForgotten(record);
    if (entry) {
      if (`c${entry.customer}` === hashed?.rowKey)
        entries.push({ ...held(record, source), request: entry.request });
      return;
    }
    if (holdsId(record, id)) events.push(held(record, source));
    if (source.topic === 'surveys' || record.offset >= (positions.get(sourceName(source)) ?? 0)) return;
    taken.push(record);
    if (taken.length >= 2 * sampleSize) taken = taken.slice(-sampleSize);
  });
  return { events, entries, taken };
}

/** The keys of the rows that stage A has of these customers, if this hash is its own. */
function customerKeysOf(contacts: readonly LogRecord[], hash: SipHash): Set<string> {
  const keys = new Set<string>();
  for (const { value, headers } of contacts) {
    const decoded = decodeEvent(value, headers);
    if (!decoded.ok || !('customerId' in decoded.event.data)) continue;
    const customer = decoded.event.data.customerId;
    if (customer === null || customer !== keyOf(decoded.event)) continue;
    hash.text(customer);
    keys.add(rowKey('customer', hash.hi, hash.lo));
  }
  return keys;
}

/** The customer's rows and tombstones, and whether any of the customers that must be known is there. */
async function searchJourneys({ read, hashed }: Search, known: ReadonlySet<string>) {
  const rows: Held[] = [];
  const tombstones: Held[] = [];
  let keyFits = known.size === 0;
  if (!hashed) return { rows, tombstones, keyFits };
  await read(['journeys'], (record, source) => {
    if (record.key !== null && known.has(record.key)) keyFits = true;
    if (record.key !== hashed.rowKey) return;
    const before = rows.at(-1);
    if (before) before.superseded = true;
    (record.value === null ? tombstones : rows).push(held(record, source));
  });
  return { rows, tombstones, keyFits };
}

/** What stage A keeps of the customer's interactions and surveys, and refused events that hold the id. */
async function searchOutcomesAndDeadLetters(search: Search) {
  const outcomes: Held[] = [];
  const deadLetters: Held[] = [];
  const newest = new Map<string, Held>();
  await search.read(['outcomes', 'dead-letters'], (record, source) => {
    const name = `${sourceName(source)} ${record.key}`;
    const before = newest.get(name);
    if (before) before.superseded = true;
    newest.delete(name);
    if (record.value === null) return;
    const isLetter = source.topic === 'dead-letters';
    const isHeld = isLetter ? holdsId(record, search.id) : isOutcomeOf(search, record.key, record.value);
    if (!isHeld) return;
    const one = held(record, source);
    (isLetter ? deadLetters : outcomes).push(one);
    newest.set(name, one);
  });
  return { outcomes, deadLetters };
}

/** Is it an interaction that is linked to the customer, or a survey of its own that waits? */
function isOutcomeOf({ id, hashed }: Search, key: string | null, value: Uint8Array): boolean {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (key?.startsWith('i'))
    return hashed !== undefined && bytes.subarray(-hashed.link.length).equals(hashed.link);
  return key?.startsWith('s') === true && bytes.includes(JSON.stringify(id));
}

const held = ({ offset, appendedMs, key }: LogRecord, { topic, partition }: Source): Held => ({
  topic,
  partition,
  offset,
  appendedMs,
  key,
  superseded: false,
});
