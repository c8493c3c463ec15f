/**
 * Lets one value at a time into a pipe: `each` hands out the next only after `done` was called for the last. RxJS's `from`
 * takes whatever an iterable gives; with this, a slow commit slows the reading, and memory stays bounded. `end` lets go of the
 * source, which would else be kept open by a pipe that has ended or failed.
 */
export class Turn {
  #release: (goOn: boolean) => void = () => {};
  #ended = false;

  async *each<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    for await (const value of source) {
      const finished = new Promise<boolean>((resolve) => {
        this.#release = resolve;
      });
      if (this.#ended) return;
      yield value;
      if (!(await finished)) return;
    }
  }

  done(): void {
    this.#release(true);
  }

  end(): void {
    this.#ended = true;
    this.#release(false);
  }
}
