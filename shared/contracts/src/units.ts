declare const unit: unique symbol;
type Unit<T, Name extends string> = T & { readonly [unit]?: Name };

/** Milliseconds since 1970-01-01T00:00Z in the time of the event, not of the clock. */
export type EventTimeMs = Unit<number, 'EventTimeMs'>;
/** Whole minutes since 1970-01-01T00:00Z of event time. */
export type Minute = Unit<number, 'Minute'>;
/** The unit of evidence. */
export type Days = Unit<number, 'Days'>;

export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
export const dayMinutes = 1_440;
export const hourMinutes = 60;

const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const durationUnitMs = { ms: 1, s: secondMs, m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs } as const;

/** Milliseconds of a duration such as `30s`, `4h`, `7d`; undefined where the text is none. */
export function parseDurationMs(text: string): number | undefined {
  const match = durationPattern.exec(text.trim());
  return match ? Number(match[1]) * durationUnitMs[match[2] as keyof typeof durationUnitMs] : undefined;
}

/** RFC 3339 in UTC, as on every wire. */
export const toRfc3339 = (ms: EventTimeMs): string => new Date(ms).toISOString();
