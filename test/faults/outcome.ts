import { createHash } from 'node:crypto';
import type { SegmentsRecord } from '@seamwatch/contracts/records.ts';
import { decodeRollup } from '@seamwatch/core/journeys/rollup.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { readOne } from './read-log.ts';

export type ShownTopic = 'alerts' | 'days' | 'rates';

/** What a run has left, in a form that two runs can be compared in. */
export interface Outcome {
  /** Sum of every counter, by partition, cell, minute, stamp, and whether it is a revision. */
  counts: Map<string, number>;
  /** What each source has told last: events, late ones, repetitions, dead letters. */
  sources: Map<string, string>;
  /** JSON by topic in the order in which it was shown; without progress, provisional figures, and which segments there are. */
  shown: Record<ShownTopic, { key: string; json: string }[]>;
  segments: SegmentsRecord | undefined;
  /** Digest by key. */
  deadLetters: Map<string, string>;
}

export const emptyOutcome = (): Outcome => ({
  counts: new Map(),
  sources: new Map(),
  shown: { alerts: [], days: [], rates: [] },
  segments: undefined,
  deadLetters: new Map(),
});

/** Adds up rollups, and remembers their cells' keys. */
export class RollupSums {
  readonly #into: Outcome;
  readonly #cells = new Map<string, string>();

  constructor(into: Outcome) {
    this.#into = into;
  }

  add(value: Uint8Array): void {
    const { partition, cells, groups, interactions, surveys } = decodeRollup(value);
    for (const { id, key } of cells) this.#cells.set(`${partition} ${id}`, key);
    for (const [topic, clock] of Object.entries({ interactions, surveys })) {
      const { state, watermarkMs, position, events, late, duplicates, dead } = clock;
      const told = { state, watermarkMs, position, events, late, duplicates, dead };
      this.#into.sources.set(`${topic}-${partition}`, JSON.stringify(told));
    }
    for (const { cell, minute, stamp, revision, counts } of groups) {
      const where = `${partition} ${this.#cells.get(`${partition} ${cell}`)} ${minute} ${stamp} ${revision}`;
      for (let i = 0; i < counts.length; i += 2) this.#count(`${where} ${counts[i]}`, counts[i + 1]!);
    }
  }

  #count(key: string, delta: number): void {
    const sum = (this.#into.counts.get(key) ?? 0) + delta;
    if (sum === 0) this.#into.counts.delete(key);
    else this.#into.counts.set(key, sum);
  }
}

/** Takes a record that stage B has shown. */
export function show(into: Outcome, topic: string, key: string, json: string): void {
  if (key === '~progress') return;
  if (key === '~segments') into.segments = JSON.parse(json) as SegmentsRecord;
  else into.shown[topic as ShownTopic].push({ key, json });
}

export const digest = (value: Uint8Array | string | null, headers: object): string =>
  createHash('sha256')
    .update(value ?? '')
    .update(JSON.stringify(headers))
    .digest('hex');

/** What a log holds. */
export async function outcomeOf(log: EventLog): Promise<Outcome> {
  const outcome = emptyOutcome();
  const sums = new RollupSums(outcome);
  for (const { value } of await readOne(log, 'rollups')) if (value) sums.add(value);
  for (const topic of ['alerts', 'days', 'rates'] as const) {
    for (const { key, value } of await readOne(log, topic)) {
      const json = Buffer.from(value ?? '').toString();
      if (!json.includes('"provisional":true')) show(outcome, topic, key!, json);
    }
  }
  for (const { key, value, headers } of await readOne(log, 'dead-letters')) {
    const twice = outcome.deadLetters.has(key!) ? ' twice' : '';
    outcome.deadLetters.set(key! + twice, digest(value, headers));
  }
  return outcome;
}
