import type { CloudEvent } from '@seamwatch/contracts/cloudevents.ts';
import type { EventType, SeamEvent } from '@seamwatch/contracts/events.ts';

export { localTime } from './replay/local-time.ts';

/** One row of a CSV or TSV file: its fields by the names in the header line; those in `Columns` are there for certain. */
export type Row<Columns extends readonly string[] = readonly string[]> = Readonly<
  Record<Columns[number], string>
>;

/** What a row stands for: an event, nothing (`skip`), or bad input with the reason that its dead letter gets. */
export type Mapped = CloudEvent | 'skip' | { bad: string };

export interface RowContext {
  /** Name of the file, without its folder. */
  readonly file: string;
  /** Line on which the row begins, from 1; the header line counts. */
  readonly line: number;
  /** RFC 3339 in UTC of a local time such as `1999-02-01 07:02:47` in the mapping's time zone. Throws where it is none. */
  localTime(text: string): string;
  /** Wraps event data as a CloudEvent; `id` is to be the same in each replay of the same row. */
  event<T extends EventType>(id: string, type: T, data: Extract<SeamEvent, { type: T }>['data']): CloudEvent;
}

/** Maps one row. What it throws makes the row a dead letter with that reason. */
export type MapRow = (row: Row, context: RowContext) => Mapped | readonly Mapped[];

export interface CsvOptions {
  /** Default: the one of tab, semicolon and comma that is most frequent in the header line. */
  delimiter?: string;
  /** Default `"`; null where quotes are ordinary characters. */
  quote?: string | null;
  /** Default `utf-8`; any name that `TextDecoder` knows, such as `windows-1252`. */
  encoding?: string;
}

/** A mapping module: these are its default and named exports. */
export interface MappingModule {
  default: MapRow;
  /** IANA name of the zone in which the file's times are written. */
  timeZone: string;
  csv?: CsvOptions;
  /** Columns without which nothing can be mapped; a file that lacks one is refused before anything is sent. */
  columns?: readonly string[];
}
