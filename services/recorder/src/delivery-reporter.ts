import type { Trouble, WriteOutcome } from '@seamwatch/adapters/influx/influx-sink.ts';
import type { DeliveryRecord } from '@seamwatch/contracts/records.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import type { Logger } from './logger.ts';
import { Refusals } from './refusals.ts';

export interface Delivery {
  /** Undefined until InfluxDB has answered, or failed to, for the first time. */
  state: DeliveryRecord['state'] | undefined;
  delivered: number;
  refused: number;
}

/**
 * Tells the topic `deliveries` and the program's log how delivery to InfluxDB stands: at each change of state, every
 * `repeatMs` while it is not ok, and when points were refused, then at most every `repeatMs`.
 */
export class DeliveryReporter {
  readonly delivery: Delivery = { state: undefined, delivered: 0, refused: 0 };
  readonly #log: EventLog;
  readonly #logger: Logger;
  readonly #repeatMs: number;
  readonly #refusals = new Refusals();
  #trouble = '';
  #sinceMs = Date.now();
  #reportedMs = Number.NEGATIVE_INFINITY;
  #repeat: NodeJS.Timeout | undefined;

  constructor(log: EventLog, logger: Logger, repeatMs: number) {
    this.#log = log;
    this.#logger = logger;
    this.#repeatMs = repeatMs;
  }

  async failed({ state, error }: Trouble): Promise<void> {
    this.#trouble = `${error.code}: ${error.message}`;
    this.#repeat ??= setInterval(() => void this.#reportAgain(), this.#repeatMs);
    if (this.#enter(state)) await this.#report();
  }

  async succeeded({ written, refused }: WriteOutcome): Promise<void> {
    this.close();
    this.#trouble = '';
    this.delivery.delivered += written;
    this.delivery.refused += refused.length;
    for (const point of refused) this.#refusals.add(point);
    if (this.#enter('ok')) await this.#report();
  }

  /** A record of the log that is no record of its topic, so that it makes no points. */
  unreadable(where: string, reason: string): void {
    this.delivery.refused += 1;
    this.#refusals.count(reason, where);
  }

  async reportRefusals(): Promise<void> {
    if (!this.#refusals.empty && Date.now() - this.#reportedMs >= this.#repeatMs) await this.#report();
  }

  /** Stops repeating. */
  close(): void {
    clearInterval(this.#repeat);
    this.#repeat = undefined;
  }

  /** True where the state is a new one. */
  #enter(state: DeliveryRecord['state']): boolean {
    if (this.delivery.state === state) return false;
    this.delivery.state = state;
    this.#sinceMs = Date.now();
    return true;
  }

  async #report(): Promise<void> {
    const { state = 'ok', delivered, refused } = this.delivery;
    const refusals = this.#refusals.empty ? '' : `SEAM_INFLUX_REFUSED: ${this.#refusals.takeSummary()}`;
    const detail = [this.#trouble, refusals].filter(Boolean).join('; ');
    this.#reportedMs = Date.now();
    const record: DeliveryRecord = {
      sink: 'influxdb',
      state,
      since: toRfc3339(this.#sinceMs),
      at: toRfc3339(this.#reportedMs),
      detail,
      delivered,
      refused,
    };
    if (state === 'misconfigured')
      this.#logger.error(record, 'InfluxDB: nothing is recorded until this is put right');
    else if (state === 'retrying')
      this.#logger.warn(record, 'InfluxDB is away; what is to be recorded waits in the log');
    else if (refusals) this.#logger.warn(record, 'InfluxDB has refused points; the others are recorded');
    else this.#logger.info(record, 'recording to InfluxDB');
    await this.#log.append([{ topic: 'deliveries', key: record.sink, value: JSON.stringify(record) }]);
  }

  async #reportAgain(): Promise<void> {
    await this.#report().catch((error: unknown) => {
      this.#logger.error(
        { err: error },
        'the state of delivery to InfluxDB could not be appended to the log',
      );
    });
  }
}
