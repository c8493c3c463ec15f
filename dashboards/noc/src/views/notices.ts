import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatElapsed } from '../format/number.ts';

/** Over everything, in letters that are read from five metres. */
export function staleBanner(app: App): TemplateResult | typeof nothing {
  const fresh = app.freshness;
  if (fresh.kind === 'fresh') return nothing;
  const elapsed = formatElapsed(Date.now() - fresh.since);
  const { reason } = app.connection.status;
  const word = fresh.kind === 'no_connection' ? 'NO CONNECTION' : 'STALE';
  const { asOf } = app.picture;
  return html`<div class="stale-banner" role="alert">
    <p class="stale-word">${word} <span aria-hidden="true">${elapsed}</span></p>
    <p class="stale-why">
      ${fresh.kind === 'standing' ? 'The server answers, but its data do not move.' : `${sentence(reason ?? 'nothing is heard')} The page tries again by itself.`}
      ${asOf === null ? nothing : html`What you see is as of <b>${app.time.dateTime(asOf)}</b>.`}
    </p>
  </div>`;
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What the server says of its own trouble. */
export function problems(app: App): TemplateResult | typeof nothing {
  const list = app.picture.status?.problems ?? [];
  if (list.length === 0) return nothing;
  return html`<ul class="problems" role="status">
    ${list.map(({ code, text }) => html`<li><b>${text}</b> <code>${code}</code></li>`)}
  </ul>`;
}

export function signInForm(app: App): TemplateResult | typeof nothing {
  if (app.signIn === 'none') return nothing;
  return html`<form class="sign-in" @submit=${(event: SubmitEvent) => submit(app, event)}>
    <label for="token">This installation wants a token for reading.</label>
    <input id="token" name="token" type="password" autocomplete="current-password" required />
    <button>Sign in</button>
    ${app.signIn === 'refused' ? html`<p role="alert">The token was refused.</p>` : nothing}
  </form>`;
}

function submit(app: App, event: SubmitEvent): void {
  event.preventDefault();
  const token = new FormData(event.target as HTMLFormElement).get('token');
  if (typeof token === 'string' && token !== '') void app.useToken(token);
}
