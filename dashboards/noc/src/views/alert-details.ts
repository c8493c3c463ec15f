import { measureNames, measures, titleOf, type Window } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Effect } from '@seamwatch/contracts/records.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatCount, formatInterval, formatPart, formatPeriod, formatValue } from '../format/number.ts';
import { alertTitle } from '../model/alerts.ts';

type Part = TemplateResult | typeof nothing;
type Limit = NonNullable<AlertRecord['limit']>;

const windowWords: Record<Window, string> = {
  '1h': 'one hour',
  '24h': '24 hours',
  '7d': '7 days',
  '28d': '28 days',
};
const actionWords: Record<Limit['action'], string> = {
  review: 'a review',
  pause: 'a pause',
  roll_back: 'a roll-back',
};

/** What an open alert rests on, who answers for it, and what it is part of. */
export function facts(app: App, alert: AlertRecord): TemplateResult {
  return html`<dl class="facts">
    ${onset(app, alert)} ${counted(alert)} ${limit(alert)} ${evidence(alert)}
    <div><dt>Owner</dt><dd>${alert.owner ?? 'nobody is named'}</dd></div>
    ${exit(alert)} ${partOf(app, alert)} ${alsoIn(app, alert)}
  </dl>`;
}

function onset(app: App, { limit, onset: { at, lower, upper } }: AlertRecord): TemplateResult {
  const day = (text: string) => app.time.shortDay(Date.parse(text));
  if (limit) return html`<div><dt>Crossed</dt><dd>${day(at)}</dd></div>`;
  return html`<div><dt>Onset</dt><dd>about ${day(at)} (${day(lower)} – ${day(upper)})</dd></div>`;
}

function counted({ effect, limit }: AlertRecord): Part {
  if (!effect) return nothing;
  return html`<div>
    <dt>${limit ? 'In the window' : 'Since onset'}</dt>
    <dd>n ${formatCount(effect.n)}</dd>
  </div>`;
}

function limit({ measure, limit: it, effect, rule }: AlertRecord): Part {
  if (!it || measure === 'composite') return nothing;
  const { unit } = measures[measure];
  const words = it.above === undefined ? 'below' : 'above';
  const now = effect ? `: now ${formatValue(unit, effect.value)} (${interval(unit, effect)})` : '';
  return html`<div class="wide">
    <dt>Exit threshold <span class="rule">${rule}</span></dt>
    <dd>
      ${titleOf(measure)} ${words} ${formatValue(unit, it.above ?? it.below ?? 0)} over
      ${windowWords[it.window]}${now}
    </dd>
  </div>`;
}

/** A threshold is crossed or not, whatever chance gives. */
function evidence({ installationDays, learning }: AlertRecord): Part {
  if (installationDays === null) return nothing;
  return html`<div class="wide">
    <dt>Evidence</dt>
    <dd>
      chance alone gives this at most once in ${formatPeriod(installationDays)}, across everything
      watched${learning ? '; the baseline is still being learned' : ''}
    </dd>
  </div>`;
}

function exit({ limit: it }: AlertRecord): Part {
  if (!it) return nothing;
  return html`<div class="wide">
      <dt>What now</dt>
      <dd>${it.authoriser} may authorise ${actionWords[it.action]}</dd>
    </div>
    ${it.runbook === undefined ? nothing : html`<div class="wide"><dt>Runbook</dt><dd>${runbook(it.runbook)}</dd></div>`}`;
}

/** A policy may name a page or a place in words; only a web address is made a link. */
function runbook(text: string): TemplateResult | string {
  if (!/^https?:\/\//i.test(text)) return text;
  return html`<a href=${text} target="_blank" rel="noopener noreferrer">${text}</a>`;
}

/** The signals that carry a composite: the part of each in the evidence, and what it has done since the onset. */
export function carriers({ carriers: all }: AlertRecord): Part {
  if (all.length === 0) return nothing;
  return html`<table class="carriers">
    <caption class="sr-only">Signals that carry it</caption>
    <thead>
      <tr><th scope="col">Signal</th><th scope="col">Part</th><th scope="col">Since onset</th></tr>
    </thead>
    <tbody>
      ${all.map(({ measure, part, effect }) => {
        const { unit } = measures[measure];
        const from = effect.baseline === null ? '' : `${formatValue(unit, effect.baseline)} → `;
        return html`<tr>
          <th scope="row">${titleOf(measure)}</th>
          <td class="part">
            <span>${formatPart(part)}</span>
            <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
              <rect width="100" height="6" class="all" /><rect width=${100 * part} height="6" />
            </svg>
          </td>
          <td><b>${from}${formatValue(unit, effect.value)}</b> <span>${interval(unit, effect)}</span></td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

const interval = (unit: Parameters<typeof formatInterval>[0], { lower, upper, n }: Effect): string =>
  `${formatInterval(unit, lower, upper)}, n ${formatCount(n)}`;

/** The alert of an overlapping segment that this one belongs to. */
function partOf(app: App, alert: AlertRecord): Part {
  const parent = alert.parent === null ? undefined : app.picture.alerts.get(alert.parent);
  if (!parent) return nothing;
  return html`<div class="wide">
    <dt>Part of</dt>
    <dd><a href="#alert=${parent.id}">${alertTitle(parent)}</a></dd>
  </div>`;
}

/** Other series that it explains, `segment/measure`, in words. */
function alsoIn(app: App, alert: AlertRecord): Part {
  if (alert.alsoIn.length === 0) return nothing;
  const names = alert.alsoIn.map((series) => {
    const slash = series.lastIndexOf('/');
    const segment = app.picture.segments.find((s) => s.id === series.slice(0, slash));
    const measure = series.slice(slash + 1);
    const name = segment?.title ?? series.slice(0, slash);
    return measure === alert.measure ? name : `${name} (${measureWords(measure)})`;
  });
  return html`<div class="wide"><dt>Also in</dt><dd>${names.join('; ')}</dd></div>`;
}

const measureWords = (name: string): string => {
  const measure = (['composite', ...measureNames] as const).find((known) => known === name);
  return measure ? titleOf(measure) : name;
};
