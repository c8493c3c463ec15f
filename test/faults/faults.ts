import { setTimeout as sleep } from 'node:timers/promises';
import type { Influx } from '../stack/influx.ts';
import type { Kafka } from '../stack/kafka.ts';
import { awaitInSync } from './in-sync.ts';
import type { FaultOptions } from './options.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { Service } from './service.ts';

export interface Targets {
  kafka: Kafka;
  influx: Influx;
  monitors: readonly Service[];
  /** Made for each time that a monitor is added. */
  extraMonitor: (n: number) => Service;
  gateway: Service;
  recorder: Service;
}

const longestAwayMs = 4_000;
const brokerAwayMs = 12_000;
const extraLivesMs = 25_000;

/** Does to running processes what a plan says. */
export class Faults {
  readonly #targets: Targets;
  readonly #options: FaultOptions;
  readonly #say: (text: string) => void;
  readonly done = new Map<FaultKind, number>();
  #extra = 0;
  #brokers: Promise<unknown> = Promise.resolve();

  constructor(targets: Targets, options: FaultOptions, say: (text: string) => void) {
    this.#targets = targets;
    this.#options = options;
    this.#say = say;
  }

  /** Injects each fault when `share` of the events has reached it; resolves when all is mended. Rejects where it cannot be. */
  async run(plan: readonly Fault[], share: () => number, signal: AbortSignal): Promise<void> {
    const under: Promise<void>[] = [];
    for (const fault of plan) {
      while (share() < fault.at && !signal.aborted) await sleep(20);
      if (signal.aborted) break;
      const mended = this.#inject(fault);
      mended.catch(() => {});
      under.push(mended);
    }
    await Promise.all(under);
  }

  async #inject(fault: Fault): Promise<void> {
    const { monitors, gateway, recorder } = this.#targets;
    const { pauseMs } = this.#options;
    const among = <T>(list: readonly T[]): T => list[Math.floor(fault.whom * list.length)]!;
    switch (fault.kind) {
      case 'kill monitor':
        await this.#kill(fault, among(monitors));
        break;
      case 'restart gateway':
        await this.#kill(fault, gateway, fault.how < 0.5);
        break;
      case 'pause monitor':
        await this.#pause(fault, among(monitors), pauseMs);
        break;
      case 'pause sink':
        await this.#pause(fault, among([gateway, recorder]), pauseMs);
        break;
      case 'add monitor':
        await this.#add(fault);
        break;
      case 'kill broker':
      case 'pause broker':
        await this.#broker(fault);
        break;
      case 'stop influx':
        await this.#stopInflux(fault);
        break;
    }
    this.done.set(fault.kind, (this.done.get(fault.kind) ?? 0) + 1);
  }

  #kill(fault: Fault, service: Service, gently = false): Promise<void> {
    return service.exclusively(async () => {
      const awayMs = fault.how * longestAwayMs;
      this.#tell(fault, `${gently ? 'SIGTERM' : 'kill −9'} ${service.name}, away for ${seconds(awayMs)}`);
      await (gently ? service.stop() : service.kill());
      await sleep(awayMs);
      await service.start();
    });
  }

  #pause(fault: Fault, service: Service, forMs: number): Promise<void> {
    return service.exclusively(async () => {
      this.#tell(fault, `SIGSTOP ${service.name} for ${seconds(forMs)}`);
      service.pause();
      await sleep(forMs);
      service.resume();
    });
  }

  async #add(fault: Fault): Promise<void> {
    const extra = this.#targets.extraMonitor(++this.#extra);
    const livesMs = (0.4 + 0.6 * fault.how) * extraLivesMs;
    this.#tell(fault, `${extra.name} joins for ${seconds(livesMs)}`);
    await extra.start();
    await sleep(livesMs);
    await extra.stop();
  }

  /** One at a time: with two of three brokers away nothing can be promised. */
  async #broker(fault: Fault): Promise<void> {
    const { kafka } = this.#targets;
    const n = 1 + Math.floor(fault.whom * kafka.brokers.length);
    const mended = this.#brokers.then(async () => {
      if (fault.kind === 'kill broker') {
        const awayMs = 2_000 + fault.how * brokerAwayMs;
        this.#tell(fault, `kill −9 broker ${n}, away for ${seconds(awayMs)}`);
        await kafka.killBroker(n);
        await sleep(awayMs);
        await kafka.startBroker(n);
      } else {
        this.#tell(fault, `SIGSTOP broker ${n} for ${seconds(this.#options.pauseMs)}`);
        await kafka.pauseBroker(n);
        await sleep(this.#options.pauseMs);
        await kafka.resumeBroker(n);
      }
      await awaitInSync(kafka.bootstrap);
      this.#say(`broker ${n} is back, all replicas are in sync`);
    });
    this.#brokers = mended.catch(() => {});
    await mended;
  }

  async #stopInflux(fault: Fault): Promise<void> {
    const { influx } = this.#targets;
    this.#tell(fault, `InfluxDB stops for ${seconds(this.#options.influxStopMs)}`);
    await influx.stopServer();
    await sleep(this.#options.influxStopMs);
    await influx.startServer();
  }

  #tell({ at }: Fault, text: string): void {
    this.#say(`${(100 * at).toFixed(1).padStart(5)} % of the events  ${text}`);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
