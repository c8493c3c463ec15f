import type { Family, Measure } from '@seamwatch/contracts/measures.ts';
import type { Effect } from '@seamwatch/contracts/records.ts';
import { type Days, dayMs } from '@seamwatch/contracts/units.ts';
import type { SeriesFinding } from '../alerts/alert-book.ts';
import { estimateOnset, type Onset } from '../detection/estimates.ts';
import { type Carrier, carriers, compositeEvidence } from '../detection/fusion.ts';
import { inUnits } from './families.ts';
import type { BaselineView } from './rate-points.ts';
import type { Composite, Series } from './series.ts';

/** Families with less of the evidence than this do not carry a composite. */
const leastPart = 0.05;

/** The effect of one series since its onset, in units of its measure. `ages`: days in the repeat window. */
export function effectOf({ detector, family }: Series, ages: number): Effect {
  const effect = detector.effect();
  const units = (x: number) => inUnits(family, x, ages);
  const [lower, upper] = [units(effect.value.lower), units(effect.value.upper)].sort((x, y) => x - y);
  return {
    value: units(effect.value.value),
    lower: lower!,
    upper: upper!,
    // A hazard has one trial an age; people count interactions.
    n: Math.round(family === 'repeat_contact' ? effect.n / ages : effect.n),
    baseline: units(effect.baseline),
  };
}

/** What evidence of one series or composite amounts to, against the threshold of the fleet. */
export interface Strength {
  installationDays: Days;
  /** ln of its greatest likelihood ratio since an onset. */
  lnRatio: number;
}

/** Evidence that a segment as a whole declines: half its fusion, half the mean of its families. */
export function strengthOf({ fusion, fused }: Composite, members: readonly Series[]): Strength {
  const days = members.map(({ detector }) => detector.installationDays());
  const ratios = members.map(({ detector }) => detector.evidence.leader().lnRatio);
  if (fused.size > 0) ratios.push(fusion.evidence.leader().lnRatio);
  return {
    installationDays: compositeEvidence(fused.size > 0 ? fusion.installationDays() : null, days),
    lnRatio: Math.max(...ratios),
  };
}

/** Families that speak for a decline of the segment, the strongest first. */
export const carriersOf = (members: readonly Series[]): (Carrier & { series: Series })[] =>
  carriers(members.map(({ family, detector }) => [family, detector.evidence] as const))
    .filter(({ part }) => part >= leastPart)
    .map((carrier) => ({ ...carrier, series: ofFamily(members, carrier.family) }));

const ofFamily = (members: readonly Series[], family: Family): Series =>
  members.find((series) => series.family === family)!;

/** When the decline of a segment began: by its fusion where that is the strongest, else by its strongest family. */
export function onsetOf({ fusion, fused }: Composite, members: readonly Series[]): Onset | null {
  const [strongest] = carriersOf(members);
  const single = strongest?.series.detector;
  const together = fused.size > 0 ? fusion.evidence.leader().lnRatio : Number.NEGATIVE_INFINITY;
  if (single && single.evidence.leader().lnRatio > together) return single.onset();
  return estimateOnset(fusion.evidence) ?? single?.onset() ?? null;
}

/** Evidence in days that all families which are watched for recovery have recovered; +∞ where none is watched. */
export const recoveryOf = (members: readonly Series[]): Days =>
  Math.min(
    ...members.map(({ detector }) =>
      detector.watchesRecovery ? detector.recoveryDays() : Number.POSITIVE_INFINITY,
    ),
  );

/** What is told of a series or of a composite, save its evidence. */
type Told = Omit<SeriesFinding, 'evidenceDays' | 'installationDays'>;

export function tellSeries(series: Series, ages: number): Told {
  const { detector, baseline } = series;
  return {
    learning: baseline.learning,
    onset: inMs(detector.onset(), detector.time),
    effect: effectOf(series, ages),
    carriers: [],
  };
}

export function tellComposite(composite: Composite, members: readonly Series[], ages: number): Told {
  return {
    learning: members.some(({ baseline }) => baseline.learning),
    onset: inMs(onsetOf(composite, members), Math.max(...members.map(({ detector }) => detector.time))),
    effect: null,
    carriers: carriersOf(members).map(({ family, part, series }) => ({
      measure: family,
      part,
      effect: effectOf(series, ages),
    })),
  };
}

/** In ms of event time; now, where nothing points to an earlier time. */
function inMs(onset: Onset | null, now: Days): SeriesFinding['onset'] {
  const { at, lower, upper } = onset ?? { at: now, lower: now, upper: now };
  return { at: at * dayMs, lower: lower * dayMs, upper: upper * dayMs };
}

/** What is expected of a measure at the latest case mix of a segment; undefined for measures without evidence. */
export function baselineView(members: readonly Series[], measure: Measure): BaselineView | undefined {
  const series = members.find((s) => s.family === measure);
  // NPS in points has no expected value: evidence is on the mean answer.
  if (!series || measure === 'nps') return undefined;
  const { value } = series.expected;
  const inItsUnits = value === null || measure === 'repeat_contact';
  return {
    value: inItsUnits ? value : inUnits(series.family, value, 1),
    learning: series.baseline.learning,
  };
}
