import { measureNames } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { chartModel } from '../charts/chart-model.ts';
import { formatCount, formatPeriod, plural } from '../format/number.ts';
import { isOpen, leadTime } from '../model/alerts.ts';
import { measureTitle } from '../model/board.ts';
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
  const title = `${measureTitle(alert.measure)}, ${alert.segmentTitle}`;
  const heading = html`<a href="#alert=${alert.id}" aria-current=${selected ? 'true' : nothing}>${title}</a>`;
  return html`<article class="alert ${selected ? 'selected' : ''}" data-mark=${open ? alert.level : 'resolved'}>
    <header>
      ${open ? badge(alert.level) : html`<span class="badge">${resolvedIcon}<span>Resolved</span></span>`}
      ${open ? html`<h3>${heading}</h3>` : html`<h4>${heading}</h4>`}
      <p class="alert-status">
        ${open && alert.status !== 'firing' ? `${statusTitles[alert.status]} · ` : ''}${noData(app, alert)}${
          alert.resolvedAt
            ? `${time.shortDay(Date.parse(alert.openedAt))} – ${time.shortDay(Date.parse(alert.resolvedAt))}`
            : `open since ${time.dateTime(Date.parse(alert.openedAt))}`
        }
      </p>
      ${muteButton(app, alert)}
    </header>
    <p class="sentence">${alert.sentence}</p>
    ${reference(app, alert)} ${selected ? details(app, alert) : nothing}
  </article>`;
}

const resolvedIcon = html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
  <path d="m2.5 8.5 3.6 3.6 7.4-8" class="line" />
</svg>`;

/** An alert whose numbers have gone stays, and says so. */
function noData(app: App, alert: AlertRecord): string {
  const point = app.picture.point(alert.segment, alert.measure, app.choices.window);
  const gone = isOpen(alert) && (point?.state === 'no_data' || point?.state === 'stale');
  return gone ? `no data now (${point.state === 'stale' ? 'stale' : 'none arrives'}) · ` : '';
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
    not_confirmed: alert.resolvedAt
      ? 'NPS never confirmed it'
      : `open, ${plural(lead.days, 'day')} since the warning`,
  }[lead.kind];
  return html`<dl class="reference">
    <div><dt>Early warning</dt><dd>${opened}</dd></div>
    <div class="nps">
      <dt>Weekly NPS confirms</dt>
      <dd>${lead.confirmedAt === null ? 'not yet' : app.time.day(lead.confirmedAt, now)}</dd>
    </div>
    <div class="lead"><dt>Lead time</dt><dd>${words}</dd></div>
  </dl>`;
}

function details(app: App, alert: AlertRecord): TemplateResult {
  const { time } = app;
  const day = (text: string) => time.shortDay(Date.parse(text));
  const data = app.days.get(alert.segment);
  return html`
    <seam-alert-chart .model=${data ? chartModel(alert, data, app.picture.asOf, time) : undefined} .theme=${app.choices.theme}></seam-alert-chart>
    <dl class="facts">
      <div>
        <dt>Onset</dt>
        <dd>about ${day(alert.onset.at)} (${day(alert.onset.lower)} – ${day(alert.onset.upper)})</dd>
      </div>
      <div><dt>Since onset</dt><dd>n ${formatCount(alert.effect.n)}</dd></div>
      <div class="wide">
        <dt>Evidence</dt>
        <dd>
          chance alone gives this at most once in ${formatPeriod(alert.installationDays)}, across everything
          watched${alert.learning ? '; the baseline is still being learned' : ''}
        </dd>
      </div>
      <div><dt>Owner</dt><dd>${alert.owner ?? 'nobody is named'}</dd></div>
      ${partOf(app, alert)}
      ${
        alert.alsoIn.length > 0
          ? html`<div class="wide"><dt>Also in</dt><dd>${alsoIn(app, alert)}</dd></div>`
          : nothing
      }
    </dl>`;
}

/** The alert of the larger segment that this one belongs to. */
function partOf(app: App, alert: AlertRecord): TemplateResult | typeof nothing {
  const parent = alert.parent === null ? undefined : app.picture.alerts.get(alert.parent);
  if (!parent) return nothing;
  const title = `${measureTitle(parent.measure)}, ${parent.segmentTitle}`;
  return html`<div class="wide"><dt>Part of</dt><dd><a href="#alert=${parent.id}">${title}</a></dd></div>`;
}

/** `segment/measure` in words. */
function alsoIn(app: App, alert: AlertRecord): string {
  return alert.alsoIn
    .map((series) => {
      const slash = series.lastIndexOf('/');
      const segment = app.picture.segments.find((s) => s.id === series.slice(0, slash));
      const measure = series.slice(slash + 1);
      const name = segment?.title ?? series.slice(0, slash);
      return measure === alert.measure ? name : `${name} (${titleOf(measure)})`;
    })
    .join('; ');
}

const titleOf = (name: string): string => {
  const measure = measureNames.find((known) => known === name);
  return measure ? measureTitle(measure) : name;
};
