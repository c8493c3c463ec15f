import type { TopicExpiry } from '@seamwatch/adapters/log/topic-expiry.ts';
import type { ForgetAct } from '@seamwatch/contracts/forgetting.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import { sourceName } from '@seamwatch/core/ports/event-log.ts';
import type { Entry, Held, Holdings } from './holdings.ts';

export const places = {
  journey: 'journey: contacts, interactions, surveys',
  events: 'events as they were sent',
  'dead-letters': 'refused events',
  'older-values': 'older values of the journey, until compaction',
  entries: 'the request itself: the hash alone',
  file: 'bytes between the records of the file',
} as const;
export type Place = keyof typeof places;

/**
 * `held`: nobody has asked to forget it. `new`: it came after the request. `waiting`: for a monitor that takes the request.
 * `going`: leaves by itself. `left`: should be gone.
 */
export type State = 'held' | 'new' | 'waiting' | 'going' | 'left';

/** What one place still holds of a customer. */
export interface Standing {
  place: Place;
  topics: Topic[];
  records: number;
  state: State;
  /** When the last of it goes, for `going`; null where nothing bounds it. */
  goneBy: string | null;
}

/** The newest request, as far as its record is known. */
export type Asked = Pick<ForgetAct, 'at' | 'announced'>;

export interface Rules {
  expiry: ReadonlyMap<Topic, TopicExpiry>;
  /** True where records can be deleted at once, as in the embedded store. */
  erases: boolean;
  nowMs: number;
  act: Asked | undefined;
}

/** The newest entry that forgets, by topic. */
export function lastEntries(holdings: Holdings): { interactions?: Entry; surveys?: Entry } {
  const of = (topic: Topic) => holdings.entries.findLast((entry) => entry.topic === topic);
  const [interactions, surveys] = [of('interactions'), of('surveys')];
  return { ...(interactions && { interactions }), ...(surveys && { surveys }) };
}

/** Has stage A taken the newest entry? */
export function isApplied({ positions, ...holdings }: Holdings): boolean {
  const entries = Object.values(lastEntries({ positions, ...holdings }));
  return entries.every((entry) => (positions.get(sourceName(entry)) ?? 0) > entry.offset);
}

/** Was this event in its topic before the request? */
export function isBefore(event: Held, holdings: Holdings, act: Asked | undefined): boolean {
  const last = lastEntries(holdings);
  const entry = last[event.topic as 'interactions' | 'surveys'];
  if (entry?.partition === event.partition) return event.offset < entry.offset;
  return event.appendedMs <= requestedMs(last.interactions, act);
}

const requestedMs = (entry: Entry | undefined, act: Asked | undefined): number =>
  entry?.appendedMs ?? (act ? Date.parse(act.at) : Number.NEGATIVE_INFINITY);

/** What is still held, place by place; places that hold nothing are left out. */
export function standingOf(holdings: Holdings, rules: Rules): Standing[] {
  const { expiry, erases, nowMs, act } = rules;
  const entry = lastEntries(holdings).interactions;
  const asked = entry !== undefined || act !== undefined;
  const applied = isApplied(holdings);
  const requested = requestedMs(entry, act);
  const appliedMs = holdings.tombstones.at(-1)?.appendedMs ?? requested;

  const standing: Standing[] = [];
  const add = (place: Place, state: State, list: readonly Held[], until?: (held: Held) => number | null) => {
    if (list.length === 0) return;
    const topics = [...new Set(list.map(({ topic }) => topic))].sort();
    const common = { place, topics, records: list.length };
    if (!until) {
      standing.push({ ...common, state, goneBy: null });
      return;
    }
    const times = list.map(until);
    const bounded = times.every((time) => time !== null);
    const lastMs = Math.max(...times.map((time) => time ?? 0));
    const promised = act?.announced.find((one) => one.place === place)?.goneBy;
    const dueMs = promised ? Date.parse(promised) : lastMs;
    const overdue = bounded && dueMs < nowMs;
    standing.push({ ...common, state: overdue ? 'left' : state, goneBy: bounded ? toRfc3339(lastMs) : null });
  };
  const sum = (ms: number, more: number | null | undefined) =>
    more === null || more === undefined ? null : ms + more;
  const retained = (h: Held) => sum(h.appendedMs, expiry.get(h.topic)?.retainedMs);
  const superseded = (sinceMs: number) => (h: Held) =>
    soonest(retained(h), sum(Math.max(sinceMs, h.appendedMs), expiry.get(h.topic)?.supersededMs));

  const current = holdings.journey.filter((h) => !h.superseded);
  add('journey', asked ? (applied ? 'new' : 'waiting') : 'held', current);

  const before = holdings.events.filter((event) => isBefore(event, holdings, act));
  const since = holdings.events.filter((event) => !before.includes(event));
  if (erases) add('events', applied ? 'left' : 'waiting', before);
  else add('events', 'going', before, retained);
  add('events', asked ? 'new' : 'held', since);

  const letters = Map.groupBy(holdings.deadLetters, (letter) =>
    letter.superseded ? 'going' : letter.appendedMs <= requested ? 'left' : asked ? 'new' : 'held',
  );
  for (const [state, list] of letters)
    add('dead-letters', state, list, state === 'going' ? superseded(requested) : undefined);

  const older = holdings.journey.filter((h) => h.superseded && (!asked || h.appendedMs <= appliedMs));
  add('older-values', 'going', older, superseded(appliedMs));
  add('entries', 'going', [...holdings.entries, ...holdings.tombstones], (h) =>
    soonest(retained(h), h.key === null ? null : sum(h.appendedMs, expiry.get(h.topic)?.tombstoneMs)),
  );
  return standing;
}

const soonest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
