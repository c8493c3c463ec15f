import { html, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { seamBoard } from '../model/board.ts';
import { tierStrip } from './tier-strip.ts';
import { tile } from './tile.ts';

export const windowTitles = {
  '1h': 'last hour',
  '24h': 'last 24 hours',
  '7d': 'last 7 days',
  '28d': 'last 28 days',
};

export function board(app: App): TemplateResult {
  return html`<section class="board" id="board" tabindex="-1" aria-labelledby="board-title">
    <h2 id="board-title">
      Seam board <small>${windowTitles[app.choices.window]}, with 95 % intervals; trend lines are 90 days</small>
    </h2>
    ${seamBoard(app.picture.segments).map(
      (row) => html`<div class="tier">
        ${tierStrip(app, row)}
        <div class="tiles">${row.tiles.map((it) => tile(app, row.tier, it))}</div>
      </div>`,
    )}
  </section>`;
}
