import type { InfluxMeasurement } from '@seamwatch/contracts/influx.ts';
import type { Measure, Path } from '@seamwatch/contracts/measures.ts';

/** Bucket expressions: Grafana puts the datasource's default bucket in the place of `v.defaultBucket`. */
export const buckets = { main: 'v.defaultBucket', daily: 'v.defaultBucket + "_daily"' } as const;

/** Template variables as Flux string literals. */
export const chosen = {
  segment: `\${segment:doublequote}`,
  window: `\${window:doublequote}`,
  measure: `\${measure:doublequote}`,
} as const;

/** A Flux string literal, or one of `chosen` as it is. */
const literal = (text: string): string => (text.startsWith('$') ? text : JSON.stringify(text));

const anyOf = (column: string, values: readonly string[]): string =>
  `(${values.map((value) => `r.${column} == ${literal(value)}`).join(' or ')})`;

/** Points of a measurement in the dashboard's time range that meet all conditions. */
export function points(
  bucket: string,
  measurement: InfluxMeasurement,
  conditions: readonly string[],
): string {
  return `from(bucket: ${bucket})
  |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
  |> filter(fn: (r) => ${[`r._measurement == "${measurement}"`, ...conditions].join(' and ')})`;
}

/**
 * One value per pixel at most, and always the last one: rates are never averaged. It keeps its own time, so that an onset
 * is not moved to the end of its interval.
 */
const thinned = `
  |> window(every: v.windowPeriod)
  |> last()`;

/** One frame per name; Grafana takes `_field` for the name of the series. */
const namedSeries = `
  |> group(columns: ["_measurement", "_field"])
  |> sort(columns: ["_time"])
  |> keep(columns: ["_measurement", "_field", "_time", "_value"])`;

export interface RateQuery {
  measures: readonly (Measure | typeof chosen.measure)[];
  fields: readonly ('value' | 'lower' | 'upper' | 'baseline' | 'n')[];
  segment?: string;
  window?: string;
  bucket?: string;
  /** Flux expression of the series' name from a row `r`; absent: the field. */
  name?: string;
}

/** Rates of one segment. */
export function rates(query: RateQuery): string {
  const { segment = chosen.segment, window = chosen.window, bucket = buckets.main, name } = query;
  return (
    points(bucket, 'seam_rate', [
      anyOf('segment', [segment]),
      anyOf('measure', query.measures),
      anyOf('window', [window]),
      anyOf('_field', query.fields),
    ]) +
    thinned +
    (name ? `\n  |> map(fn: (r) => ({r with _field: ${name}}))` : '') +
    namedSeries
  );
}

/** One measure of the segments that are a path and nothing else, each with its interval, as `AI only`, `AI only, lower` … */
export function ratesByPath(measure: Measure, titles: Readonly<Record<Path, string>>): string {
  const segments = Object.keys(titles).map((path) => `path:${path}`);
  const name = Object.entries(titles).reduceRight(
    (otherwise, [path, title]) => `if r.segment == "path:${path}" then "${title}" else ${otherwise}`,
    'r.segment',
  );
  return `${points(buckets.main, 'seam_rate', [
    anyOf('segment', segments),
    anyOf('measure', [measure]),
    anyOf('window', [chosen.window]),
    anyOf('_field', ['value', 'lower', 'upper']),
  ])}${thinned}
  |> map(fn: (r) => ({r with segment: ${name}}))
  |> map(fn: (r) => ({r with _field: if r._field == "value" then r.segment else r.segment + ", " + r._field}))${namedSeries}`;
}

/** The name of the evidence of a composite. */
export const together = 'all signals';

/** Evidence of decline in the chosen segment, one series per measure, and one of all of them together. */
export const evidence =
  points(buckets.main, 'seam_evidence', [
    anyOf('segment', [chosen.segment]),
    'r.direction == "worse"',
    'r._field == "installation_days"',
  ]) +
  thinned +
  `\n  |> map(fn: (r) => ({r with _field: if r.measure == "composite" then "${together}" else r.measure}))` +
  namedSeries;

const alertRows = `${points(buckets.main, 'seam_alert', [])}
  |> pivot(rowKey: ["_time", "segment", "measure", "level", "state"], columnKey: ["_field"], valueColumn: "_value")
  |> group()`;

/** How each alert of the time range stands: its last change. */
export const alerts = `${alertRows}
  |> sort(columns: ["seq"])
  |> group(columns: ["alert_id"])
  |> last(column: "seq")
  |> group()
  |> sort(columns: ["_time"], desc: true)
  |> keep(columns: ["_time", "level", "state", "segment", "measure", "title", "owner", "value", "lower", "upper", "baseline"])`;

/** Every change of every alert, in the columns that Grafana expects of annotations. */
export const alertAnnotations = `${alertRows}
  |> sort(columns: ["_time"])
  |> map(fn: (r) => ({time: r._time, text: r.title, tags: r.level + "," + r.state + "," + r.measure}))`;

/** What came in per interval, over all sources: counters of each source are differenced before they are added. */
export const intake = `${points(buckets.main, 'seam_pipeline', [anyOf('_field', ['events', 'late', 'dead'])])}
  |> aggregateWindow(every: v.windowPeriod, fn: last, createEmpty: false)
  |> difference(nonNegative: true)
  |> group(columns: ["_measurement", "_field", "_time"])
  |> sum()${namedSeries}`;

/** The source that is furthest behind. */
export const lag = `${points(buckets.main, 'seam_pipeline', ['r._field == "lag_ms"'])}
  |> aggregateWindow(every: v.windowPeriod, fn: max, createEmpty: false)
  |> group(columns: ["_measurement", "_field", "_time"])
  |> max()${namedSeries}`;

/** Where event time stands: the watermark of the slowest source. */
export const asOf = `${points(buckets.main, 'seam_pipeline', ['r._field == "watermark_ms"'])}
  |> last()
  |> group(columns: ["_measurement", "_field"])
  |> min()
  |> keep(columns: ["_measurement", "_field", "_time", "_value"])`;

/** Segments that have been recorded, for the template variable. */
export const segmentNames = `import "influxdata/influxdb/schema"
schema.tagValues(bucket: ${buckets.main}, tag: "segment", predicate: (r) => r._measurement == "seam_rate", start: -35d)`;
