import type { SqliteStore } from './store.ts';

/** How often a waiting log looks whether another connection (thread, process) has written: one pragma, 3 µs. */
const pollMs = 25;

/** Wakes whoever waits for new records in the file: one coarse timer, and only while somebody waits. */
export class Changes {
  readonly #store: SqliteStore;
  readonly #waiting = new Set<() => void>();
  #seenVersion: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: SqliteStore) {
    this.#store = store;
    this.#seenVersion = store.dataVersion();
  }

  /** Call after a write of this connection. */
  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves after a change, after `timeoutMs`, or when `signal` aborts. May wake once too often. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || timeoutMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        if (this.#waiting.size === 0) {
          clearInterval(this.#timer);
          this.#timer = undefined;
        }
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
      this.#timer ??= setInterval(() => this.#poll(), pollMs);
    });
  }

  #poll(): void {
    // The version is only taken here, so a change between a read and the wait for it is never missed.
    const version = this.#store.dataVersion();
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    this.notify();
  }
}
