import { type Unit, UnitFenced } from '@seamwatch/core/ports/event-log.ts';

/** A unit that its adapter can take away from its owner. */
export interface RevocableUnit extends Unit {
  /** Ends the `batches` iterator; what has been read may still be committed until `close`. */
  revoke(): void;
}

/** How long an owner may take to finish after its unit was revoked; then the unit is closed under it. */
export const defaultHandOverMs = 10_000;

interface Running<U> {
  unit: U;
  /** Resolves when the unit is closed: its owner has returned, or has not returned in time. */
  stop: () => Promise<void>;
}

/** The units that run in one participation, by partition. An error of an owner, save `UnitFenced`, rejects `failed`. */
export class RunningUnits<U extends RevocableUnit = RevocableUnit> {
  readonly failed: Promise<never>;
  /** Partitions whose owner has returned by itself, without being asked to stop. */
  readonly finished = new Set<number>();
  readonly #run: (unit: Unit) => Promise<void>;
  readonly #handOverMs: number;
  readonly #running = new Map<number, Running<U>>();
  #fail!: (error: unknown) => void;

  constructor(run: (unit: Unit) => Promise<void>, handOverMs: number) {
    this.#run = run;
    this.#handOverMs = handOverMs;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  get partitions(): number[] {
    return [...this.#running.keys()].sort((a, b) => a - b);
  }

  get units(): U[] {
    return [...this.#running.values()].map(({ unit }) => unit);
  }

  has(partition: number): boolean {
    return this.#running.has(partition);
  }

  /** Lets the owner run. `onEnd` is called when the unit is closed. */
  start(unit: U, onEnd: () => void): void {
    const { partition } = unit;
    const late = Promise.withResolvers<void>();
    let stopping: Promise<void> | undefined;
    const owner = this.#drive(unit).then((returned) => {
      if (returned && !stopping) this.finished.add(partition);
    });
    const ended = Promise.race([owner, late.promise])
      .then(() => unit.close())
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#running.delete(partition);
        onEnd();
      });
    const stop = () => {
      stopping ??= (async () => {
        unit.revoke();
        const timer = setTimeout(late.resolve, this.#handOverMs);
        await ended;
        clearTimeout(timer);
      })();
      return stopping;
    };
    this.#running.set(partition, { unit, stop });
  }

  /** Takes the unit away: the owner's iterator ends, it gets a bounded time to finish, the unit closes. */
  async stop(partition: number): Promise<void> {
    await this.#running.get(partition)?.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.partitions.map((partition) => this.stop(partition)));
  }

  /** Resolves to whether the owner returned; `false` where it was fenced or failed. */
  async #drive(unit: RevocableUnit): Promise<boolean> {
    try {
      await this.#run(unit);
      return true;
    } catch (error) {
      if (!(error instanceof UnitFenced)) this.#fail(error);
      return false;
    }
  }
}
