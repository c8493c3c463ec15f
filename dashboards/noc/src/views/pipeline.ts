import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app.ts';
import { formatCount, plural } from '../format/number.ts';
import {
  deadReasons,
  deliverySentence,
  groupSources,
  partitionStates,
  type SourceGroup,
  sourceStateTitles,
} from '../model/pipeline.ts';

/** Whether what is shown can be trusted: what comes in, what goes out. On a wall in one line. */
export function pipeline(app: App): TemplateResult {
  return app.choices.wall ? wallLine(app) : panels(app);
}

function wallLine(app: App): TemplateResult {
  const { status } = app.picture;
  const groups = groupSources(status?.progress?.sources ?? []);
  const dead = groups.reduce((n, group) => n + group.dead, 0);
  return html`<footer class="pipeline wall-line">
    ${groups.map(
      (group) =>
        html`<p data-state=${group.state}><b>${group.topic}</b> ${stateText(group)}${
          group.watermark === null ? nothing : html`, to ${app.time.timeWithSeconds(group.watermark)}`
        }</p>`,
    )}
    <p><b>${formatCount(dead)}</b> set aside</p>
    ${deliveries(app)}
  </footer>`;
}

function panels(app: App): TemplateResult {
  const { status } = app.picture;
  const groups = groupSources(status?.progress?.sources ?? []);
  const dead = deadReasons(status?.progress ?? null);
  return html`<footer class="pipeline">
    <section aria-labelledby="sources-title">
      <h2 id="sources-title">
        Sources
        ${status?.quietSince ? html`<small>quiet since ${app.time.time(Date.parse(status.quietSince))}</small>` : nothing}
      </h2>
      ${groups.length === 0 ? html`<p class="empty">Nothing is known of the sources yet.</p>` : sourceTable(app, groups)}
    </section>
    <section aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">Ways out</h2>
      ${deliveries(app)}
      ${(status?.deliveries ?? []).length === 0 ? html`<p class="empty">No way out is configured.</p>` : nothing}
    </section>
    <section aria-labelledby="dead-title">
      <h2 id="dead-title">Set aside <small>dead letters by reason</small></h2>
      ${
        dead.length === 0
          ? html`<p class="empty">No event was set aside.</p>`
          : html`<ul class="dead">
              ${dead.map(({ code, n, text }) => html`<li><b>${formatCount(n)}</b> ${text} <code>${code}</code></li>`)}
            </ul>`
      }
    </section>
  </footer>`;
}

function deliveries(app: App): TemplateResult {
  return html`<ul class="deliveries">
    ${(app.picture.status?.deliveries ?? []).map(
      (delivery) => html`<li data-state=${delivery.state}>
        ${stateIcon(delivery.state === 'ok')}<span>${deliverySentence(delivery, app.time)}</span>
      </li>`,
    )}
  </ul>`;
}

const stateIcon = (good: boolean) =>
  good
    ? html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="m2.5 8.5 3.6 3.6 7.4-8" class="line" /></svg>`
    : html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M8 1 15.4 14.6H.6z" fill="currentColor" /><path d="M8 5.6v4.2M8 11.4v1.5" class="cut" />
      </svg>`;

function sourceTable(app: App, groups: readonly SourceGroup[]): TemplateResult {
  const mark = (watermark: number | null) => (watermark === null ? '–' : app.time.timeWithSeconds(watermark));
  const count = (n: number | null) => (n === null ? 'unknown' : formatCount(n));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of sources">
    <table>
      <thead>
        <tr>
          ${['Source', 'State', 'Watermark', 'Not read yet', 'Events', 'Late', 'Twice', 'Set aside'].map(
            (title) => html`<th scope="col">${title}</th>`,
          )}
        </tr>
      </thead>
      ${groups.map(
        (group) => html`<tbody>
          <tr data-state=${group.state}>
            <th scope="row">${group.topic} <small>${plural(group.partitions.length, 'partition')}</small></th>
            <td>${stateText(group)}</td>
            <td>${mark(group.watermark)}</td>
            <td>${count(group.lag)}</td>
            <td>${count(group.events)}</td>
            <td>${count(group.late)}</td>
            <td>${count(group.duplicates)}</td>
            <td>${count(group.dead)}</td>
          </tr>
          ${group.partitions
            .filter((partition) => partition.state === 'unowned')
            .map(
              (partition) => html`<tr class="partition">
                <th scope="row">${partition.source}</th>
                <td>${sourceStateTitles[partition.state]}: it holds the watermark back</td>
                <td>${mark(partition.watermark === null ? null : Date.parse(partition.watermark))}</td>
                <td>${count(partition.lag)}</td>
                <td colspan="4"></td>
              </tr>`,
            )}
        </tbody>`,
      )}
    </table>
  </div>`;
}

const stateText = (group: SourceGroup) =>
  group.partitions.length === 1 ? sourceStateTitles[group.state] : partitionStates(group);
