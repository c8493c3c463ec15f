import type { Measure } from '@seamwatch/contracts/measures.ts';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { SegmentDays } from '../day-store.ts';
import { type DayValue, dayValues, trend } from '../model/history.ts';

const width = 100;
const height = 28;
const days = 90;
/** Fewer days than this are no trend. */
const leastPoints = 7;

interface Line {
  path: string;
  /** Height of the baseline; null where there is none. */
  baseline: number | null;
  /** End of the line. */
  end: { x: number; y: number } | null;
}

const lines = new WeakMap<SegmentDays, Map<Measure, Line | null>>();

/** The trend of a measure over the last 90 days; drawn once for each history that is fetched. */
export function sparkline(data: SegmentDays | undefined, measure: Measure, minimumN: number): TemplateResult {
  const line = data && cached(data, measure, minimumN);
  if (!line) return html`<span class="no-trend">no trend yet</span>`;
  return html`<svg class="sparkline" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${
      line.baseline === null
        ? nothing
        : svg`<path class="base" d="M0 ${line.baseline}H${width}" vector-effect="non-scaling-stroke"/>`
    }
    <path class="trend" d=${line.path} vector-effect="non-scaling-stroke" />
    ${
      line.end === null
        ? nothing
        : svg`<path class="end" d="M${line.end.x} ${line.end.y}h.01" vector-effect="non-scaling-stroke"/>`
    }
  </svg>`;
}

function cached(data: SegmentDays, measure: Measure, minimumN: number): Line | null {
  let own = lines.get(data);
  if (!own) {
    own = new Map();
    lines.set(data, own);
  }
  let line = own.get(measure);
  if (line === undefined) {
    line = draw(data, measure, minimumN);
    own.set(measure, line);
  }
  return line;
}

function draw(data: SegmentDays, measure: Measure, minimumN: number): Line | null {
  const values = dayValues(data.days, measure);
  const points = trend(values, measure, minimumN).slice(-days);
  const baseline = values.findLast((day) => day.baseline !== null)?.baseline ?? null;
  const shown = points.flatMap((p) => (p.value === null ? [] : [p.value]));
  if (shown.length < leastPoints) return null;
  const all = baseline === null ? shown : [...shown, baseline];
  const { low, span } = scale(all, leastSpan(values));
  const x = (index: number) => round((index / (points.length - 1)) * (width - 2) + 1);
  const y = (value: number) => round(height - 3 - ((value - low) / span) * (height - 6));
  let path = '';
  let pen = false;
  let end: Line['end'] = null;
  points.forEach(({ value }, index) => {
    if (value !== null) {
      end = { x: x(index), y: y(value) };
      path += `${pen ? 'L' : 'M'}${end.x} ${end.y}`;
    }
    pen = value !== null;
  });
  if (!pen) end = null;
  return { path, baseline: baseline === null ? null : y(baseline), end };
}

/**
 * So much that the noise of a week stays small and only a change is tall: three times a week's interval, or, where
 * there is no interval, half of the usual value.
 */
function leastSpan(values: readonly DayValue[]): number {
  const widths = values.flatMap((d) => (d.lower === null || d.upper === null ? [] : [d.upper - d.lower]));
  if (widths.length > 0) return (3 * median(widths)) / Math.sqrt(7);
  return median(values.flatMap((d) => (d.value === null ? [] : [d.value]))) / 2;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function scale(all: readonly number[], least: number): { low: number; span: number } {
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = Math.max(high - low, least) || 1;
  return { low: (low + high - span) / 2, span };
}

const round = (n: number) => Math.round(n * 10) / 10;
