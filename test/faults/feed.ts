import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '@seamwatch/adapters/log/murmur2.ts';
import { type Policy, policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario, type Scenario } from '@seamwatch/simulator/scenario.ts';
import type { FaultOptions } from './options.ts';

export const inputPartitions = 12;
/** No event is ever put there. */
const emptyPartition = 5;
const days = 60;
const fromMs = Date.parse('2025-01-06T00:00:00Z');
const at = (share: number) => fromMs + Math.round(share * days) * dayMs;
/** Rates by the hour are shown from here on. */
export const ratesFrom = at(0.7);
/** Interactions among the events; the rest are surveys. */
const interactionShare = 0.58;
const linesAtOnce = 40;

/** As in a policy file. */
export const writtenPolicy = ({ idleAfterS }: FaultOptions) => ({
  version: 1,
  segments: [{ each: ['path'] }, { each: ['category'] }, { each: ['channel'] }],
  falseAlarms: { per30Days: 30, clearAfterDays: 1 },
  time: { idleAfter: `${idleAfterS}s` },
});
export const policyOf = (options: FaultOptions): Policy => policySchema.parse(writtenPolicy(options));

/** Sixty days in which three things get worse, two of them for a while, with disorder, lateness and bad input. */
function scenarioOf({ seed, events }: FaultOptions): Scenario {
  const seam = { path: 'seam' };
  return parseScenario({
    seed,
    from: fromMs,
    interactionsPerDay: Math.ceil((events * interactionShare) / days),
    warmUpDays: 21,
    outOfOrder: { share: 0.05, within: '20s' },
    late: { share: 0.01, within: '2d' },
    badInput: 0.002,
    planted: [
      { signal: 'escalation', points: 0.15, from: at(0.6), rampDays: 1, to: at(0.75) },
      { signal: 'repeat_contact', where: seam, points: 0.3, from: at(0.65), rampDays: 1, to: at(0.85) },
      { signal: 'csat', where: seam, points: 0.3, from: at(0.7), rampDays: 2 },
    ],
  });
}

function* recordsOf(options: FaultOptions): Generator<OutRecord> {
  let left = options.events;
  for (const { topic, key, value } of simulateRecords(scenarioOf(options))) {
    if (left-- === 0) return;
    if (topic === 'changes') {
      yield { topic, key, value };
      continue;
    }
    const partition = partitionOf(key, inputPartitions - 1);
    yield { topic, partition: partition < emptyPartition ? partition : partition + 1, key, value };
  }
}

/** Appends the events at their pace; `fed` tells how many are in the log. A batch that failed is sent again, perhaps twice. */
export class Feed {
  fed = 0;
  failures = 0;
  longestGapMs = 0;
  readonly #options: FaultOptions;

  constructor(options: FaultOptions) {
    this.#options = options;
  }

  get share(): number {
    return this.fed / this.#options.events;
  }

  async run(log: EventLog, signal: AbortSignal): Promise<void> {
    const everyMs = (1_000 * linesAtOnce) / this.#options.pace;
    let lastMs = performance.now();
    let batch: OutRecord[] = [];
    const flush = async () => {
      while (!signal.aborted) {
        try {
          await log.append(batch);
          break;
        } catch {
          this.failures++;
          await sleep(500);
        }
      }
      this.fed += batch.length;
      batch = [];
      this.longestGapMs = Math.max(this.longestGapMs, performance.now() - lastMs);
      await sleep(Math.max(0, everyMs - (performance.now() - lastMs)));
      lastMs = performance.now();
    };
    for (const record of recordsOf(this.#options)) {
      batch.push(record);
      if (batch.length === linesAtOnce) await flush();
      if (signal.aborted) return;
    }
    if (batch.length > 0) await flush();
  }
}
