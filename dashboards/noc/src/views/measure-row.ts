import { type Measure, titleOf } from '@seamwatch/contracts/measures.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatDuration } from '../format/number.ts';
import { seriesKey } from '../model/alerts.ts';
import { type Condition, condition, dataState } from '../model/status.ts';
import { evidenceText, footnote, valueText } from './figure.ts';
import { sparkline } from './sparkline.ts';

/** How a measure of a segment stands in the chosen window. */
export function conditionOf(app: App, segmentId: string | undefined, measure: Measure): Condition {
  if (segmentId === undefined) return { mark: 'no_data', data: 'no_data', watched: false };
  return condition(
    app.picture.point(segmentId, measure, app.choices.window),
    app.picture.rates.get(segmentId)?.evidence.get(measure),
    app.alerts.bySeries.get(seriesKey(segmentId, measure)),
  );
}

const shortNames: Partial<Record<Measure, string>> = {
  repeat_contact: 'Repeat contact, 7 d',
  seam_wait_p50: 'Seam wait, median',
};

/** Name, trend and value; under them state and baseline, interval and n. */
export function measureRow(app: App, segmentId: string | undefined, measure: Measure): TemplateResult {
  const minimumN = app.picture.hello?.minimumN ?? 20;
  const point = app.picture.point(segmentId, measure, app.choices.window);
  const state = conditionOf(app, segmentId, measure);
  const alert = segmentId && app.alerts.bySeries.get(seriesKey(segmentId, measure));
  const name = shortNames[measure] ?? titleOf(measure);
  return html`<div class="row" data-mark=${state.mark}>
    <span class="name">${alert ? html`<a href="#alert=${alert.id}">${name}</a>` : name}</span>
    ${sparkline(app.days.get(segmentId), measure, minimumN)}
    <span class="value">${valueText(measure, point, state)}</span>
    <span class="sub"
      ><span class="state">${footnote(measure, point, state)}</span
      ><span class="interval">${evidenceText(measure, point, state, minimumN)}${
        measure === 'seam_wait_p50' ? ninetieth(app, segmentId) : nothing
      }</span></span
    >
  </div>`;
}

function ninetieth(app: App, segmentId: string | undefined): string {
  const point = app.picture.point(segmentId, 'seam_wait_p90', app.choices.window);
  return point?.value != null && dataState(point) === 'ok' ? ` · p90 ${formatDuration(point.value)}` : '';
}
