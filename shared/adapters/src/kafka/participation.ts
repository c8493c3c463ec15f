import { setTimeout as sleep } from 'node:timers/promises';
import type { Unit, UnitSpec } from '@seamwatch/core/ports/event-log.ts';
import { RunningUnits } from '../log/running-units.ts';
import type { KafkaCluster } from './cluster.ts';
import { isFenced, isPassing, messageOf } from './errors.ts';
import { GroupMember } from './group-member.ts';
import { KafkaUnit } from './kafka-unit.ts';
import type { LogSink } from './log-sink.ts';
import type { TopicPlaces } from './topic-places.ts';
import { Watchdog } from './watchdog.ts';

/** A unit that was fenced or could not be opened is taken up again after this long, if it still is assigned here. */
const againMs = 500;

export interface ParticipationOptions {
  spec: UnitSpec;
  run: (unit: Unit) => Promise<void>;
  /** Units of the spec: the partition count of its topics. */
  units: number;
  places: TopicPlaces;
  /** New connections to the brokers. */
  connections: () => KafkaCluster;
  sessionMs: number;
  handOverMs: number;
  watchdogMs: number;
  log: LogSink;
}

/** One member's part in a group: runs the units that the group assigns to it. */
export class Participation {
  readonly #options: ParticipationOptions;
  readonly #running: RunningUnits<KafkaUnit>;
  readonly #opening = new Map<number, KafkaUnit>();
  readonly #member: GroupMember;
  readonly #memberCluster: KafkaCluster;
  readonly #failed = Promise.withResolvers<never>();
  readonly #left = new AbortController();
  #desired: ReadonlySet<number> = new Set();
  /** From here on nothing more is taken up, whatever the group still assigns. */
  #ending = false;

  constructor(options: ParticipationOptions) {
    const { spec, places, log } = options;
    this.#options = options;
    this.#running = new RunningUnits(options.run, options.handOverMs);
    this.#memberCluster = options.connections();
    this.#member = new GroupMember({
      cluster: this.#memberCluster,
      groupId: places.fullName(spec.group),
      topics: spec.topics.map((topic) => places.fullName(topic)),
      units: options.units,
      sessionMs: options.sessionMs,
      log,
      held: () => [...this.#running.partitions, ...this.#opening.keys()],
      assigned: (units) => {
        if (this.#ending) return;
        log.info({ group: spec.group, units }, 'units assigned');
        this.#desired = new Set(units);
        this.#reconcile();
      },
    });
    this.#failed.promise.catch(() => {});
  }

  /** Resolves after `signal` aborts, all units have closed and the group was left; throws an owner's error. */
  async run(signal: AbortSignal): Promise<void> {
    const watchdog = new Watchdog(this.#options.places.cluster, this.#options.watchdogMs);
    const membership = this.#member.run(this.#left.signal);
    membership.catch(() => {});
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      await Promise.race([
        aborted.promise,
        membership,
        this.#running.failed,
        this.#failed.promise,
        watchdog.watch(() => this.#running.units, this.#left.signal),
      ]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#ending = true;
      this.#desired = new Set();
      await this.#running.stopAll();
      await Promise.all([...this.#opening.values()].map((unit) => unit.close()));
      this.#left.abort();
      await membership.catch(() => {});
      await this.#memberCluster.close();
    }
  }

  /** Opens what is assigned and does not run, stops what runs and is not assigned. */
  #reconcile(): void {
    for (const partition of this.#running.partitions) {
      if (!this.#desired.has(partition)) void this.#running.stop(partition);
    }
    for (const partition of this.#desired) {
      const known =
        this.#running.has(partition) || this.#opening.has(partition) || this.#running.finished.has(partition);
      if (!known) void this.#open(partition);
    }
  }

  async #open(partition: number): Promise<void> {
    const { spec, places, connections, log } = this.#options;
    const unit = new KafkaUnit(places, connections(), spec.group, spec.topics, partition);
    this.#opening.set(partition, unit);
    try {
      await unit.open();
    } catch (error) {
      this.#opening.delete(partition);
      await unit.close();
      if (!this.#desired.has(partition)) return;
      if (!isPassing(error) && !isFenced(error)) return this.#failed.reject(error);
      log.warn({ unit: unit.name }, `cannot be opened, trying again: ${messageOf(error)}`);
      return this.#again();
    }
    this.#opening.delete(partition);
    if (!this.#desired.has(partition)) {
      await unit.close();
      if (!this.#ending) this.#member.rejoin();
      return;
    }
    log.info({ unit: unit.name }, 'unit opened');
    this.#running.start(unit, () => {
      log.info({ unit: unit.name }, 'unit closed');
      // It has been promised to another member, who gets it in the next round.
      if (this.#ending) return;
      if (!this.#desired.has(partition)) this.#member.rejoin();
      else void this.#again();
    });
  }

  async #again(): Promise<void> {
    await sleep(againMs, undefined, { signal: this.#left.signal }).catch(() => {});
    if (!this.#left.signal.aborted) this.#reconcile();
  }
}
