import { html, svg, type TemplateResult } from 'lit';
import { type Mark, markTitles } from '../model/status.ts';

/** Each mark has a shape of its own, so that colour is never the only difference. */
const shapes: Record<Mark, TemplateResult<2>> = {
  critical: svg`<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" fill="currentColor"/><path d="M8 4v5M8 11v1.6" class="cut"/>`,
  warning: svg`<path d="M8 1 15.4 14.6H.6z" fill="currentColor"/><path d="M8 5.6v4.2M8 11.4v1.5" class="cut"/>`,
  watch: svg`<path d="M8 1.4 14.6 8 8 14.6 1.4 8z" class="line"/><circle cx="8" cy="8" r="2" fill="currentColor"/>`,
  quiet: svg`<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m4.7 8.2 2.3 2.3 4.4-4.8" class="cut"/>`,
  measured: svg`<circle cx="8" cy="8" r="6" class="line"/><circle cx="8" cy="8" r="1.6" fill="currentColor"/>`,
  partial: svg`<circle cx="8" cy="8" r="6.2" class="line"/><path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" fill="currentColor"/>`,
  learning: svg`<path d="M2 13.5V10h3v3.5zM6.5 13.5V7h3v6.5z" fill="currentColor"/><path d="M11.5 13V3.5h2.6V13z" class="line thin dash"/>`,
  not_enough_data: svg`<circle cx="8" cy="8" r="6.2" class="line dash"/>`,
  stale: svg`<rect x="2" y="2" width="12" height="12" class="line"/><path d="M2 8l6-6M2 14 14 2M8 14l6-6" class="line thin"/>`,
  no_data: svg`<circle cx="8" cy="8" r="6.2" class="line"/><path d="M3.6 12.4 12.4 3.6" class="line"/>`,
};

export const icon = (mark: Mark): TemplateResult =>
  html`<svg class="icon" data-mark=${mark} viewBox="0 0 16 16" aria-hidden="true">${shapes[mark]}</svg>`;

/** Shape, colour and text of a mark. */
export const badge = (mark: Mark, text: string = markTitles[mark]): TemplateResult =>
  html`<span class="badge" data-mark=${mark}>${icon(mark)}<span>${text}</span></span>`;
