import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@seamwatch/client/connect.ts';
import type { AlertRecord, ProgressRecord } from '@seamwatch/contracts/records.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';

/** A screen that was on all along: every alert that its client was given, and whatever else it was told. */
export class Screen {
  readonly alerts: AlertRecord[] = [];
  readonly complaints: string[] = [];
  connections = 0;
  readonly #stream;

  constructor(url: string) {
    this.#stream = connect({ url, backoff: { baseMs: 200, maxMs: 2_000 } });
    this.#stream.on('alert', (alert) => this.alerts.push(alert));
    this.#stream.on('gap', (gap) => this.complaints.push(`gap ${JSON.stringify(gap)}`));
    this.#stream.on('problem', (problem) => this.complaints.push(`problem ${JSON.stringify(problem)}`));
    this.#stream.on('hello', () => this.connections++);
  }

  async connected(): Promise<void> {
    await until('the screen is connected', () => this.connections > 0, 60_000);
  }

  close(): void {
    this.#stream.close();
  }
}

/** Follows where the monitors stand. */
export class ProgressFollower {
  newest: ProgressRecord | undefined;
  failure: unknown;

  async run(log: EventLog, signal: AbortSignal): Promise<void> {
    const reader = await log.reader({ topics: ['rates'], from: 'beginning' });
    try {
      for await (const { records } of reader.batches({ idlePollMs: 200, signal })) {
        const newest = records.findLast(({ key }) => key === '~progress');
        if (newest) this.newest = JSON.parse(Buffer.from(newest.value!).toString()) as ProgressRecord;
      }
    } catch (error) {
      this.failure = error;
    } finally {
      await reader.close();
    }
  }

  get events(): number {
    return this.newest?.sources.reduce((sum, source) => sum + source.events, 0) ?? 0;
  }

  get allIdle(): boolean {
    const { newest } = this;
    return newest?.sources.every(({ state, watermark }) => state === 'idle' || watermark === null) ?? false;
  }
}

/** Waits for a condition. Throws with what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await sleep(100);
  }
}
