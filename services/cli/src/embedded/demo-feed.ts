import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { keyOf, topicOf } from '@seamwatch/contracts/events.ts';
import type { LogRecord, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { CommitPace } from '@seamwatch/monitor/commit-pace.ts';
import { journeysStage } from '@seamwatch/monitor/journeys-stage.ts';
import { journeysSpec, type MonitorOptions, runJourneys } from '@seamwatch/monitor/monitor.ts';
import { demoScenario } from '@seamwatch/simulator/demo.ts';
import { type Arrival, simulateArrivals } from '@seamwatch/simulator/simulate.ts';
import type { StageNews } from './stage-work.ts';
import { TopicFeeds } from './topic-feeds.ts';

/** History is committed in large pieces: what is overwritten in between need not be stored. */
const demoHistoryPace: CommitPace = { records: 60_000, everyMs: 60_000 };
const batchSize = 2_000;

export interface DemoOptions extends MonitorOptions {
  log: SqliteEventLog;
  /** Clock time at which history ends and live events begin, in ms. */
  endMs: number;
  seed: number;
  say: (news: StageNews) => void;
}

/** Feeds stage A with a simulated year, then goes on with the same simulation as the clock goes. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { log, policy, endMs, seed, signal, say } = options;
  const { to: _, ...scenario } = demoScenario({ now: endMs, seed, timeZone: policy.timeZone });
  const history = new History(simulateArrivals(scenario), endMs, (events) =>
    say({ kind: 'history', events }),
  );
  const stage = {
    policy,
    hashKey: options.hashKey,
    signal,
    now: Date.now,
    pace: demoHistoryPace,
    untilEnd: true,
  };
  await log.participateWith(journeysSpec, (unit) => journeysStage(unit, stage), signal, history.feeds());
  await log.append(history.changes);
  say({ kind: 'live' });
  await Promise.all([runJourneys(options), goLive(log, history.live(), signal)]);
}

/** One simulation, dealt out: events up to `end` by topic for the stage to read, what comes later for the clock. */
class History {
  readonly changes: OutRecord[] = [];
  readonly #arrivals: Iterator<Arrival, void>;
  readonly #end: number;
  readonly #progress: (events: number) => void;
  readonly #feeds: TopicFeeds;
  #events = 0;
  /** The first arrival after the end. */
  #next: Arrival | undefined;

  constructor(arrivals: Iterator<Arrival, void>, end: number, progress: (events: number) => void) {
    this.#arrivals = arrivals;
    this.#end = end;
    this.#progress = progress;
    this.#feeds = new TopicFeeds(end, () => this.#draw());
  }

  feeds(): Map<string, AsyncIterable<LogRecord[]>> {
    return this.#feeds.bySource;
  }

  #draw(): boolean {
    let goesOn = true;
    for (let i = 0; i < batchSize; i++) {
      const { value: arrival } = this.#arrivals.next();
      if (!arrival || arrival.arrivedMs > this.#end) {
        this.#next = arrival ?? undefined;
        goesOn = false;
        break;
      }
      this.#events++;
      const topic = topicOf(arrival.event.type);
      if (topic === 'changes') this.changes.push(toRecord(arrival));
      else this.#feeds.put(topic, encoder.encode(JSON.stringify(arrival.event)));
    }
    this.#progress(this.#events);
    return goesOn;
  }

  *live(): Generator<Arrival> {
    if (this.#next) yield this.#next;
    for (let next = this.#arrivals.next(); !next.done; next = this.#arrivals.next()) yield next.value;
  }
}

const encoder = new TextEncoder();

const toRecord = ({ event }: Arrival): OutRecord => ({
  topic: topicOf(event.type),
  key: keyOf(event),
  value: JSON.stringify(event),
});

async function goLive(log: SqliteEventLog, arrivals: Iterable<Arrival>, signal: AbortSignal): Promise<void> {
  for (const arrival of arrivals) {
    while (arrival.arrivedMs > Date.now()) {
      await sleep(Math.min(1_000, arrival.arrivedMs - Date.now() + 1), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
    }
    await log.append([toRecord(arrival)]);
  }
}
