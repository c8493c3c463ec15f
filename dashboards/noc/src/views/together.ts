import { type Measure, titleOf } from '@seamwatch/contracts/measures.ts';
import { html, type TemplateResult } from 'lit';
import { formatPart } from '../format/number.ts';
import { markTitles } from '../model/status.ts';
import type { Together } from '../model/together.ts';
import { icon } from './icons.ts';

const shownCarriers = 3;
const shortTitles: Partial<Record<Measure, string>> = {
  repeat_contact: 'Repeat contact',
  ces: 'Effort score',
};

/** `CSAT 58 %, NPS 31 %`: which signals carry what all of them show together. */
export const carrierWords = ({ carriers }: Together): string =>
  carriers
    .slice(0, shownCarriers)
    .map(({ measure, part }) => `${shortTitles[measure] ?? titleOf(measure)} ${formatPart(part)}`)
    .join(', ');

/** The line of a tile on all its signals together. */
export function togetherRow(it: Together): TemplateResult {
  const { mark } = it.condition;
  const name = 'All signals';
  return html`<div class="together" data-mark=${mark}>
    <span class="name" title="The evidence of all signals of this segment, put together">${it.alert ? html`<a href="#alert=${it.alert.id}">${name}</a>` : name}</span>
    <span class="mark-text">${icon(mark)}${markTitles[mark]}</span>
    <span class="sub">${carrierWords(it)}</span>
  </div>`;
}
