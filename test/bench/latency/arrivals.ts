import type { Sent } from './feed.ts';

/** Latencies of events that arrive in order per partition, in ms. */
export class Arrivals {
  readonly #sent: Sent;
  readonly #arrived: number[];
  #latencies: number[] = [];

  constructor(sent: Sent) {
    this.#sent = sent;
    this.#arrived = sent.map(() => 0);
  }

  /** So many events of a partition have arrived by now, in total. */
  upTo(partition: number, count: number): void {
    const nowMs = performance.now();
    const sent = this.#sent[partition]!;
    for (let n = this.#arrived[partition]!; n < count; n++) this.#latencies.push(nowMs - sent[n]!);
    this.#arrived[partition] = Math.max(this.#arrived[partition]!, count);
  }

  /** One more event of a partition. */
  next(partition: number): void {
    this.upTo(partition, this.#arrived[partition]! + 1);
  }

  /** Events that were sent and have not arrived. */
  get missing(): number {
    return this.#sent.reduce((sum, sent, p) => sum + sent.length - this.#arrived[p]!, 0);
  }

  /** Latencies since the last call, ascending. */
  take(): number[] {
    const taken = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    return taken;
  }
}

export const quantile = (ascending: readonly number[], q: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))]!;
