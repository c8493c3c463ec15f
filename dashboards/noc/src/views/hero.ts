import { titleOf } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatCount, plural } from '../format/number.ts';
import { type LeadTime, leadTime, measuresOf } from '../model/alerts.ts';
import { badge } from './icons.ts';

/** The strip at the top: an open early warning against the weekly NPS test, or that there is none. */
export function hero(app: App): TemplateResult {
  const alert = app.hero;
  return alert ? openAlert(app, alert) : noAlert(app);
}

function openAlert(app: App, alert: AlertRecord): TemplateResult {
  const lead = leadTime(alert, app.picture.asOf, app.time);
  const more = app.alerts.open.length - 1;
  const now = app.picture.asOf ?? Date.parse(alert.at);
  return html`<section class="hero" data-mark=${alert.level} aria-label="Early warning">
    <div class="hero-what">
      ${badge(alert.level)}
      <p class="hero-series">
        <a href="#alert=${alert.id}">${titleOf(alert.measure)}</a> <span>${alert.segmentTitle}</span>
      </p>
      ${alert.measure === 'composite' ? html`<p class="hero-more">${measuresOf(alert).map(titleOf).join(', ')}</p>` : ''}
      ${more > 0 ? html`<p class="hero-more">and ${formatCount(more)} more open</p>` : ''}
    </div>
    <p class="hero-date"><span>Early warning</span> <b>${app.time.day(Date.parse(alert.openedAt), now)}</b></p>
    <span class="hero-track" data-lead=${lead.kind} aria-hidden="true"></span>
    <p class="hero-date nps">
      ${
        lead.confirmedAt === null
          ? html`<span>Weekly NPS confirms</span> <b>not yet</b>`
          : html`<span>Weekly NPS confirms</span> <b>${app.time.day(lead.confirmedAt, now)}</b>`
      }
    </p>
    <p class="hero-lead">${leadWords(lead)}</p>
  </section>`;
}

function leadWords(lead: LeadTime): TemplateResult {
  switch (lead.kind) {
    case 'earlier':
      return html`<b>${plural(lead.days, 'day')}</b> <span>earlier</span>`;
    case 'later':
      return html`<b>${plural(lead.days, 'day')}</b> <span>later than NPS</span>`;
    case 'same_day':
      return html`<b>0 days</b> <span>the same day</span>`;
    case 'not_confirmed':
      return html`<b>open</b> <span>${plural(lead.days, 'day')} since the warning</span>`;
  }
}

function noAlert(app: App): TemplateResult {
  const { known, asOf } = app.picture;
  const title = known ? 'No early warning is open.' : 'Waiting for the first data.';
  return html`<section class="hero none" aria-label="Early warning">
    <p><b>${title}</b> ${known ? html`<span>${asOf === null ? 'No data yet.' : watched(app)}</span>` : nothing}</p>
  </section>`;
}

/** How much is watched, and how often that may be wrong. */
function watched(app: App): string {
  const progress = app.picture.status?.progress;
  if (!progress) return '';
  if (progress.series === 0) return 'Nothing is watched before a baseline is learned.';
  const alerts = plural(progress.falseAlarmsPer30Days, 'false alert');
  return `${plural(progress.series, 'series', 'series')} watched, with at most ${alerts} in 30 days across all of them.`;
}
