import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { noRefusals, type Refusals, type Standing, type Target } from './target.ts';

/** Writes NDJSON of CloudEvents to a file, or to standard output for `-`. */
export class FileTarget implements Target {
  readonly name: string;
  readonly #stream: Writable;
  readonly #failed: Promise<never>;

  constructor(file: string) {
    this.name = file === '-' ? 'standard output' : file;
    this.#stream = file === '-' ? process.stdout : createWriteStream(file);
    const { promise, reject } = Promise.withResolvers<never>();
    this.#stream.once('error', (error) => {
      reject(
        new SeamError('SEAM_CONFIG', `${this.name} cannot be written: ${error.message}`, { cause: error }),
      );
    });
    this.#failed = promise;
    promise.catch(() => {});
  }

  async send(records: readonly OutRecord[]): Promise<Refusals> {
    const lineFeed = Buffer.from('\n');
    const lines = records.flatMap(({ value }) => [Buffer.from((value ?? '') as Uint8Array), lineFeed]);
    if (!this.#stream.write(Buffer.concat(lines))) {
      await Promise.race([once(this.#stream, 'drain'), this.#failed]);
    }
    return noRefusals;
  }

  async standing(): Promise<Standing> {
    return { watermarkMs: null };
  }

  async close(): Promise<void> {
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await Promise.race([once(this.#stream, 'close'), this.#failed]);
  }
}
