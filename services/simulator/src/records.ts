import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import { keyOf as recordKeyOf, topicOf } from '@seamwatch/contracts/events.ts';
import { drawBadInput } from './bad-input.ts';
import { keyOf, RandomStream } from './random.ts';
import type { Scenario } from './scenario.ts';
import { simulateArrivals } from './simulate.ts';

/** A record as a topic holds it, and what has to become of it. */
export interface SimulatedRecord {
  arrivedMs: number;
  topic: 'interactions' | 'surveys' | 'changes';
  key: string | null;
  value: string | Uint8Array;
  /** Counted; a repetition that must not count again; or refused with this code. */
  expected: 'accepted' | 'duplicate' | ErrorCode;
}

const duplicateShare = 0.25;

/**
 * The events of a scenario as records, with its share of bad ones among them: a quarter of these repeat an event,
 * the others must be refused, each with the code that it says. The events themselves are those of `simulate`.
 */
export function* simulateRecords(scenario: Scenario): Generator<SimulatedRecord, void, undefined> {
  const random = new RandomStream().open(keyOf(scenario.seed, -3), 'badInput');
  let bad = 0;
  for (const { arrivedMs, event } of simulateArrivals(scenario)) {
    const record = {
      arrivedMs,
      topic: topicOf(event.type),
      key: recordKeyOf(event),
      value: JSON.stringify(event),
    };
    yield { ...record, expected: 'accepted' };
    if (random.uniform() >= scenario.badInput) continue;
    if (random.uniform() < duplicateShare) {
      yield { ...record, expected: 'duplicate' };
    } else {
      const made = drawBadInput({ nowMs: arrivedMs, id: `bad-${++bad}`, random });
      yield { arrivedMs, topic: 'interactions', key: `bad-${bad}`, ...made };
    }
  }
}
