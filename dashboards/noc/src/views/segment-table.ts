import { type Measure, titleOf } from '@seamwatch/contracts/measures.ts';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { App } from '../app.ts';
import { formatCount, plural } from '../format/number.ts';
import { otherSegments } from '../model/board.ts';
import { markTitles } from '../model/status.ts';
import { type SortKey, type TableRow, tableMeasures, tableRows } from '../model/table.ts';
import type { Together } from '../model/together.ts';
import { figure } from './figure.ts';
import { badge, icon } from './icons.ts';
import { carrierWords } from './together.ts';

const shownAtFirst = 12;

interface Column {
  key: SortKey;
  title: string;
}

const firstColumns: Column[] = [
  { key: 'title', title: 'Segment' },
  { key: 'mark', title: 'State' },
  { key: 'volume', title: 'Volume, 24 h' },
];
const togetherColumn: Column = { key: 'together', title: 'All signals' };

export function segmentTable(app: App): TemplateResult | typeof nothing {
  const segments = otherSegments(app.picture.segments);
  if (segments.length === 0 || app.choices.wall) return nothing;
  const { search, sort, window, allSegments } = app.choices;
  const rows = tableRows(app.picture, segments, window, app.alerts.bySeries, search, sort);
  // Escalation, for one, exists only where the path is not fixed.
  const measured = tableMeasures.filter((measure) =>
    segments.some((segment) => app.picture.point(segment.id, measure, window)),
  );
  const columns = [
    ...firstColumns,
    ...measured.map((measure) => ({ key: measure, title: titleOf(measure) })),
    ...(rows.some((row) => row.together) ? [togetherColumn] : []),
  ];
  const shown = allSegments ? rows : rows.slice(0, shownAtFirst);
  return html`<section class="segments" aria-labelledby="segments-title">
    <header>
      <h2 id="segments-title">Segments <small>${plural(rows.length, 'segment')}${search ? ` of ${segments.length}` : ''}</small></h2>
      <label>
        <span class="sr-only">Search segments</span>
        <input
          type="search"
          placeholder="Search segments"
          .value=${search}
          @input=${(event: InputEvent) => app.choose({ search: (event.target as HTMLInputElement).value })}
        />
      </label>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of segments">
      <table>
        <thead><tr>${columns.map((column) => columnHead(app, column))}</tr></thead>
        <tbody>${repeat(
          shown,
          (row) => row.segment.id,
          (row) => tableRow(app, row, measured, columns.includes(togetherColumn)),
        )}</tbody>
      </table>
    </div>
    ${rows.length === 0 ? html`<p class="empty">No segment has “${search}” in its name.</p>` : nothing}
    ${
      rows.length > shownAtFirst
        ? html`<button class="quiet-button" @click=${() => app.choose({ allSegments: !allSegments })}>
            ${allSegments ? 'Show fewer' : `Show all ${formatCount(rows.length)}`}
          </button>`
        : nothing
    }
  </section>`;
}

function columnHead(app: App, { key, title }: Column): TemplateResult {
  const { sort } = app.choices;
  const sorted = sort.key === key;
  const direction = sort.descending ? 'descending' : 'ascending';
  const toggle = () => {
    const firstDescending = key !== 'title' && key !== 'mark' && key !== 'together';
    app.choose({ sort: { key, descending: sorted ? !sort.descending : firstDescending } });
  };
  return html`<th scope="col" aria-sort=${sorted ? direction : nothing}>
    <button @click=${toggle}>${title}<span class="sort" aria-hidden="true">${sorted ? (sort.descending ? '▼' : '▲') : ''}</span></button>
  </th>`;
}

function tableRow(
  app: App,
  { segment, mark, volume, cells, together }: TableRow,
  measured: readonly Measure[],
  withTogether: boolean,
): TemplateResult {
  const minimumN = app.picture.hello?.minimumN ?? 20;
  const counted = volume?.value != null && volume.state !== 'no_data';
  return html`<tr data-mark=${mark}>
    <th scope="row">${segment.title}</th>
    <td>${badge(mark)}</td>
    <td class="figure"><span class="value">${counted ? formatCount(volume.value ?? 0) : '–'}</span></td>
    ${cells
      .filter((cell) => measured.includes(cell.measure))
      .map(({ measure, point, condition }) =>
        point === undefined && !condition.watched
          ? html`<td class="figure none"><span class="sr-only">not measured</span></td>`
          : html`<td class="figure" data-mark=${condition.mark}>
            ${condition.mark === 'quiet' || condition.mark === 'measured' ? nothing : icon(condition.mark)}${figure(measure, point, condition, minimumN)}
          </td>`,
      )}
    ${withTogether ? togetherCell(together) : nothing}
  </tr>`;
}

function togetherCell(it: Together | undefined): TemplateResult {
  if (!it) return html`<td class="figure none"><span class="sr-only">not watched</span></td>`;
  const { mark } = it.condition;
  return html`<td class="figure together-cell" data-mark=${mark}>
    ${mark === 'quiet' ? nothing : icon(mark)}<span class="value">${markTitles[mark]}</span
    ><span class="sub">${carrierWords(it)}</span>
  </td>`;
}
