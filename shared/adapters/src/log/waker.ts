/** Lets loops wait for something new, for a time, or for an abort. A wake-up may come once too often, never too seldom. */
export class Waker {
  readonly #waiting = new Set<() => void>();
  #pending = false;

  get idle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Wakes all that wait; with nobody waiting, the next `wait` returns at once. */
  wake(): void {
    this.#pending = this.#waiting.size === 0;
    for (const wake of [...this.#waiting]) wake();
  }

  wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || timeoutMs <= 0 || this.#pending) {
      this.#pending = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake);
      this.#waiting.add(wake);
    });
  }
}
