import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog, LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { count } from '../terminal/text.ts';
import { deadLetterOf, tooLong } from './dead-letter.ts';
import { linesOf } from './read-events.ts';
import { isBlank, isCut, type Line, withoutReturn } from './read-lines.ts';

type InputTopic = 'interactions' | 'surveys';

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
  readonly #appendedMs = Date.now();
  readonly #waiting: Record<InputTopic, LogRecord[]> = { interactions: [], surveys: [] };
  readonly #waitingBytes = { interactions: 0, surveys: 0 };
  readonly #offsets = { interactions: 0, surveys: 0 };
  #ended = false;

  constructor({ files, log, onBytes = () => {}, memoryBytes = defaultMemoryBytes }: HistoryOptions) {
    this.#lines = linesOf(files, onBytes);
    this.#log = log;
    this.#memoryBytes = memoryBytes;
  }

  /** By name of the source, as a participation takes them. */
  get bySource(): Map<string, AsyncIterable<LogRecord[]>> {
    return new Map([
      ['interactions-0', this.#feed('interactions')],
      ['surveys-0', this.#feed('surveys')],
    ]);
  }

  async *#feed(topic: InputTopic): AsyncGenerator<LogRecord[]> {
    for (;;) {
      while (this.#waiting[topic].length === 0 && !this.#ended) await this.#draw();
      const records = this.#waiting[topic];
      if (records.length === 0) return;
      this.#waiting[topic] = [];
      this.#waitingBytes[topic] = 0;
      yield records;
    }
  }

  async #draw(): Promise<void> {
    const { value, done } = await this.#lines.next();
    if (done) {
      this.#ended = true;
      return;
    }
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
      else this.#wait(other === 'survey' ? 'surveys' : 'interactions', bytes, value.file);
    }
  }

  #wait(topic: InputTopic, value: Buffer, file: string): void {
    const offset = this.#offsets[topic]++;
    this.#waiting[topic].push({ offset, appendedMs: this.#appendedMs, key: null, value, headers: {} });
    this.#waitingBytes[topic] += value.length;
    if (this.#waitingBytes[topic] <= this.#memoryBytes) return;
    throw new SeamError(
      'SEAM_REPLAY_STATE',
      `${file} is not in order of time: ${count(this.#waiting[topic].length)} events of ${topic} lie before the next of the other ` +
        'topic; replay it without --state-only, which sorts',
    );
  }
}
