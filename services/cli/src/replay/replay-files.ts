import { statSync } from 'node:fs';
import { type ErrorCode, SeamError } from '@seamwatch/contracts/errors.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { MappingModule } from '../mapping.ts';
import type { Target } from '../targets/target.ts';
import { count, span } from '../terminal/text.ts';
import { deadLetterOf, type Refused } from './dead-letter.ts';
import { readEntries } from './read-events.ts';
import { TimeSorter } from './time-sorter.ts';

export interface ReplayOptions {
  files: readonly string[];
  mapping: MappingModule | undefined;
  /** Absent: files are read and judged, and nothing is sent. */
  target: Target | undefined;
  /** Send events that the monitor will refuse as too late, too. */
  history: boolean;
  /** How far an event may lie behind the watermark, in ms. */
  allowedLatenessMs: number;
  memoryBytes?: number;
  onProgress?: (progress: ReplayProgress) => void;
  signal?: AbortSignal;
}

export interface ReplayProgress {
  phase: 'reading' | 'sending';
  /** 0 to 1; undefined where the size of the input is not known. */
  share: number | undefined;
  done: number;
}

/** What a replay did; counts of lines or rows, and of events. */
export interface ReplaySummary {
  files: number;
  read: number;
  skipped: number;
  /** Events found, and events sent, by topic. */
  events: Record<string, number>;
  sent: Record<string, number>;
  deadLettered: Partial<Record<ErrorCode, number>>;
  /** Event time of the first and last event. */
  from: string | null;
  to: string | null;
  target: string | null;
  /** The first few refusals, for people. */
  examples: { file: string; line: number; code: ErrorCode; path: string; found: string }[];
}

const shownExamples = 5;
const batchRecords = 2_000;
const batchBytes = 1024 * 1024;
/** Dead letters go first. The earliest time that there is. */
const beforeAllMs = -8.64e15;

/**
 * Reads all files, sorts their events by event time and sends them, and what is no event as dead letters. Throws
 * `SEAM_REPLAY_BEHIND`, before anything is sent, where events lie behind the monitor's watermark by more than is allowed.
 */
export async function replayFiles(options: ReplayOptions): Promise<ReplaySummary> {
  const { target } = options;
  const sorter = new TimeSorter(options.memoryBytes);
  const summary: ReplaySummary = {
    files: options.files.length,
    read: 0,
    skipped: 0,
    events: {},
    sent: {},
    deadLettered: {},
    from: null,
    to: null,
    target: target?.name ?? null,
    examples: [],
  };
  const behind = target && !options.history ? await limitOf(target, options.allowedLatenessMs) : undefined;
  try {
    const range = await readAll(options, sorter, summary, behind);
    if (range.first <= range.last) {
      summary.from = toRfc3339(range.first);
      summary.to = toRfc3339(range.last);
    }
    if (behind && range.tooLate > 0) throw refusal(behind, range.first, range.tooLate, options);
    if (target) await sendAll(target, sorter, summary, options);
  } finally {
    sorter.close();
  }
  return summary;
}

interface Limit {
  watermarkMs: number;
  /** What is older is refused by the monitor. */
  limitMs: number;
}

async function limitOf(target: Target, allowedLatenessMs: number): Promise<Limit | undefined> {
  const { watermarkMs } = await target.standing();
  return watermarkMs === null ? undefined : { watermarkMs, limitMs: watermarkMs - allowedLatenessMs };
}

async function readAll(
  options: ReplayOptions,
  sorter: TimeSorter,
  summary: ReplaySummary,
  behind: Limit | undefined,
): Promise<{ first: number; last: number; tooLate: number }> {
  const range = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, tooLate: 0 };
  const size = sizeOf(options.files);
  let bytes = 0;
  const onBytes = (n: number) => {
    bytes += n;
  };
  for (const file of options.files) {
    for await (const entries of readEntries(file, { mapping: options.mapping, onBytes })) {
      options.signal?.throwIfAborted();
      for (const entry of entries) {
        summary.read++;
        if (entry.kind === 'skip') summary.skipped++;
        else if (entry.kind === 'bad') {
          note(summary, entry);
          sorter.add({ timeMs: beforeAllMs, record: deadLetterOf(entry) });
        } else {
          sorter.add(entry);
          const { topic } = entry.record;
          summary.events[topic] = (summary.events[topic] ?? 0) + 1;
          range.first = Math.min(range.first, entry.timeMs);
          range.last = Math.max(range.last, entry.timeMs);
          if (behind && entry.timeMs < behind.limitMs) range.tooLate++;
        }
      }
      options.onProgress?.({
        phase: 'reading',
        share: size === undefined ? undefined : bytes / size,
        done: summary.read,
      });
    }
  }
  return range;
}

function note(summary: ReplaySummary, { file, line, code, path, found }: Refused): void {
  summary.deadLettered[code] = (summary.deadLettered[code] ?? 0) + 1;
  if (summary.examples.length < shownExamples) summary.examples.push({ file, line, code, path, found });
}

/** One batch is on its way at a time: the target sets the pace. */
async function sendAll(
  target: Target,
  sorter: TimeSorter,
  summary: ReplaySummary,
  { signal, onProgress }: ReplayOptions,
): Promise<void> {
  let batch: OutRecord[] = [];
  let bytes = 0;
  let done = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    signal?.throwIfAborted();
    const refused = await target.send(batch);
    for (const { topic } of batch) {
      if (topic !== 'dead-letters') summary.sent[topic] = (summary.sent[topic] ?? 0) + 1;
    }
    for (const [code, n] of refused) summary.deadLettered[code] = (summary.deadLettered[code] ?? 0) + n;
    done += batch.length;
    onProgress?.({ phase: 'sending', share: done / sorter.count, done });
    batch = [];
    bytes = 0;
  };
  for (const { record } of sorter.sorted()) {
    batch.push(record);
    bytes += record.value?.length ?? 0;
    if (batch.length >= batchRecords || bytes >= batchBytes) await flush();
  }
  await flush();
}

/** Bytes of all files as stored; undefined where one is no file. */
export function sizeOf(files: readonly string[]): number | undefined {
  let size = 0;
  for (const file of files) {
    const found = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
    if (found === undefined) return undefined;
    size += found;
  }
  return size;
}

function refusal(behind: Limit, firstMs: number, tooLate: number, options: ReplayOptions): SeamError {
  return new SeamError(
    'SEAM_REPLAY_BEHIND',
    `${count(tooLate)} event(s) lie more than ${span(options.allowedLatenessMs)} behind the running watermark ` +
      `${toRfc3339(behind.watermarkMs)} (the first is of ${toRfc3339(firstMs)}), and would be dead-lettered as too late; ` +
      'nothing was sent. Use an installation of its own for another history (another SEAMWATCH_DATA, or another ' +
      'SEAMWATCH_KAFKA_TOPIC_PREFIX), or --history to send all the same',
  );
}
