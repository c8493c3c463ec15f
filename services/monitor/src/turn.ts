/**
 * Lets one value at a time into a pipe: `each` hands out the next only after `done` was called for the last. RxJS's `from`
 * takes whatever an iterable gives; with this, a slow commit slows the reading, and memory stays bounded.
 */
export class Turn {
  #release: () => void = () => {};

  async *each<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    for await (const value of source) {
      const finished = new Promise<void>((resolve) => {
        this.#release = resolve;
      });
      yield value;
      await finished;
    }
  }

  done(): void {
    this.#release();
  }
}
