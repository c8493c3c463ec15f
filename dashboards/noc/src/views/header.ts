import { windows } from '@seamwatch/contracts/measures.ts';
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatElapsed } from '../format/number.ts';
import { themes } from '../settings.ts';
import { windowTitles } from './board.ts';

function simulatedRibbon(app: App): TemplateResult | typeof nothing {
  if (!app.picture.hello?.simulated) return nothing;
  return html`<p class="simulated"><b>Simulated data</b> <span>These are not your customers.</span></p>`;
}

export function header(app: App): TemplateResult {
  const { asOf } = app.picture;
  const quietSince = app.picture.status?.quietSince;
  return html`<header>
    ${simulatedRibbon(app)}
    <div class="top">
    <h1>
      <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
        <path d="M4 9h11v14H4z" class="logo-ai" /><path d="M17 9h11v14H17z" class="logo-human" />
        <path d="M16 3v26" class="logo-seam" />
      </svg>
      Seamwatch
    </h1>
    <p class="as-of">
      <span>Data as of</span> <b>${asOf === null ? 'no data yet' : app.time.dateTime(asOf)}</b>
      ${quietSince ? html`<span class="quiet-since">quiet since ${app.time.time(Date.parse(quietSince))}</span>` : nothing}
    </p>
    ${connectionState(app)} ${app.choices.wall ? wallWindow(app) : controls(app)}
    </div>
  </header>`;
}

function connectionState(app: App): TemplateResult {
  const { state, lastFrameAt, retryAt, reason } = app.connection.status;
  const fresh = app.freshness;
  if (fresh.kind === 'standing') return chip('standing', 'Connected, data stand still');
  if (fresh.kind === 'stale')
    return chip('stale', `Stale ${formatElapsed(Date.now() - fresh.since)}`, reason);
  if (state === 'live') return chip('live', 'Live');
  if (state === 'connecting' && lastFrameAt === null) return chip('connecting', 'Connecting');
  const wait = retryAt === null ? '' : ` in ${formatElapsed(retryAt - Date.now())}`;
  return chip(
    'disconnected',
    retryAt === null ? 'Reconnecting' : `Disconnected, next attempt${wait}`,
    reason,
  );
}

const shapes: Record<string, TemplateResult> = {
  live: html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5" fill="currentColor" /></svg>`,
  other: html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.5" class="line dash" /></svg>`,
};

const chip = (kind: string, text: string, title: string | null = null) =>
  html`<p class="connection" data-state=${kind} title=${title ?? nothing}>${shapes[kind] ?? shapes.other}<span>${text}</span></p>`;

const wallWindow = (app: App) => html`<p class="wall-window">${windowTitles[app.choices.window]}</p>`;

function controls(app: App): TemplateResult {
  const { window, theme } = app.choices;
  const { muted, blocked } = app.alarm;
  return html`<div class="controls">
    <fieldset class="switch">
      <legend class="sr-only">Window</legend>
      ${windows.map(
        (name) => html`<label>
          <input type="radio" name="window" .checked=${name === window} @change=${() => app.choose({ window: name })} />
          <span>${name}<span class="sr-only">, ${windowTitles[name]}</span></span>
        </label>`,
      )}
    </fieldset>
    <div class="sound">
      <button aria-pressed=${muted ? 'true' : 'false'} @click=${() => app.alarm.mute(!muted)}>
        ${muted ? 'Sound off' : 'Sound on'}
      </button>
      <button @click=${() => app.alarm.test()}>Test sound</button>
      ${blocked ? html`<span class="blocked" role="status">blocked by the browser: press “Test sound”</span>` : nothing}
    </div>
    <label class="theme">
      <span class="sr-only">Theme</span>
      <select .value=${theme} @change=${(event: Event) => chooseTheme(app, event)}>
        ${themes.map((name) => html`<option value=${name} ?selected=${name === theme}>${themeTitles[name]}</option>`)}
      </select>
    </label>
  </div>`;
}

const themeTitles = { auto: 'Theme: system', dark: 'Theme: dark', light: 'Theme: light' };

function chooseTheme(app: App, event: Event): void {
  const { value } = event.target as HTMLSelectElement;
  const theme = themes.find((name) => name === value);
  if (theme) app.choose({ theme });
}
