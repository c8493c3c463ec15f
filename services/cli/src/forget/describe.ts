import type { ForgetAct } from '@seamwatch/contracts/forgetting.ts';
import { table } from '../terminal/text.ts';
import type { Forgotten } from './forgetter.ts';
import { places, type Standing } from './standing.ts';

/** Is nothing left but what leaves in its announced time, and what came after the request? */
export const isGone = (standing: readonly Standing[]): boolean =>
  standing.every(({ state, goneBy }) => state === 'new' || (state === 'going' && goneBy !== null));

/** The result of `forget`, for people. */
export function describeForgotten({ act, isNew, before, after }: Forgotten, logName: string): string {
  if (before.length === 0) return `nothing held of this customer in ${logName}`;
  const lines = [headline(act, isNew), ''];
  const rows: (string | number)[][] = [['place', 'held', 'left', 'gone']];
  for (const place of Object.keys(places) as (keyof typeof places)[]) {
    const sum = (list: readonly Standing[]) =>
      list.filter((one) => one.place === place).reduce((n, { records }) => n + records, 0);
    const left = after.filter((one) => one.place === place);
    if (sum(before) + sum(left) === 0) continue;
    rows.push([places[place], sum(before), sum(left), left.map(fate).join('; ') || 'now']);
  }
  lines.push(table(rows));
  if (act)
    lines.push('', `record of the act: topic audit, request ${act.request}, by ${act.by}, at ${act.at}`);
  if (after.some(({ state }) => state === 'waiting')) {
    lines.push('', 'no monitor has taken the entry yet: start one, then ask again to complete this');
  }
  return lines.join('\n');
}

function headline(act: ForgetAct | undefined, isNew: boolean): string {
  if (isNew) return 'the customer is forgotten; counts that were made stay, as sums of nobody';
  return act ? `forgotten already, asked at ${act.at}; nothing has come since` : 'forgotten already';
}

/** The result of `--verify`, for people. */
export function describeVerified(act: ForgetAct | undefined, standing: readonly Standing[]): string {
  const asked = act ? `asked at ${act.at} by ${act.by}, request ${act.request}` : 'no record of a request';
  if (standing.length === 0) return `nothing held of this customer (${asked})`;
  const rows: (string | number)[][] = [['place', 'topics', 'records', 'gone']];
  for (const one of standing) rows.push([places[one.place], one.topics.join(', '), one.records, fate(one)]);
  const verdict = isGone(standing)
    ? 'proven: nothing is left but what leaves in its time'
    : 'NOT PROVEN: see above what is left';
  return [asked, '', table(rows), '', verdict].join('\n');
}

function fate({ state, goneBy, topics }: Standing): string {
  switch (state) {
    case 'going':
      return goneBy === null
        ? `no date: nothing bounds it, set max.compaction.lag.ms or retention.ms of ${topics.join(', ')}`
        : `by ${goneBy.slice(0, 16)}Z`;
    case 'waiting':
      return 'when a monitor has taken the entry';
    case 'new':
      return 'came after the request';
    case 'held':
      return 'nobody has asked';
    case 'left':
      return goneBy === null ? 'LEFT: ask again' : `LEFT, was to be gone by ${goneBy.slice(0, 16)}Z`;
  }
}
