import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { sourceName } from '@seamwatch/core/ports/event-log.ts';
import type { KafkaCluster } from './cluster.ts';
import type { KafkaUnit } from './kafka-unit.ts';

/** Where a unit was seen last in a source. Commits count too: a batch may take its owner long. */
interface Place {
  position: number;
  commits: number;
  sinceMs: number;
}

/** Notices that a unit makes no progress although its sources have more, as a client that silently stopped polling. */
export class Watchdog {
  readonly #cluster: KafkaCluster;
  readonly #limitMs: number;
  readonly #places = new WeakMap<KafkaUnit, Map<string, Place>>();

  constructor(cluster: KafkaCluster, limitMs: number) {
    this.#cluster = cluster;
    this.#limitMs = limitMs;
  }

  /** Throws when a unit has stood still for the limit; resolves on abort. While no broker answers, nobody is at fault. */
  async watch(units: () => readonly KafkaUnit[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#limitMs / 6, undefined, { signal }).catch(() => {});
      for (const unit of units()) {
        if (signal.aborted) return;
        await this.#check(unit);
      }
    }
  }

  async #check(unit: KafkaUnit): Promise<void> {
    const { reading } = unit;
    const before = this.#places.get(unit);
    const now = new Map<string, Place>();
    this.#places.set(unit, now);
    if (reading.length === 0) return;
    const wanted = new Map(reading.map(({ topic, source }) => [topic, [source.partition]]));
    const ends = await this.#cluster.offsets(wanted, 'stable', { forMs: 0 }).catch(() => undefined);
    if (!ends) return;
    for (const { source, topic, position } of reading) {
      const name = sourceName(source);
      const end = ends.get(topic)?.get(source.partition) ?? 0;
      const last = before?.get(name);
      const standing = last?.position === position && last.commits === unit.commits && position < end;
      const sinceMs = standing ? last.sinceMs : performance.now();
      now.set(name, { position, commits: unit.commits, sinceMs });
      if (performance.now() - sinceMs < this.#limitMs) continue;
      throw new SeamError(
        'SEAM_INTERNAL',
        `${name} has stood at offset ${position} of ${end} for ${Math.round(this.#limitMs / 1_000)} s: restart the process`,
      );
    }
  }
}
