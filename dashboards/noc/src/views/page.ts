import { html, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { alerts } from './alerts.ts';
import { board } from './board.ts';
import { header } from './header.ts';
import { hero } from './hero.ts';
import { problems, signInForm, staleBanner } from './notices.ts';
import { pipeline } from './pipeline.ts';
import { segmentTable } from './segment-table.ts';

export function page(app: App): TemplateResult {
  const { kind } = app.freshness;
  return html`<div class="page" data-freshness=${kind}>
    <button class="skip" @click=${() => document.getElementById('board')?.focus()}>Skip to the seam board</button>
    ${header(app)} ${staleBanner(app)} ${signInForm(app)} ${problems(app)}
    <main @click=${(event: MouseEvent) => followAlertLink(app, event)}>
      ${hero(app)}
      <div class="columns ${app.picture.alerts.size === 0 ? 'calm' : ''}">
        ${alerts(app)}
        <div class="main-column">${board(app)} ${segmentTable(app)}</div>
      </div>
    </main>
    ${pipeline(app)}
    <p class="sr-only" role="status">${app.announcement}</p>
  </div>`;
}

/** Links to alerts select them without a jump, and keep the rest of the hash. */
function followAlertLink(app: App, event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#alert="]') : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  app.selectAlert((link.getAttribute('href') ?? '').slice('#alert='.length));
}
