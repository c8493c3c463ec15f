import { Point as LinePoint } from '@influxdata/influxdb-client';
import type { InfluxMeasurement, influxMeasurements } from '@seamwatch/contracts/influx.ts';

type TagOf<M extends InfluxMeasurement> = (typeof influxMeasurements)[M]['tags'][number];
type FieldOf<M extends InfluxMeasurement> = (typeof influxMeasurements)[M]['fields'][number];

/**
 * One type per field for ever: InfluxDB refuses a point whose field has another type than the first one written.
 * So the type is a fact of the field, never of a value (`1` and `1.5` are both floats).
 */
const fieldTypes = {
  seam_rate: {
    value: 'float',
    lower: 'float',
    upper: 'float',
    n: 'integer',
    baseline: 'float',
    state: 'string',
  },
  seam_evidence: { days: 'float', installation_days: 'float', level: 'string', onset_ms: 'integer' },
  seam_alert: {
    alert_id: 'string',
    seq: 'integer',
    title: 'string',
    owner: 'string',
    value: 'float',
    lower: 'float',
    upper: 'float',
    baseline: 'float',
  },
  seam_pipeline: {
    events: 'integer',
    late: 'integer',
    dead: 'integer',
    lag_ms: 'integer',
    watermark_ms: 'integer',
  },
} as const satisfies { [M in InfluxMeasurement]: Record<FieldOf<M>, 'float' | 'integer' | 'string'> };

type FieldValue<T> = T extends 'string' ? string : number;

/** A point of one measurement, with the tags and fields of the contract and no others. */
export interface PointOf<M extends InfluxMeasurement> {
  measurement: M;
  tags: { readonly [T in TagOf<M>]?: string | undefined };
  /** Absent, null, NaN and infinite values are not written. */
  fields: {
    readonly [F in keyof (typeof fieldTypes)[M]]?: FieldValue<(typeof fieldTypes)[M][F]> | null | undefined;
  };
  /** Whole milliseconds. Same measurement, tags and time: same point. */
  timeMs: number;
}
export type Point = { [M in InfluxMeasurement]: PointOf<M> }[InfluxMeasurement];

/** The point as a line of line protocol, time in ms; undefined where it has no field to write. */
export function toLine(point: Point): string | undefined {
  const line = new LinePoint(point.measurement);
  for (const [tag, value] of Object.entries(point.tags)) if (value) line.tag(tag, tagValue(value));
  const types: Record<string, 'float' | 'integer' | 'string'> = fieldTypes[point.measurement];
  for (const [field, value] of Object.entries(point.fields)) {
    const type = types[field];
    if (value === null || value === undefined || type === undefined) continue;
    if (type === 'string') line.stringField(field, value);
    else if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    else if (type === 'integer') line.intField(field, Math.round(value));
    else line.floatField(field, value);
  }
  // Without `convertTime` the client would write nanoseconds.
  return line.toLineProtocol({ convertTime: () => String(point.timeMs) });
}

/** Line protocol cannot hold a backslash at the end of a tag value: it would escape what follows. */
function tagValue(value: string): string {
  return value.replace(/\\+$/, (slashes) => '/'.repeat(slashes.length));
}

/** Measurement and tags, for messages. */
export const seriesOf = (point: Point): string =>
  [point.measurement, ...Object.entries(point.tags).flatMap(([tag, v]) => (v ? [`${tag}=${v}`] : []))].join(
    ' ',
  );
