import { type Measure, titleOf } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { calendarDays, type TimeFormat } from '../format/time.ts';

export const isOpen = (alert: AlertRecord): boolean => alert.status !== 'resolved';

/** What an alert is about: its measure, or those that carry it, the strongest first. */
export const measuresOf = ({ measure, carriers }: AlertRecord): Measure[] =>
  measure === 'composite' ? carriers.map((carrier) => carrier.measure) : [measure];

export const alertTitle = (alert: AlertRecord): string => `${titleOf(alert.measure)}, ${alert.segmentTitle}`;

/** Open ones first: critical before warning, pending last, then those open longest; then the resolved, newest first. */
export function sortAlerts(alerts: Iterable<AlertRecord>): { open: AlertRecord[]; resolved: AlertRecord[] } {
  const all = [...alerts];
  const rank = (alert: AlertRecord) => (alert.status === 'pending' ? 2 : alert.level === 'critical' ? 0 : 1);
  return {
    open: all
      .filter(isOpen)
      .sort((a, b) => rank(a) - rank(b) || a.openedAt.localeCompare(b.openedAt) || a.seq - b.seq),
    resolved: all
      .filter((alert) => !isOpen(alert))
      .sort((a, b) => (b.resolvedAt ?? b.at).localeCompare(a.resolvedAt ?? a.at)),
  };
}

/** Open alerts by segment and measure; of several the most severe. Improvements are not among them. */
export function openBySeries(alerts: Iterable<AlertRecord>): Map<string, AlertRecord> {
  const series = new Map<string, AlertRecord>();
  for (const alert of sortAlerts(alerts).open.reverse()) {
    if (alert.direction === 'worse') series.set(seriesKey(alert.segment, alert.measure), alert);
  }
  return series;
}

export const seriesKey = (segment: string, measure: string): string => `${segment}/${measure}`;

/** How the alert stands to the weekly NPS test, in calendar days. */
export type LeadTime =
  | { kind: 'earlier'; days: number; confirmedAt: number }
  | { kind: 'same_day'; days: 0; confirmedAt: number }
  | { kind: 'later'; days: number; confirmedAt: number }
  /** The weekly test has not rejected: days since the alert, up to now or to its resolution. */
  | { kind: 'not_confirmed'; days: number; confirmedAt: null };

export function leadTime(alert: AlertRecord, asOf: number | null, format: TimeFormat): LeadTime {
  const opened = Date.parse(alert.openedAt);
  if (alert.npsConfirmedAt === null) {
    const until = alert.resolvedAt ? Date.parse(alert.resolvedAt) : (asOf ?? Date.parse(alert.at));
    return {
      kind: 'not_confirmed',
      days: Math.max(0, calendarDays(format, opened, until)),
      confirmedAt: null,
    };
  }
  const confirmedAt = Date.parse(alert.npsConfirmedAt);
  const days = calendarDays(format, opened, confirmedAt);
  if (days === 0) return { kind: 'same_day', days: 0, confirmedAt };
  return { kind: days > 0 ? 'earlier' : 'later', days: Math.abs(days), confirmedAt };
}

/** The alert of the strip at the top: the selected one if it is open, else the first. */
export function heroAlert(
  open: readonly AlertRecord[],
  selected: string | undefined,
): AlertRecord | undefined {
  return open.find((alert) => alert.id === selected) ?? open[0];
}
