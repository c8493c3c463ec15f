import { decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { keyOf } from '@seamwatch/contracts/events.ts';
import { decodeForgotten } from '@seamwatch/contracts/forgetting.ts';
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

/** So many of the newest contacts tell whether the key is the monitor's. */
const sampleSize = 50;

/** Reads all topics that can hold a customer's id or hash. `onRecords` hears how many records were read. */
export async function findHoldings(
  log: EventLog,
  { id, hashKey }: Wanted,
  onRecords: (count: number) => void = () => {},
): Promise<Holdings> {
  const hash = hashKey && new SipHash(hashKey);
  const { hi, lo } = hash?.text(id) ?? { hi: 0, lo: 0 };
  const customerKey = rowKey('customer', hi, lo);
  const link = Buffer.from(customerLink(hi, lo));
  const positions = await log.groupPositions('journeys', ['interactions', 'surveys']);
  const found = {
    events: [] as Held[],
    deadLetters: [] as Held[],
    journey: [] as Held[],
    tombstones: [] as Held[],
    entries: [] as Entry[],
  };
  let count = 0;
  const counted =
    (visit: (record: LogRecord, source: Source) => void) => (record: LogRecord, source: Source) => {
      if (++count % 10_000 === 0) onRecords(count);
      visit(record, source);
    };
  const sampled = new Set<string>();
  let recent: LogRecord[] = [];

  await readToEnd(
    log,
    ['interactions', 'surveys'],
    counted((record, source) => {
      const entry = decodeForgotten(record);
      if (entry) {
        if (`c${entry.customer}` === customerKey)
          found.entries.push({ ...held(record, source), request: entry.request });
        return;
      }
      if (holdsId(record, id)) found.events.push(held(record, source));
      if (source.topic === 'surveys' || record.offset >= (positions.get(sourceName(source)) ?? 0)) return;
      recent.push(record);
      if (recent.length >= 2 * sampleSize) recent = recent.slice(-sampleSize);
    }),
  );
  for (const { value, headers } of recent) {
    const decoded = decodeEvent(value, headers);
    if (!hash || !decoded.ok || !('customerId' in decoded.event.data)) continue;
    const customer = decoded.event.data.customerId;
    if (customer === null || customer !== keyOf(decoded.event)) continue;
    hash.text(customer);
    sampled.add(rowKey('customer', hash.hi, hash.lo));
  }

  let fits = sampled.size === 0;
  const newest = new Map<string, Held>();
  const supersede = (name: string) => {
    const before = newest.get(name);
    if (before) before.superseded = true;
    newest.delete(name);
  };
  const keep = (list: Held[], name: string, record: LogRecord, source: Source) => {
    const one = held(record, source);
    list.push(one);
    newest.set(name, one);
  };
  if (hash) {
    await readToEnd(
      log,
      ['journeys'],
      counted((record, source) => {
        if (record.key !== null && sampled.has(record.key)) fits = true;
        if (record.key !== customerKey) return;
        supersede(customerKey);
        if (record.value === null) found.tombstones.push(held(record, source));
        else keep(found.journey, customerKey, record, source);
      }),
    );
  }
  await readToEnd(
    log,
    ['outcomes', 'dead-letters'],
    counted((record, source) => {
      const name = `${sourceName(source)} ${record.key}`;
      supersede(name);
      if (record.value === null) return;
      if (source.topic === 'dead-letters') {
        if (holdsId(record, id)) keep(found.deadLetters, name, record, source);
        return;
      }
      const value = Buffer.from(record.value);
      const isLinked =
        hash !== undefined && record.key?.startsWith('i') && value.subarray(-link.length).equals(link);
      const waits = record.key?.startsWith('s') && value.includes(JSON.stringify(id));
      if (isLinked || waits) keep(found.journey, name, record, source);
    }),
  );
  return { ...found, positions, keyFits: fits };
}

const held = ({ offset, appendedMs, key }: LogRecord, { topic, partition }: Source): Held => ({
  topic,
  partition,
  offset,
  appendedMs,
  key,
  superseded: false,
});
