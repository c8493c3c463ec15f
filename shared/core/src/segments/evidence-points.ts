import type { EvidenceLevel, EvidencePoint, Signal } from '@seamwatch/contracts/measures.ts';
import { type Days, dayMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { Onset } from '../detection/estimates.ts';
import type { Fleet } from '../detection/fleet.ts';
import { levelOf } from '../detection/levels.ts';
import { carriersOf, onsetOf, strengthOf } from './findings.ts';
import type { SeriesTable } from './series.ts';

interface Shown {
  key: string;
  measure: Signal;
  installationDays: Days;
  level: EvidenceLevel;
  learning: boolean;
  /** Asked only above quiet. */
  onset: () => Onset | null;
}

/** The evidence of a segment as it is shown: of each of its families, and of the segment as a whole. */
export function evidencePoints(table: SeriesTable, segment: number, fleet: Fleet): EvidencePoint[] {
  const members = table.of(segment);
  const points = members.map(({ key, detector, family, baseline }) =>
    shown(fleet, {
      key,
      measure: family,
      installationDays: detector.installationDays(),
      level: detector.level(fleet.threshold),
      learning: baseline.learning,
      onset: () => detector.onset(),
    }),
  );
  const composite = table.composite(segment);
  if (!composite) return points;
  const { installationDays, lnRatio } = strengthOf(composite, members);
  const level = levelOf(installationDays, fleet.threshold, lnRatio);
  const point = shown(fleet, {
    key: composite.key,
    measure: 'composite',
    installationDays,
    level,
    learning: members.some(({ baseline }) => baseline.learning),
    onset: () => onsetOf(composite, members),
  });
  if (level === 'quiet') return [...points, point];
  const carriers = carriersOf(members).map(({ family, part }) => ({ measure: family, part }));
  return [...points, { ...point, carriers }];
}

function shown(
  fleet: Fleet,
  { key, measure, installationDays, level, learning, onset }: Shown,
): EvidencePoint {
  const began = level === 'quiet' ? null : onset();
  return {
    measure,
    direction: 'worse',
    days: fleet.seriesDays(key, installationDays),
    installationDays,
    level,
    learning,
    onset: began ? toRfc3339(Math.round(began.at * dayMs)) : null,
  };
}
