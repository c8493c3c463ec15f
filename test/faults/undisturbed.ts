import type { Policy } from '@seamwatch/contracts/policy.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import type { EventLog, LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { Segments } from '@seamwatch/core/segments/segments.ts';
import { hashKey } from '../integration/monitor-process.ts';
import { digest, emptyOutcome, type Outcome, RollupSums, show } from './outcome.ts';
import { readTopic } from './read-log.ts';

/** Into so many steps, of equal numbers of records, the partitions' sources are cut. */
const steps = 400;

/** One partition's stage A on the records as the log holds them: of its two sources the one that is behind goes first. */
class Partition {
  readonly journeys: Journeys;
  readonly #records: Record<'interactions' | 'surveys', LogRecord[]>;
  readonly #next = { interactions: 0, surveys: 0 };

  constructor(journeys: Journeys, interactions: LogRecord[], surveys: LogRecord[]) {
    this.journeys = journeys;
    this.#records = { interactions, surveys };
    for (const [topic, clock] of Object.entries(journeys.clocks)) {
      if (this.#records[topic as 'interactions'].length === 0) clock.state = 'idle';
    }
  }

  /** Takes the next records, up to a share of all. */
  takeUpTo(share: number): void {
    const { interactions, surveys } = this.#records;
    const until = share * (interactions.length + surveys.length);
    while (this.#next.interactions + this.#next.surveys < until) {
      const topic = this.#behind();
      this.journeys.applyNext(topic, this.#records[topic], this.#next[topic]++);
    }
  }

  idle(): void {
    for (const clock of Object.values(this.journeys.clocks)) clock.state = 'idle';
  }

  #behind(): 'interactions' | 'surveys' {
    const { interactions, surveys } = this.journeys.clocks;
    if (this.#next.surveys === this.#records.surveys.length) return 'interactions';
    if (this.#next.interactions === this.#records.interactions.length) return 'surveys';
    return surveys.watermarkMs < interactions.watermarkMs ? 'surveys' : 'interactions';
  }
}

/** What a run leaves that nothing happens to: the same stages on the same records, in this process and without commits. */
export async function undisturbed(
  log: EventLog,
  options: { policy: Policy; ratesFrom: number },
): Promise<Outcome> {
  const [interactions, surveys] = [await readTopic(log, 'interactions'), await readTopic(log, 'surveys')];
  const partitions = Array.from({ length: interactions.size }, (_, partition) => {
    const journeys = new Journeys({ partition, policy: options.policy, hashKey });
    const of = (topic: string, found: Map<string, LogRecord[]>) => found.get(`${topic}-${partition}`) ?? [];
    return new Partition(journeys, of('interactions', interactions), of('surveys', surveys));
  });
  const outcome = emptyOutcome();
  const sums = new RollupSums(outcome);
  const segments = new Segments({ ...options, partitions: partitions.length });
  const appendedMs = Date.now();
  let offset = 0;

  const commit = () => {
    for (const { journeys } of partitions) {
      const { rollups, deadLetters } = journeys.commit();
      for (const value of rollups) {
        sums.add(value);
        const key = String(journeys.partition);
        segments.apply({ offset: offset++, appendedMs, key, value, headers: {} });
      }
      for (const { key, value, headers } of deadLetters) {
        outcome.deadLetters.set(key!, digest(value, headers ?? {}));
      }
    }
    for (const { topic, key, value } of segments.commit().records) {
      if (topic !== 'state') show(outcome, topic, key!, value as string);
    }
  };

  for (let step = 1; step <= steps; step++) {
    for (const partition of partitions) partition.takeUpTo(step / steps);
    commit();
  }
  for (const partition of partitions) partition.idle();
  commit();
  return outcome;
}
