import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog, LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { type FedTopic, TopicFeeds } from '../embedded/topic-feeds.ts';
import { count } from '../terminal/text.ts';
import { deadLetterOf, tooLong } from './dead-letter.ts';
import { linesOf } from './read-events.ts';
import { isBlank, isCut, type Line, withoutReturn } from './read-lines.ts';

/** Where the type of an event is looked for; nearly always it stands before the data. */
const headBytes = 400;
const otherType = /"type" ?: ?"seam\.(survey|change)\./;
/** More than files in order of time ever need. */
const defaultMemoryBytes = 256 * 1024 * 1024;

export interface HistoryOptions {
  files: readonly string[];
  /** For what is no event of stage A. */
  log: EventLog;
  /** Hears how many bytes of the files have been read. */
  onBytes?: (count: number) => void;
  /** So much of one topic may wait for the other. */
  memoryBytes?: number;
}

/**
 * The events of files by topic, each line read when stage A asks for it, and judged by nobody before it. Changes, which are
 * few, go into the log; so do lines that are too long to be events, as dead letters.
 */
export class HistoryFeeds {
  /** Lines taken so far that are not blank. */
  read = 0;
  readonly #lines: AsyncIterator<{ file: string; lines: Line[] }>;
  readonly #log: EventLog;
  readonly #memoryBytes: number;
  readonly #feeds = new TopicFeeds(Date.now(), () => this.#draw());

  constructor({ files, log, onBytes = () => {}, memoryBytes = defaultMemoryBytes }: HistoryOptions) {
    this.#lines = linesOf(files, onBytes);
    this.#log = log;
    this.#memoryBytes = memoryBytes;
  }

  /** By name of the source, as a participation takes them. */
  get bySource(): Map<string, AsyncIterable<LogRecord[]>> {
    return this.#feeds.bySource;
  }

  async #draw(): Promise<boolean> {
    const { value, done } = await this.#lines.next();
    if (done) return false;
    for (const line of value.lines) {
      if (isBlank(line.bytes)) continue;
      this.read++;
      if (isCut(line)) {
        await this.#log.append([deadLetterOf(tooLong(value.file, line))]);
        continue;
      }
      const bytes = withoutReturn(line.bytes);
      const other = otherType.exec(bytes.toString('latin1', 0, headBytes))?.[1];
      if (other === 'change') await this.#log.append([{ topic: 'changes', key: null, value: bytes }]);
      else this.#put(other === 'survey' ? 'surveys' : 'interactions', bytes, value.file);
    }
    return true;
  }

  #put(topic: FedTopic, value: Buffer, file: string): void {
    const waiting = this.#feeds.put(topic, value);
    if (waiting.bytes <= this.#memoryBytes) return;
    throw new SeamError(
      'SEAM_REPLAY_STATE',
      `${file} is not in order of time: ${count(waiting.records)} events of ${topic} lie before the next of the other topic; ` +
        'replay it without --state-only, which sorts',
    );
  }
}
