import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { chartModel } from '../charts/chart-model.ts';
import { plural } from '../format/number.ts';
import { alertTitle, isOpen, leadTime, measuresOf } from '../model/alerts.ts';
import { dataState } from '../model/status.ts';
import { carriers, facts } from './alert-details.ts';
import { badge } from './icons.ts';

const statusTitles: Record<AlertRecord['status'], string> = {
  pending: 'pending',
  firing: 'firing',
  recovering: 'recovering',
  resolved: 'resolved',
};

export function alertCard(app: App, alert: AlertRecord, selected: boolean): TemplateResult {
  const open = isOpen(alert);
  const { time } = app;
  const heading = html`<a href="#alert=${alert.id}" aria-current=${selected ? 'true' : nothing}>${alertTitle(alert)}</a>`;
  return html`<article class="alert ${selected ? 'selected' : ''}" data-mark=${open ? alert.level : 'resolved'}>
    <header>
      ${open ? badge(alert.level) : html`<span class="badge">${resolvedIcon}<span>Resolved</span></span>`}
      ${open ? html`<h3>${heading}</h3>` : html`<h4>${heading}</h4>`}
      <p class="alert-status">
        ${alert.limit ? 'exit threshold · ' : ''}${open && alert.status !== 'firing' ? `${statusTitles[alert.status]} · ` : ''}${noData(app, alert)}${
          alert.resolvedAt
            ? `${time.shortDay(Date.parse(alert.openedAt))} – ${time.shortDay(Date.parse(alert.resolvedAt))}`
            : `open since ${time.dateTime(Date.parse(alert.openedAt))}`
        }
      </p>
      ${muteButton(app, alert)}
    </header>
    <p class="sentence">${alert.sentence}</p>
    ${open || selected ? carriers(alert) : nothing} ${reference(app, alert)} ${selected ? details(app, alert) : nothing}
  </article>`;
}

const resolvedIcon = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <path d="m2.5 8.5 3.6 3.6 7.4-8" class="line" />
</svg>`;

/** An alert whose numbers have gone stays, and says so. */
function noData(app: App, alert: AlertRecord): string {
  const states = measuresOf(alert).flatMap((measure) => {
    const point = app.picture.point(alert.segment, measure, app.choices.window);
    return point ? [dataState(point)] : [];
  });
  const gone = states.length > 0 && states.every((state) => state === 'no_data' || state === 'stale');
  if (!isOpen(alert) || !gone) return '';
  return `no data now (${states.includes('stale') ? 'stale' : 'none arrives'}) · `;
}

function muteButton(app: App, alert: AlertRecord): TemplateResult | typeof nothing {
  if (!app.alarm.isRinging(alert.id) || app.choices.wall) return nothing;
  return html`<button class="loud" @click=${() => app.alarm.silence(alert.id)}>Seen: stop the sound</button>`;
}

/** Beside the alert, what NPS alone would have told, and when. */
function reference(app: App, alert: AlertRecord): TemplateResult {
  const lead = leadTime(alert, app.picture.asOf, app.time);
  const now = app.picture.asOf ?? Date.parse(alert.at);
  const opened = app.time.day(Date.parse(alert.openedAt), now);
  const words = {
    earlier: `${plural(lead.days, 'day')} earlier`,
    later: `${plural(lead.days, 'day')} after NPS`,
    same_day: 'the same day',
    not_confirmed: alert.resolvedAt ? 'NPS never confirmed it' : `open, ${plural(lead.days, 'day')} so far`,
  }[lead.kind];
  return html`<dl class="reference">
    <div><dt>Early warning</dt><dd>${opened}</dd></div>
    <div class="nps">
      <dt>Weekly NPS confirms</dt>
      <dd>${lead.confirmedAt === null ? 'not yet' : app.time.day(lead.confirmedAt, now)}</dd>
    </div>
    <div class="lead"><dt>Lead time</dt><dd>${words}</dd></div>
  </dl>
  <p class="verdict">${verdictWords[alert.verdict]}</p>`;
}

/** All answers since the onset against those before: stricter than the weekly test. */
const verdictWords: Record<AlertRecord['verdict'], string> = {
  pending: 'NPS since the onset, a stricter test, does not confirm it yet.',
  confirmed: 'NPS since the onset confirms it.',
  unconfirmed: '120 days on, NPS does not confirm it.',
  none: 'No NPS is asked here that could confirm it.',
};

function details(app: App, alert: AlertRecord): TemplateResult {
  const data = app.days.get(alert.segment);
  const model = data ? chartModel(alert, data, app.picture.asOf, app.time) : undefined;
  return html`<seam-alert-chart .model=${model} .theme=${app.choices.theme}></seam-alert-chart>
    ${facts(app, alert)}`;
}
