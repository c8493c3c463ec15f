import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { App } from '../app.ts';
import { plural } from '../format/number.ts';
import { alertCard } from './alert-card.ts';

const resolvedShown = 3;

export function alerts(app: App): TemplateResult | typeof nothing {
  const { open, resolved } = app.alerts;
  if (open.length === 0 && resolved.length === 0) return nothing;
  const selected = app.selected;
  const shown = app.choices.allResolved ? resolved : resolved.slice(0, resolvedShown);
  const list = (items: readonly AlertRecord[]) =>
    repeat(
      items,
      (alert) => alert.id,
      (alert) => html`<li>${alertCard(app, alert, alert.id === selected?.id)}</li>`,
    );
  return html`<section class="alerts" aria-labelledby="alerts-title">
    <h2 id="alerts-title">
      Early warning <small>${open.length > 0 ? `${open.length} open` : 'none open'}</small>
    </h2>
    ${open.length > 0 ? html`<ul>${list(open)}</ul>` : nothing}
    ${
      resolved.length > 0
        ? html`<h3>Resolved</h3>
          <ul class="resolved">${list(shown)}</ul>`
        : nothing
    }
    ${
      resolved.length > resolvedShown && !app.choices.wall
        ? html`<button class="quiet-button" @click=${() => app.choose({ allResolved: !app.choices.allResolved })}>
            ${app.choices.allResolved ? 'Show fewer' : `Show all ${plural(resolved.length, 'resolved alert')}`}
          </button>`
        : nothing
    }
  </section>`;
}
