import type { Tier } from '@seamwatch/contracts/measures.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatCount } from '../format/number.ts';
import { type BoardTile, pathTitles, tierTitles, tileMeasures } from '../model/board.ts';
import { dataState, type Mark, markTitles, summarise } from '../model/status.ts';
import { together } from '../model/together.ts';
import { badge } from './icons.ts';
import { conditionOf, measureRow } from './measure-row.ts';
import { togetherRow } from './together.ts';

/** One tier on one path: its volume and its measures. */
export function tile(app: App, tier: Tier, { path, segment }: BoardTile): TemplateResult {
  const shown = tileMeasures(path);
  const all = together(app.picture, segment?.id, app.choices.window, app.alerts.bySeries);
  const conditions = shown.map((measure) => conditionOf(app, segment?.id, measure));
  const mark = summarise(conditions, all?.condition);
  const heading = `tile-${tier}-${path}`;
  return html`<section class="tile" data-path=${path} data-mark=${mark} aria-labelledby=${heading}>
    <header>
      <h3 id=${heading}>
        <span class="sr-only">${tierTitles[tier].title}, </span>${pathTitles[path].title}
        <small>${pathTitles[path].about}</small>
      </h3>
      ${tileBadge(app, mark)} ${volume(app, segment?.id)}
    </header>
    <ul class="rows">${shown.map((measure) => html`<li>${measureRow(app, segment?.id, measure)}</li>`)}</ul>
    ${all ? togetherRow(all) : nothing}
  </section>`;
}

/** On a page that cannot be believed, what the tile said last is said to be past. */
function tileBadge(app: App, mark: Mark): TemplateResult {
  if (app.freshness.kind === 'fresh') return badge(mark);
  return badge('stale', `Stale, was: ${markTitles[mark].toLowerCase()}`);
}

function volume(app: App, segmentId: string | undefined): TemplateResult {
  const point = app.picture.point(segmentId, 'volume', '24h');
  const state = dataState(point);
  const known = point && point.value !== null && state !== 'no_data';
  return html`<p class="volume" title="Interactions that closed in the last 24 hours">
    <b>${known ? formatCount(point.value ?? 0) : '–'}</b> <span>in 24 h${state === 'stale' ? ', stale' : ''}</span>
  </p>`;
}
