import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '@seamwatch/adapters/log/murmur2.ts';
import type { TopicExpiry } from '@seamwatch/adapters/log/topic-expiry.ts';
import type { SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { encodeForgotten, type ForgetAct, forgottenTogetherMs } from '@seamwatch/contracts/forgetting.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { rowKey } from '@seamwatch/core/journeys/row-key.ts';
import { type EventLog, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { hashKeyOf, knownHashKey } from '@seamwatch/monitor/hash-key.ts';
import { findAct, proofOf } from './acts.ts';
import { byteNeedles } from './byte-needles.ts';
import { findHoldings, type Holdings } from './holdings.ts';
import { type Asked, isApplied, isBefore, type Standing, standingOf } from './standing.ts';

const applyPollMs = 50;

export interface ForgetterOptions {
  log: EventLog;
  /** The same log where it is the embedded store, which can erase at once. */
  store: SqliteEventLog | undefined;
  expiry: ReadonlyMap<Topic, TopicExpiry>;
  /** `SEAMWATCH_HASH_KEY`. */
  hashKeySetting: string | undefined;
  now: () => number;
  onRecords?: (count: number) => void;
}

export interface Forgotten {
  /** Absent: nothing was held, and nothing was done. */
  act: ForgetAct | undefined;
  /** False where it had been asked before and nothing had come since. */
  isNew: boolean;
  /** What was held, and what still is. */
  before: Standing[];
  after: Standing[];
}

/** Forgets a customer in every place of a log, and tells what is left. */
export class Forgetter {
  readonly #options: ForgetterOptions;
  readonly #id: string;

  constructor(id: string, options: ForgetterOptions) {
    this.#id = id;
    this.#options = options;
  }

  /**
   * Asks stage A to forget by an entry in the log, takes refused events away, waits up to `waitMs` for a monitor, erases
   * what can be erased, and records the act. Asking again completes what was left undone. Throws `SEAM_CONFIG` where the hash
   * key is not the monitor's, `SEAM_NOT_READY` where the log is too slow for an entry in both topics.
   */
  async forget(by: string, waitMs: number): Promise<Forgotten> {
    const { log, hashKeySetting, now } = this.#options;
    const look = await this.#look();
    const before = await this.#standing(look, look.act);
    const held = before.filter(({ place }) => place !== 'entries');
    if (held.length === 0) return { act: look.act, isNew: false, before, after: before };
    const hashKey = look.hashKey ?? (await hashKeyOf(hashKeySetting, log));

    const isNew = held.some(({ state }) => state === 'held' || state === 'new');
    const request = isNew ? randomUUID() : (look.act?.request ?? lastRequest(look.holdings) ?? randomUUID());
    const at = toRfc3339(now());
    if (isNew) await this.#appendEntries(request, at, hashKey);
    await this.#removeDeadLetters(look.holdings);
    if (isNew || !isApplied(look.holdings)) await this.#waitForMonitor(waitMs);
    await this.#erase(hashKey);

    const left = await this.#look();
    const known = left.act?.request === request ? left.act : undefined;
    const after = await this.#standing(left, known ?? { at, announced: [] });
    if (known) return { act: known, isNew, before, after };
    const announced = after.map(({ place, records, goneBy }) => ({ place, records, goneBy }));
    const proof = proofOf(request, this.#id, hashKey);
    const act: ForgetAct = { kind: 'customer_forgotten', request, at, by, proof, announced };
    await log.append([{ topic: 'audit', key: null, value: JSON.stringify(act) }]);
    return { act, isNew, before, after };
  }

  /** What is left, and the newest act. Changes nothing. */
  async verify(): Promise<{ act: ForgetAct | undefined; standing: Standing[] }> {
    const look = await this.#look();
    return { act: look.act, standing: await this.#standing(look, look.act) };
  }

  async #look(): Promise<Look> {
    const { log, hashKeySetting, onRecords } = this.#options;
    const hashKey = await knownHashKey(hashKeySetting, log);
    const holdings = await findHoldings(log, { id: this.#id, hashKey }, onRecords);
    if (!holdings.keyFits) {
      throw new SeamError(
        'SEAM_CONFIG',
        'no customer that the monitor has taken is found under this hash key: SEAMWATCH_HASH_KEY must be as the monitor has it',
      );
    }
    return { hashKey, holdings, act: await findAct(log, this.#id, hashKey) };
  }

  async #standing({ holdings, hashKey }: Look, act: Asked | undefined): Promise<Standing[]> {
    const { store, expiry, now } = this.#options;
    const rules = { expiry, erases: store !== undefined, nowMs: now(), act };
    const standing = standingOf(holdings, rules);
    // As long as records hold the id, the file must.
    if (!store || standing.some(({ place }) => place !== 'entries')) return standing;
    const hash = holdings.tombstones.length > 0 ? undefined : hashKey;
    const records = await store.countBytes(byteNeedles(this.#id, hash));
    if (records > 0) standing.push({ place: 'file', topics: [], records, state: 'left', goneBy: null });
    return standing;
  }

  /** The twin first: where the entry in `interactions` is, the other is too. */
  async #appendEntries(request: string, requestedAt: string, hashKey: Uint8Array): Promise<void> {
    const { log } = this.#options;
    const { hi, lo } = new SipHash(hashKey).text(this.#id);
    const entry = encodeForgotten({ request, requestedAt, customer: rowKey('customer', hi, lo).slice(1) });
    const partition = partitionOf(this.#id, await log.partitions('interactions'));
    const startedMs = performance.now();
    await log.append([{ topic: 'surveys', partition, key: null, ...entry }]);
    if (performance.now() - startedMs > forgottenTogetherMs / 4) {
      throw new SeamError('SEAM_NOT_READY', 'the log is too slow now; nothing was forgotten, ask again');
    }
    await log.append([{ topic: 'interactions', partition, key: null, ...entry }]);
  }

  async #removeDeadLetters({ deadLetters }: Holdings): Promise<void> {
    const { log, store } = this.#options;
    if (store) return store.erase(deadLetters);
    const keys = deadLetters.flatMap(({ key, superseded }) => (key === null || superseded ? [] : [key]));
    await log.append(keys.map((key) => ({ topic: 'dead-letters', key, value: null })));
  }

  /** Until stage A has read what is in the customer's partition now. */
  async #waitForMonitor(waitMs: number): Promise<void> {
    const { log } = this.#options;
    const topics = ['interactions', 'surveys'] as const;
    const partition = partitionOf(this.#id, await log.partitions('interactions'));
    const ends = new Map<string, number>();
    for (const topic of topics) {
      const name = sourceName({ topic, partition });
      ends.set(name, (await log.offsets(topic)).get(name)?.end ?? 0);
    }
    const deadline = performance.now() + waitMs;
    for (;;) {
      const positions = await log.groupPositions('journeys', topics);
      if ([...ends].every(([name, end]) => (positions.get(name) ?? 0) >= end)) return;
      if (performance.now() > deadline) return;
      await sleep(applyPollMs);
    }
  }

  /** The embedded store deletes what stage A has taken, and frees its file of the bytes. */
  async #erase(hashKey: Uint8Array): Promise<void> {
    const { store } = this.#options;
    if (!store) return;
    const { holdings, act } = await this.#look();
    if (!isApplied(holdings)) return;
    const before = holdings.events.filter((event) => isBefore(event, holdings, act));
    await store.erase([...before, ...holdings.tombstones]);
    if (before.length === holdings.events.length) await store.purge(byteNeedles(this.#id, hashKey));
  }
}

interface Look {
  hashKey: Uint8Array | undefined;
  holdings: Holdings;
  act: ForgetAct | undefined;
}

const lastRequest = ({ entries }: Holdings): string | undefined =>
  entries.findLast(({ topic }) => topic === 'interactions')?.request;
