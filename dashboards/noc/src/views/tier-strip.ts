import { handoffCauses } from '@seamwatch/contracts/events.ts';
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { thin } from '../format/number.ts';
import { type BoardTier, tierTitles } from '../model/board.ts';
import type { LivePoint } from '../model/picture.ts';
import { measureRow } from './measure-row.ts';

const causeTitles: Record<(typeof handoffCauses)[number], string> = {
  customer_request: 'customer',
  policy: 'policy',
  low_confidence: 'low confidence',
  negative_emotion: 'emotion',
  repeat_contact: 'repeat',
  technical: 'technical',
};

/** Head of a row of the board: how much of the tier is handed off, and why. */
export function tierStrip(app: App, { tier, segment }: BoardTier): TemplateResult {
  return html`<header class="tier-strip">
    <h3>${tierTitles[tier].title} <small>${tierTitles[tier].about}</small></h3>
    ${measureRow(app, segment?.id, 'escalation_rate')}
    ${causes(app.picture.point(segment?.id, 'escalation_rate', app.choices.window))}
    ${measureRow(app, segment?.id, 'containment')}
  </header>`;
}

function causes(point: LivePoint | undefined): TemplateResult {
  const counts = handoffCauses
    .map((cause) => ({ cause, n: point?.parts?.[cause] ?? 0 }))
    .filter(({ n }) => n > 0)
    .sort((a, b) => b.n - a.n);
  const total = counts.reduce((sum, { n }) => sum + n, 0);
  if (total === 0) return html`<p class="causes">No causes of handoffs yet</p>`;
  let x = 0;
  return html`<div class="causes">
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      ${counts.map(({ n }, index) => {
        const width = (n / total) * 100;
        const bar = svg`<rect x=${x} y="0" width=${Math.max(0.4, width - 0.5)} height="8" data-rank=${index}/>`;
        x += width;
        return bar;
      })}
    </svg>
    <p title="First cause of each escalated interaction">
      <span class="sr-only">Causes of escalation: </span>${counts.map(({ cause, n }, index) => {
        const share = `${causeTitles[cause]} ${Math.round((n / total) * 100)}${thin}%`;
        return html`<span>${share}${index < counts.length - 1 ? ' ·' : nothing}</span> `;
      })}
    </p>
  </div>`;
}
