/**
 * The "Anonymous Bank" telephone data of the Technion (Ilan Guedj, Avi Mandelbaum): one row a call, tab-separated.
 * Callers first meet a voice response unit (VRU), here the AI; some are handed to a person, and wait for one in a queue.
 *
 *   seamwatch replay --map examples/mappings/anonymous-bank.ts calls.txt
 */
import type { CsvOptions, Mapped, Row, RowContext } from '@seamwatch/cli/mapping.ts';

export const timeZone = 'Asia/Jerusalem';
export const csv: CsvOptions = { delimiter: '\t', quote: null };
export const columns = [
  'vru+line',
  'call_id',
  'customer_id',
  'priority',
  'type',
  'date',
  'vru_entry',
  'vru_exit',
  'vru_time',
  'q_start',
  'q_exit',
  'outcome',
  'ser_start',
  'ser_exit',
] as const;

const hour = 3_600;
const never = '0:00:00';

export default function interaction(row: Row<typeof columns>, context: RowContext): Mapped {
  if (row.outcome === 'PHANTOM') return 'skip';
  const entry = secondOfDay(row.vru_entry);
  const exit = secondOfDay(row.vru_exit);
  if (exit < entry) return { bad: `vru_exit ${row.vru_exit} is before vru_entry ${row.vru_entry}` };
  if (Number(row.vru_time) < 0) return { bad: `vru_time ${row.vru_time} is negative` };

  /** Seconds since the beginning of the row's date; null where it did not happen. */
  const moment = (time: string): number | null => {
    if (time === never) return null;
    const second = secondOfDay(time);
    // All times of a row carry the date of its beginning: much earlier than that is after midnight.
    return second < entry - 12 * hour ? second + 24 * hour : second;
  };
  const answer = moment(row.ser_start);
  const handedOff = moment(row.q_start) !== null || answer !== null;
  const close = Math.max(exit, moment(row.q_exit) ?? 0, moment(row.ser_exit) ?? 0);
  const at = (second: number) => context.localTime(localText(row.date, second));

  const id = `${row['vru+line']}-${row.call_id}-${row.date}`;
  return context.event(`${id}/closed`, 'seam.interaction.closed.v1', {
    interactionId: id,
    customerId: row.customer_id === '0' ? null : row.customer_id,
    startedAt: at(entry),
    closedAt: at(close),
    startedWith: 'ai',
    handoffs: handedOff
      ? [
          {
            at: at(exit),
            cause: 'customer_request',
            // Two clocks: an answer may seem to come before the VRU has let go.
            answeredAt: answer === null ? null : at(Math.max(answer, exit)),
          },
        ]
      : [],
    category: row.type,
    channel: 'phone',
    customer: { valueBand: row.priority === '2' ? 'high' : 'mid' },
    claimedResolved: null,
    abandoned: handedOff && answer === null,
  });
}

function secondOfDay(time: string): number {
  const match = /^(\d{1,2}):(\d{2}):(\d{2})$/.exec(time);
  if (!match) throw new RangeError(`"${time}" is no time such as 7:02:47`);
  return Number(match[1]) * hour + Number(match[2]) * 60 + Number(match[3]);
}

/** `1999-02-01 07:02:47` of `990201` and a second of that day, or of the next. */
function localText(date: string, second: number): string {
  if (!/^\d{6}$/.test(date)) throw new RangeError(`"${date}" is no date such as 990201`);
  const [year, month, day] = [date.slice(0, 2), date.slice(2, 4), date.slice(4)];
  const moment = new Date(Date.UTC(1900 + Number(year), Number(month) - 1, Number(day), 0, 0, second));
  return moment.toISOString().slice(0, 19);
}
