import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import type { OutRecord } from '../ports/event-log.ts';

/** Records of the changelog `state`: what changed goes out by key, what was kept comes back by the first letter of its key. */
export class StateLog {
  /** Keys that the changelog holds. */
  readonly #stored = new Set<string>();
  readonly #kept = new Map<string, Uint8Array>();
  readonly #writer = new ByteWriter(1024);
  #out: OutRecord[] = [];

  /** `write` returns false where there is nothing any more: a tombstone, if the key was written before. */
  put(key: string, write: (to: ByteWriter) => boolean): void {
    this.set(key, write(this.#writer) ? this.#writer.take() : null);
  }

  set(key: string, value: Uint8Array | null): void {
    if (value) this.#stored.add(key);
    else if (!this.#stored.delete(key)) return;
    this.#out.push({ topic: 'state', partition: 0, key, value });
  }

  /** Puts every key that changed, and takes them as done. */
  flush(prefix: string, dirty: Set<number>, write: (key: number, to: ByteWriter) => boolean): void {
    for (const key of dirty) this.put(`${prefix}${key}`, (to) => write(key, to));
    dirty.clear();
  }

  take(): OutRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Takes one record of the changelog; a key may come several times, the newest last. */
  restore(key: string, value: Uint8Array | null): void {
    if (value) this.#kept.set(key, value);
    else this.#kept.delete(key);
  }

  /** Was nothing kept? */
  get empty(): boolean {
    return this.#kept.size === 0;
  }

  kept(key: string): ByteReader | undefined {
    const value = this.#kept.get(key);
    return value && new ByteReader(value);
  }

  /** What was kept under keys that begin with `prefix`; `rest` is the key without it. */
  each(prefix: string, take: (rest: string, from: ByteReader, value: Uint8Array) => void): void {
    for (const [key, value] of this.#kept) {
      if (key[0] === prefix) take(key.slice(1), new ByteReader(value), value);
    }
  }

  /** After everything has been put in its place. */
  restored(): void {
    for (const key of this.#kept.keys()) this.#stored.add(key);
    this.#kept.clear();
  }
}
