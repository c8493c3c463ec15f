import { partitionOf } from '@seamwatch/adapters/log/murmur2.ts';
import { type Decoded, decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { eventTypes, keyOf } from '@seamwatch/contracts/events.ts';
import { decodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import type { EventLog, LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import { count, plural, span } from '../terminal/text.ts';
import type { Finding } from './finding.ts';
import { readNewest } from './read-newest.ts';

const perPartition = 100;
const clockToleranceMs = 5_000;
/** Attributes whose values are the sender's own. */
const labels = ['category', 'channel', 'market', 'language', 'modelVersion'] as const;
/** So few contacts may all differ by chance. */
const fewContacts = 20;

/** Judges the newest real records: are they where Kafka's default partitioner puts them, keyed as they must be, readable? */
export async function checkRecords(log: EventLog, nowMs: number): Promise<Finding[]> {
  const newest = await readNewest(log, ['interactions', 'surveys'], perPartition);
  const records = newest
    .filter(({ record }) => !decodeForgotten(record))
    .map((placed) => ({ ...placed, decoded: decodeEvent(placed.record.value, placed.record.headers) }));
  if (records.length === 0) {
    const todo = 'send some: seamwatch replay, seamwatch simulate, or POST /v1/events';
    return [{ about: 'kafka', state: 'warning', found: 'no events have arrived yet', todo }];
  }
  const partitions = await log.partitions('interactions');
  return [
    partitioner(records, partitions),
    keys(records),
    readable(records),
    ...labels.flatMap((label) => tooManyValues(label, records)),
    clock(Math.max(...records.map(({ record }) => record.appendedMs)), nowMs),
  ];
}

type Placed = { source: Source; record: LogRecord; decoded: Decoded };

function partitioner(records: readonly Placed[], partitions: number): Finding {
  const keyed = records.filter(({ record }) => record.key !== null);
  const astray = keyed.filter(
    ({ source, record }) => partitionOf(record.key, partitions) !== source.partition,
  );
  if (astray.length === 0) {
    const found = `${plural(keyed.length, 'record')} looked at: all where the default partitioner puts them`;
    return { about: 'kafka', state: 'ok', found };
  }
  return {
    about: 'kafka',
    state: 'wrong',
    found: `${count(astray.length)} of ${plural(keyed.length, 'record')} are not in the partition of their key (murmur2)`,
    todo: "let producers use Kafka's default partitioner (librdkafka: partitioner=murmur2_random); else surveys miss their interactions",
  };
}

function keys(records: readonly Placed[]): Finding {
  let judged = 0;
  let other = 0;
  for (const { record, decoded } of records) {
    if (!decoded.ok) continue;
    judged++;
    if (record.key !== keyOf(decoded.event)) other++;
  }
  if (other === 0)
    return { about: 'kafka', state: 'ok', found: `${plural(judged, 'event')} have the right key` };
  return {
    about: 'kafka',
    state: 'wrong',
    found: `${count(other)} of ${plural(judged, 'event')} are not keyed by customerId, or by interactionId where that is null`,
    todo: "key them so; else one customer's contacts and surveys are not seen together",
  };
}

function readable(records: readonly Placed[]): Finding {
  const codes = new Map<string, number>();
  for (const { decoded } of records) {
    if (!decoded.ok) codes.set(decoded.code, (codes.get(decoded.code) ?? 0) + 1);
  }
  if (codes.size === 0) return { about: 'kafka', state: 'ok', found: 'the newest events can all be read' };
  const list = [...codes].map(([code, n]) => `${code} ${count(n)}`).join(', ');
  const todo = 'seamwatch dead-letters list shows them, and what is wrong';
  return { about: 'kafka', state: 'warning', found: `of the newest events some are bad: ${list}`, todo };
}

/** An order number among the attributes makes a cell of each contact: memory, and nothing that could be compared. */
function tooManyValues(label: (typeof labels)[number], records: readonly Placed[]): Finding[] {
  const values = records.flatMap(({ decoded }) => {
    if (!decoded.ok || decoded.event.type !== eventTypes.interactionClosed) return [];
    return decoded.event.data[label] ?? [];
  });
  const distinct = new Set(values).size;
  if (values.length <= fewContacts || 2 * distinct <= values.length) return [];
  const found = `${label} has ${count(distinct)} values in ${plural(values.length, 'contact')}, such as "${values.at(-1)}"`;
  const todo = 'send values that many contacts share; each combination is counted, and kept, by itself';
  return [{ about: 'kafka', state: 'warning', found, todo }];
}

/** Records are stamped by the brokers' clock. An old newest record says nothing of a clock that is ahead. */
function clock(newestMs: number, nowMs: number): Finding {
  if (newestMs <= nowMs + clockToleranceMs) {
    return {
      about: 'kafka',
      state: 'ok',
      found: `this clock is not behind Kafka's (newest record ${span(nowMs - newestMs)} ago)`,
    };
  }
  return {
    about: 'kafka',
    state: 'wrong',
    found: `this clock is ${span(newestMs - nowMs)} behind Kafka's`,
    todo: 'synchronise the clocks of this machine and of the brokers (chrony, systemd-timesyncd)',
  };
}
