const sizeBytes = 4;
/** Whoever announces more is no broker: no memory is taken for it. */
const longestAnswer = 128 * 1024 * 1024;
/** Most answers come at once, several of them maybe; of a longer one, this much is copied. */
const firstBytes = 16 * 1024;

/** Puts answers together as their bytes are read from a socket, each with its size in front, as the protocol has it. */
export class AnswerBytes {
  readonly #onAnswer: (answer: Buffer) => void;
  /** What is read while no answer is under way: up to `#left`, a part of a size is there from before. */
  readonly #mixed = Buffer.alloc(firstBytes);
  #left = 0;
  #answer: Buffer | undefined;
  #length = 0;
  #isForeign = false;

  /** `onAnswer` gets memory of its own, the size included; or whatever comes, where it is no answer of a broker. */
  constructor(onAnswer: (answer: Buffer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Where the next bytes are to be put. */
  get place(): Uint8Array {
    return this.#answer ? this.#answer.subarray(this.#length) : this.#mixed.subarray(this.#left);
  }

  /** So many bytes are now in `place`. */
  took(count: number): void {
    if (this.#answer) {
      this.#length += count;
      if (this.#length < this.#answer.length) return;
      const answer = this.#answer;
      this.#answer = undefined;
      this.#onAnswer(answer);
      return;
    }
    const end = this.#left + count;
    this.#left = 0;
    let at = 0;
    while (end - at >= sizeBytes && !this.#isForeign) {
      const size = this.#mixed.readInt32BE(at);
      this.#isForeign = size < 0 || size > longestAnswer;
      if (this.#isForeign) break;
      const answer = Buffer.allocUnsafe(sizeBytes + size);
      const next = at + answer.length;
      this.#mixed.copy(answer, 0, at, Math.min(next, end));
      if (next > end) {
        this.#answer = answer;
        this.#length = end - at;
        return;
      }
      at = next;
      this.#onAnswer(answer);
    }
    if (this.#isForeign) this.#onAnswer(Buffer.from(this.#mixed.subarray(at, end)));
    else this.#left = this.#mixed.copy(this.#mixed, 0, at, end);
  }
}
