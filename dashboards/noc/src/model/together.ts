import { type EvidencePoint, families, type Window } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { seriesKey } from './alerts.ts';
import type { Picture } from './picture.ts';
import { type Condition, condition, dataState } from './status.ts';

/** What the signals of a segment say together. */
export interface Together {
  condition: Condition;
  /** The measures that carry it, the strongest first; empty where nothing stands out. */
  carriers: NonNullable<EvidencePoint['carriers']>;
  alert: AlertRecord | undefined;
}

/** All signals of a segment together; undefined where nobody watches them so. */
export function together(
  picture: Picture,
  segment: string | undefined,
  window: Window,
  openAlerts: ReadonlyMap<string, AlertRecord>,
): Together | undefined {
  if (segment === undefined) return undefined;
  const evidence = picture.rates.get(segment)?.evidence.get('composite');
  const alert = openAlerts.get(seriesKey(segment, 'composite'));
  if (!evidence && !alert) return undefined;
  // One signal with data is enough to speak for them; without any, nothing here is quiet.
  const points = families.map((family) => picture.point(segment, family, window));
  const point = points.find((it) => dataState(it) === 'ok') ?? points.find((it) => it !== undefined);
  return {
    condition: condition(point, evidence, alert),
    carriers: evidence?.carriers ?? alert?.carriers ?? [],
    alert,
  };
}
