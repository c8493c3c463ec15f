import { cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import type {
  AlertRecord,
  DaysTopicRecord,
  ProgressRecord,
  RatesRecord,
} from '@seamwatch/contracts/records.ts';
import { Journeys } from '../journeys/journeys.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import type { FixtureEvent } from './events.fixture.ts';
import { Segments } from './segments.ts';

const hashKey = new Uint8Array(16).fill(7);

const typeOf = (data: FixtureEvent['data']): string =>
  'closedAt' in data ? 'interaction.closed' : 'score' in data ? 'survey.answered' : 'survey.sent';

/** An event as the log holds it. */
export function recordOf(
  { data }: Pick<FixtureEvent, 'data'>,
  offset: number,
  appendedMs: number,
): LogRecord {
  const value = new TextEncoder().encode(JSON.stringify(cloudEvent(`e${offset}`, typeOf(data), data)));
  return { offset, appendedMs, key: null, value, headers: {} };
}

/** What a stage has written to its changelog: the newest value of each key, in the order of writing. */
class Changelog {
  readonly records = new Map<string, Uint8Array | null>();

  take(out: OutRecord): void {
    this.records.delete(out.key!);
    this.records.set(out.key!, out.value as Uint8Array | null);
  }
}

/** A rollup on its way from stage A to stage B. */
export interface Told {
  partition: number;
  value: Uint8Array;
  appendedMs: number;
  headers?: Record<string, string>;
}

/** Stage A of one partition, without a log. */
export class StageA {
  readonly #policy: Policy;
  readonly #partition: number;
  readonly #changelog = new Changelog();
  readonly #offsets = { interactions: 0, surveys: 0 };
  journeys: Journeys;

  constructor(policy: Policy, partition: number) {
    this.#policy = policy;
    this.#partition = partition;
    this.journeys = new Journeys({ partition, policy, hashKey });
  }

  apply(event: FixtureEvent, appendedMs: number): void {
    this.journeys.apply(event.topic, recordOf(event, this.#offsets[event.topic]++, appendedMs));
  }

  idle(topic: 'interactions' | 'surveys'): void {
    this.journeys.clocks[topic].state = 'idle';
  }

  commit(appendedMs: number): Told[] {
    const { rollups, changelog } = this.journeys.commit();
    for (const record of changelog) this.#changelog.take(record);
    return rollups.map((value) => ({ partition: this.#partition, value, appendedMs }));
  }

  /** Commits must have been taken; a new process goes on from the changelog. */
  restart(): void {
    this.journeys = new Journeys({ partition: this.#partition, policy: this.#policy, hashKey });
    for (const [key, value] of this.#changelog.records) this.journeys.restore(key, value);
    this.journeys.restored();
  }
}

export interface StageBOptions {
  policy: Policy;
  partitions: number;
  ratesFrom?: number;
}

/** Stage B without a log: keeps what it has shown, in order. */
export class StageB {
  #options: StageBOptions;
  readonly #state = new Changelog();
  #offset = 0;
  segments: Segments;
  progress: ProgressRecord | undefined;
  /** What was shown: JSON by topic, in order; without provisional figures, progress, and which segments there are. */
  readonly shown: Record<'rates' | 'days' | 'alerts', { key: string; json: string }[]> = {
    rates: [],
    days: [],
    alerts: [],
  };

  constructor(options: StageBOptions) {
    this.#options = options;
    this.segments = new Segments(options);
  }

  apply(told: Told): void {
    this.segments.apply(this.#recordOf(told));
  }

  /** Commits after so many steps of a rollup, at most, and dies there; a new process goes on. */
  applyInPart(told: Told, steps: number): void {
    const applying = this.segments.applying(this.#recordOf(told));
    for (let i = 0; i < steps && !applying.next().done; i++);
    this.commit();
    this.restart();
  }

  #recordOf({ partition, value, appendedMs, headers = {} }: Told): LogRecord {
    return { offset: this.#offset++, appendedMs, key: String(partition), value, headers };
  }

  commit(): void {
    for (const record of this.segments.commit().records) {
      if (record.topic === 'state') this.#state.take(record);
      else if (record.key === '~progress')
        this.progress = JSON.parse(record.value as string) as ProgressRecord;
      else if (!record.key!.startsWith('~')) {
        this.shown[record.topic as 'rates'].push({ key: record.key!, json: record.value as string });
      }
    }
  }

  /** What was not committed is lost: read on from the position that is returned. The policy may be another now. */
  restart(policy: Policy = this.#options.policy): number {
    this.#options = { ...this.#options, policy };
    this.segments = new Segments(this.#options);
    for (const [key, value] of this.#state.records) this.segments.restore(key, value);
    this.#offset = this.segments.restored().get('rollups-0')!;
    return this.#offset;
  }

  get alerts(): AlertRecord[] {
    return this.shown.alerts.map(({ json }) => JSON.parse(json) as AlertRecord);
  }

  /** The newest record of each key. */
  get rates(): Map<string, RatesRecord> {
    const newest = new Map<string, RatesRecord>();
    for (const { key, json } of this.shown.rates) {
      const record = JSON.parse(json) as RatesRecord;
      const earlier = newest.get(key)?.points ?? [];
      const windows = new Set(record.points.map((p) => p.window));
      newest.set(key, {
        ...record,
        points: [...earlier.filter((p) => !windows.has(p.window)), ...record.points],
      });
    }
    return newest;
  }

  get days(): Map<string, DaysTopicRecord> {
    return new Map(this.shown.days.map(({ key, json }) => [key, JSON.parse(json) as DaysTopicRecord]));
  }
}

/** Where two runs first show something else, and what; alerts first, as they explain what differs elsewhere. */
export function difference(found: Pick<StageB, 'shown'>, right: Pick<StageB, 'shown'>): object | undefined {
  for (const topic of ['alerts', 'days', 'rates'] as const) {
    const [a, b] = [found.shown[topic], right.shown[topic]];
    const at = a.findIndex((record, i) => record.json !== b[i]?.json);
    if (at < 0 && a.length === b.length) continue;
    const one = parts(a[at]?.json);
    const other = parts(b[at]?.json);
    const differs = [...one.keys(), ...other.keys()].filter((name) => one.get(name) !== other.get(name));
    const what = Object.fromEntries(differs.map((name) => [name, [one.get(name), other.get(name)]]));
    return { topic, at, key: a[at]?.key, found: a.length, right: b.length, what };
  }
  return undefined;
}

/** The fields of a record; points and evidence one by one. */
function parts(json = '{}'): Map<string, string> {
  const named = Object.entries(JSON.parse(json) as object).flatMap(([name, value]): [string, unknown][] =>
    Array.isArray(value) ? value.map((v, i) => [`${name}.${i}`, v]) : [[name, value]],
  );
  return new Map(named.map(([name, value]) => [name, JSON.stringify(value)]));
}

/** Runs stage A over events and tells what stage B gets: one list a partition. At the end all sources are idle. */
export function tellAll(
  events: readonly FixtureEvent[],
  options: {
    policy: Policy;
    partitions: number;
    appendedMs: (timeMs: number) => number;
    /** After which events (by number) to commit, and there also to restart. */
    commitAfter: (index: number) => boolean;
    restartAfter?: (index: number) => boolean;
    endIdle?: boolean;
  },
): Told[][] {
  const { policy, partitions, appendedMs, commitAfter, restartAfter = () => false, endIdle = true } = options;
  const stages = Array.from({ length: partitions }, (_, p) => new StageA(policy, p));
  const told: Told[][] = stages.map(() => []);
  const commit = (atMs: number) => {
    for (const [p, stage] of stages.entries()) told[p]!.push(...stage.commit(atMs));
  };
  for (const [i, event] of events.entries()) {
    stages[event.customer % partitions]!.apply(event, appendedMs(event.timeMs));
    if (!commitAfter(i)) continue;
    commit(appendedMs(event.timeMs));
    if (restartAfter(i)) for (const stage of stages) stage.restart();
  }
  const lastMs = appendedMs(events.at(-1)?.timeMs ?? 0);
  commit(lastMs);
  if (!endIdle) return told;
  for (const stage of stages) {
    stage.idle('interactions');
    stage.idle('surveys');
  }
  commit(lastMs);
  return told;
}
