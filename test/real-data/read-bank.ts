import { readFileSync } from 'node:fs';
import { emptyInput, type Input, isBad } from './interactions.ts';

/** Israel was on winter time, UTC + 2 h, in the whole of February 1999. */
const offsetMs = 2 * 3_600_000;

/** Reads a month of the "Anonymous Bank" by the rules of its mapping, in code of its own. */
export function readBank(file: string): Input {
  const input = emptyInput();
  const [header, ...rows] = readFileSync(file, 'latin1').split('\r\n').filter(Boolean);
  const names = header!.split('\t');
  for (const text of rows) {
    input.read++;
    const cells = text.split('\t');
    const of = (name: string): string => cells[names.indexOf(name)]!;
    if (of('outcome') === 'PHANTOM') {
      input.skipped++;
      continue;
    }
    const clock = (name: string): number => {
      const [h, m, s] = of(name).split(':').map(Number);
      return (h! * 60 + m!) * 60 + s!;
    };
    const entry = clock('vru_entry');
    const exit = clock('vru_exit');
    if (exit < entry || Number(of('vru_time')) < 0) {
      isBad(input, 'SEAM_REPLAY_ROW');
      continue;
    }
    // 0:00:00 did not happen; just after midnight is the next day.
    const later = (name: string): number | null => {
      if (of(name) === '0:00:00') return null;
      return clock(name) < entry - 43_200 ? clock(name) + 86_400 : clock(name);
    };
    const date = of('date');
    const midnight =
      Date.UTC(1900 + Number(date.slice(0, 2)), Number(date.slice(2, 4)) - 1, Number(date.slice(4))) -
      offsetMs;
    const answered = later('ser_start');
    const escalated = answered !== null || later('q_start') !== null;
    input.interactions.push({
      id: `${of('vru+line')}-${of('call_id')}-${date}`,
      customer: of('customer_id') === '0' ? null : of('customer_id'),
      start: midnight + entry * 1000,
      close: midnight + 1000 * Math.max(exit, later('q_exit') ?? 0, later('ser_exit') ?? 0),
      path: escalated ? 'seam' : 'ai',
      category: of('type'),
      channel: 'phone',
      valueBand: of('priority') === '2' ? 'high' : 'mid',
      complexity: 'unknown',
      market: 'unknown',
      language: 'unknown',
      cause: escalated ? 'customer_request' : null,
      handoffs: escalated ? 1 : 0,
      seamAbandoned: escalated && answered === null,
      waits: answered === null ? [] : [1000 * Math.max(0, answered - exit)],
      claimedResolved: null,
    });
  }
  return input;
}
