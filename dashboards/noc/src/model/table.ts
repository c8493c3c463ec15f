import type { Measure, Window } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { seriesKey } from './alerts.ts';
import type { LivePoint, Picture } from './picture.ts';
import { type Condition, condition, type Mark, marks, summarise } from './status.ts';
import { type Together, together } from './together.ts';

export const tableMeasures = [
  'repeat_contact',
  'escalation_rate',
  'csat',
  'nps',
  'durable_resolution',
] as const satisfies readonly Measure[];

export type SortKey = 'title' | 'mark' | 'volume' | 'together' | (typeof tableMeasures)[number];
export interface Sort {
  key: SortKey;
  descending: boolean;
}

export interface TableRow {
  segment: Segment;
  mark: Mark;
  volume: LivePoint | undefined;
  /** All signals together; undefined where they are not watched so. */
  together: Together | undefined;
  cells: { measure: Measure; point: LivePoint | undefined; condition: Condition }[];
}

/** Rows of the segments whose title or id has every word of `search` in it, sorted; missing values come last. */
export function tableRows(
  picture: Picture,
  segments: readonly Segment[],
  window: Window,
  openAlerts: ReadonlyMap<string, AlertRecord>,
  search: string,
  sort: Sort,
): TableRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (segment: Segment) => {
    const text = `${segment.title} ${segment.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return segments
    .filter(matches)
    .map((segment) => tableRow(picture, segment, window, openAlerts))
    .sort((a, b) => compare(a, b, sort) || a.segment.title.localeCompare(b.segment.title));
}

function tableRow(
  picture: Picture,
  segment: Segment,
  window: Window,
  openAlerts: ReadonlyMap<string, AlertRecord>,
): TableRow {
  const evidence = picture.rates.get(segment.id)?.evidence;
  const cells = tableMeasures.map((measure) => {
    const point = picture.point(segment.id, measure, window);
    const alert = openAlerts.get(seriesKey(segment.id, measure));
    return { measure, point, condition: condition(point, evidence?.get(measure), alert) };
  });
  // A measure that does not exist on this path (escalation of human-only interactions) says nothing about it.
  const relevant = cells.filter((cell) => cell.point !== undefined || cell.condition.watched);
  const volume = picture.point(segment.id, 'volume', '24h');
  const all = together(picture, segment.id, window, openAlerts);
  const mark = summarise(
    relevant.map((cell) => cell.condition),
    all?.condition,
  );
  return { segment, mark, volume, together: all, cells };
}

function compare(a: TableRow, b: TableRow, { key, descending }: Sort): number {
  const sign = descending ? -1 : 1;
  if (key === 'title') return sign * a.segment.title.localeCompare(b.segment.title);
  if (key === 'mark') return sign * (marks.indexOf(a.mark) - marks.indexOf(b.mark));
  if (key === 'together') return sign * (togetherRank(a) - togetherRank(b));
  const [x, y] = [cellValue(a, key), cellValue(b, key)];
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  return sign * (x - y);
}

const togetherRank = ({ together }: TableRow): number =>
  together ? marks.indexOf(together.condition.mark) : marks.length;

function cellValue(row: TableRow, key: Exclude<SortKey, 'title' | 'mark' | 'together'>): number | null {
  if (key === 'volume') return row.volume?.value ?? null;
  return row.cells.find((cell) => cell.measure === key)?.point?.value ?? null;
}
