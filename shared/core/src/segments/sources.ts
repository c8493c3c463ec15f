import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { ProgressRecord, SourceStatus } from '@seamwatch/contracts/records.ts';
import { type Minute, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import type { Rollup } from '../journeys/rollup.ts';
import { SourceClock } from '../journeys/source-clock.ts';

const anyTime = { outOfOrder: 0, allowedLateness: 0 };

interface Partition {
  interactions: SourceClock;
  surveys: SourceClock;
  deadByReason: Map<ErrorCode, number>;
}

/** Where each source stands, as its owner last told. */
export class Sources {
  readonly #partitions: Partition[];

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => ({
      interactions: new SourceClock(anyTime),
      surveys: new SourceClock(anyTime),
      deadByReason: new Map(),
    }));
  }

  /** Takes a partition's newest word. Throws `RangeError` where the partition is not expected. */
  update(rollup: Rollup): void {
    const partition = this.#partitions[rollup.partition];
    if (!partition)
      throw new RangeError(`a rollup of partition ${rollup.partition} of ${this.#partitions.length}`);
    partition.interactions = rollup.interactions;
    partition.surveys = rollup.surveys;
    partition.deadByReason = rollup.deadByReason;
  }

  /** The first minute that not every source has passed. Idle sources hold nothing back; −∞ while one was never heard of. */
  get openMinute(): Minute {
    let open = Number.POSITIVE_INFINITY;
    for (const { interactions, surveys } of this.#partitions) {
      for (const clock of [interactions, surveys]) {
        if (clock.state !== 'idle') open = Math.min(open, clock.openMinute);
      }
    }
    return open === Number.POSITIVE_INFINITY ? Number.NEGATIVE_INFINITY : open;
  }

  get allIdle(): boolean {
    return this.#partitions.every((p) => p.interactions.state === 'idle' && p.surveys.state === 'idle');
  }

  status(): Pick<ProgressRecord, 'sources' | 'deadByReason'> {
    const sources: SourceStatus[] = [];
    const deadByReason: Partial<Record<ErrorCode, number>> = {};
    for (const [p, partition] of this.#partitions.entries()) {
      for (const topic of ['interactions', 'surveys'] as const) {
        const clock = partition[topic];
        const seen = Number.isFinite(clock.watermarkMs);
        sources.push({
          source: `${topic}-${p}`,
          state: clock.state === 'idle' && !seen ? 'never_seen' : clock.state,
          watermark: seen ? toRfc3339(clock.watermarkMs) : null,
          events: clock.events,
          late: clock.late,
          duplicates: clock.duplicates,
          dead: clock.dead,
          lag: null,
        });
      }
      for (const [code, n] of partition.deadByReason) deadByReason[code] = (deadByReason[code] ?? 0) + n;
    }
    return { sources, deadByReason };
  }

  encode(to: ByteWriter): void {
    to.int(this.#partitions.length);
    for (const { interactions, surveys, deadByReason } of this.#partitions) {
      interactions.encode(to);
      surveys.encode(to);
      to.int(deadByReason.size);
      for (const [code, n] of deadByReason) to.text(code).int(n);
    }
  }

  decode(from: ByteReader): void {
    const n = from.int();
    if (n !== this.#partitions.length)
      throw new RangeError(`state of ${n} partitions, found ${this.#partitions.length}`);
    for (const partition of this.#partitions) {
      partition.interactions.decode(from);
      partition.surveys.decode(from);
      for (let i = from.int(); i > 0; i--) partition.deadByReason.set(from.text() as ErrorCode, from.int());
    }
  }
}
