import { type Measure, measures } from '@seamwatch/contracts/measures.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatInterval, formatValue } from '../format/number.ts';
import type { LivePoint } from '../model/picture.ts';
import { type Condition, markTitles } from '../model/status.ts';
import { icon } from './icons.ts';

/** The value of a point, or a dash where there is none to believe. */
export function valueText(measure: Measure, point: LivePoint | undefined, { data }: Condition): string {
  if (!point || point.value === null || data === 'no_data' || data === 'not_enough_data') return '–';
  return formatValue(measures[measure].unit, point.value);
}

/** `17.6–19.2 · n 8,412`, or how many there are of how many needed. */
export function evidenceText(
  measure: Measure,
  point: LivePoint | undefined,
  { data }: Condition,
  minimumN: number,
): string {
  if (!point || data === 'no_data') return 'n 0';
  if (data === 'not_enough_data') return `n ${formatCount(point.n)}, needs ${formatCount(minimumN)}`;
  const n = `n ${formatCount(point.n)}`;
  if (point.lower === null || point.upper === null) return n;
  return `${formatInterval(measures[measure].unit, point.lower, point.upper)} · ${n}`;
}

/** Value above, interval and n below: no number stands alone. */
export function figure(
  measure: Measure,
  point: LivePoint | undefined,
  condition: Condition,
  minimumN: number,
): TemplateResult {
  return html`<span class="value">${valueText(measure, point, condition)}</span
    ><span class="sub">${evidenceText(measure, point, condition, minimumN)}</span>`;
}

/** What stands under the name of a measure: its mark in words, its baseline, and how final it is. */
export function footnote(
  measure: Measure,
  point: LivePoint | undefined,
  condition: Condition,
): TemplateResult {
  const { mark, data } = condition;
  const gone =
    data !== 'ok' && mark !== data
      ? html` <span>· ${markTitles[data as keyof typeof markTitles] ?? data}</span>`
      : nothing;
  // Containment is what is left of escalation, and so is its baseline.
  const known = point?.baseline != null && data !== 'no_data' && measure !== 'containment';
  const baseline = known
    ? html` <span>· baseline ${formatValue(measures[measure].unit, point.baseline ?? 0)}</span>`
    : nothing;
  return html`<span class="mark-text">${icon(mark)}${markTitles[mark]}</span>${gone}${baseline}${
    point?.provisional
      ? html` <span>· <abbr title="The running minute is in it: later events still change it">running</abbr></span>`
      : nothing
  }${point?.revised ? html` <span>· <abbr title="A late event has corrected this window">revised</abbr></span>` : nothing}`;
}
