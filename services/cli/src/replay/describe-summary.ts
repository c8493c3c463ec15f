import { basename } from 'node:path';
import { count, plural, table } from '../terminal/text.ts';
import type { ReplaySummary } from './replay-files.ts';
import type { StateReplaySummary } from './replay-state.ts';

const total = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce<number>((sum, n) => sum + (n ?? 0), 0);

const byName = (counts: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))
    .map(([name, n]) => `${name} ${count(n ?? 0)}`)
    .join(', ');

/** What a replay did, for people. */
export function describeSummary(summary: ReplaySummary): string {
  const { read, skipped, events, sent, deadLettered, from, to, target, files, examples } = summary;
  const rows: [string, number | string, string][] = [
    ['read', read, `lines or rows of ${plural(files, 'file')}`],
  ];
  if (target === null) rows.push(['would be sent', total(events), byName(events)]);
  else rows.push(['sent', total(sent), [byName(sent), `to ${target}`].filter(Boolean).join('; ')]);
  if (skipped > 0) rows.push(['skipped', skipped, 'by the mapping']);
  rows.push(['dead-lettered', total(deadLettered), byName(deadLettered)]);
  const lines = [table(rows)];
  if (from !== null) lines.push(`event time     ${from} to ${to}`);
  for (const { file, line, code, path, found } of examples) {
    lines.push(`  ${basename(file)}:${line}  ${code}: ${[path, found].filter(Boolean).join(': ')}`);
  }
  return lines.join('\n');
}

/** What a replay into state alone did, for people; `file` is the store. */
export function describeStateSummary({ read, deadLettered }: StateReplaySummary, file: string): string {
  const dead = total(deadLettered);
  return table([
    ['read', read, 'lines'],
    ['taken', read - dead, `into the state of ${file}; the events themselves are not kept`],
    ['dead-lettered', dead, byName(deadLettered)],
  ]);
}
