const sizeBytes = 4;
/** Whoever announces more is no broker: no memory is taken for it. */
const longestAnswer = 128 * 1024 * 1024;
/** Most answers come at once, several of them maybe; of a longer one, this much is copied. */
const firstBytes = 16 * 1024;

/** Puts answers together as their bytes are read from a socket, each with its size in front, as the protocol has it. */
export class AnswerBytes {
  readonly #onAnswer: (answer: Buffer) => void;
  /** What is read while no answer is under way. */
  readonly #mixed = Buffer.alloc(firstBytes);
  /** Bytes in `#mixed` from before: less than a size. */
  #left = 0;
  /** The answer under way, and how much of it is there. */
  #answer: Buffer | undefined;
  #filled = 0;
  #isForeign = false;

  /** `onAnswer` gets memory of its own, the size included; or whatever comes, where it is no answer of a broker. */
  constructor(onAnswer: (answer: Buffer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Where the next bytes are to be put. */
  get place(): Uint8Array {
    return this.#answer ? this.#answer.subarray(this.#filled) : this.#mixed.subarray(this.#left);
  }

  /** So many bytes are now in `place`. */
  took(count: number): void {
    if (this.#answer) this.#goOn(this.#answer, count);
    else this.#takeApart(this.#left + count);
  }

  #goOn(answer: Buffer, count: number): void {
    this.#filled += count;
    if (this.#filled < answer.length) return;
    this.#answer = undefined;
    this.#onAnswer(answer);
  }

  /** Of the first `end` bytes of `#mixed`: whole answers, and the beginning of one or of its size. */
  #takeApart(end: number): void {
    let at = 0;
    while (end - at >= sizeBytes && !this.#isForeign) {
      const size = this.#mixed.readInt32BE(at);
      if (size < 0 || size > longestAnswer) {
        this.#isForeign = true;
        break;
      }
      const answer = Buffer.allocUnsafe(sizeBytes + size);
      this.#filled = this.#mixed.copy(answer, 0, at, Math.min(at + answer.length, end));
      at += this.#filled;
      if (this.#filled < answer.length) {
        this.#answer = answer;
        break;
      }
      this.#onAnswer(answer);
    }
    this.#left = 0;
    if (this.#isForeign) this.#onAnswer(Buffer.from(this.#mixed.subarray(at, end)));
    else this.#left = this.#mixed.copy(this.#mixed, 0, at, end);
  }
}
