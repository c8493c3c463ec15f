import { type Bounds, digits, within } from '../ratio.ts';
import { ink, line, picture, round, scale, text } from './drawing.ts';
import { origins, type Saved, type SavedRow } from './saved.ts';

/** From top to bottom; rows that are not named here come last. */
const order = [
  'stage-a',
  'stage-b',
  'history',
  'scale-out',
  'scale-out-cpu',
  'restore',
  'kafka-streams',
  'customer-bytes',
  'customer-bytes-ratio',
  'cost-per-event',
  'soak-monitor',
  'soak-gateway',
  'latency',
  'fanout-frames',
  'fanout-p99',
];

const width = 790;
const area = { left: 204, right: 656, top: 66 };
const rowHeight = 38;
const colours = { met: '#1f77b4', missed: '#c8401a', allowed: '#e9f3ea', aim: '#8a8a8a', turn: '#555' };
const stops = [1, 1.5, 2, 3, 5, 7];

/** Measured ratios against their bounds, a line each. Nothing where there are no rows. */
export function ratiosFigure({ rows }: Saved): string | undefined {
  const shown = [...order, ...Object.keys(rows).filter((id) => !order.includes(id))].flatMap((id) => {
    const row = rows[id];
    return row === undefined ? [] : [{ id, row, ...onAxis(row) }];
  });
  if (shown.length === 0) return undefined;

  const bottom = area.top + rowHeight * shown.length;
  const all = shown.flatMap(({ at, bounds, turns }) => [1, at, ...Object.values(bounds), ...turns]);
  const ends = [Math.min(...all) / 1.2, Math.max(...all) * 1.2] as const;
  const xAt = scale(ends, [area.left, area.right], true);
  const said = origins(shown.map(({ row }) => row));
  const title = 'Measured ratios of product to baseline, and their bounds';
  return picture({ width, height: bottom + 82 + 16 * said.length, title, left: 16 }, [
    text(area.left, 54, 'ratio to the baseline (logarithmic)', ink.soft, 'start', 'font-size="11"'),
    ...shown.map(({ bounds }, i) => allowed(bounds, xAt, area.top + rowHeight * i)),
    ...ticksWithin(ends).map(
      (t) =>
        line(xAt(t), area.top, xAt(t), bottom, t === 1 ? '#a8a8a8' : ink.grid) +
        text(xAt(t), bottom + 18, String(t), ink.soft, 'middle'),
    ),
    ...shown.map((row, i) => drawn(row, xAt, area.top + rowHeight * i)),
    line(16, bottom, width - 16, bottom, ink.grid),
    legend(bottom + 46),
    ...said.map((words, i) => text(16, bottom + 76 + 16 * i, words, ink.soft, 'start', 'font-size="11"')),
  ]);
}

interface OnAxis {
  at: number;
  bounds: Bounds;
  turns: readonly number[];
}

/** What has a unit is no ratio, and is drawn as a share of its bound. */
function onAxis({ measured, unit, bounds, turns = [] }: SavedRow): OnAxis {
  const whole = unit === undefined ? 1 : (bounds.max ?? bounds.min ?? 1);
  const shares = Object.entries(bounds).map(([name, bound]) => [name, bound / whole]);
  return {
    at: measured / whole,
    bounds: Object.fromEntries(shares) as Bounds,
    turns: turns.map((turn) => turn / whole),
  };
}

/** Where a row may lie. */
function allowed({ min, max }: Bounds, xAt: (ratio: number) => number, top: number): string {
  const from = min === undefined ? area.left : xAt(min);
  const to = max === undefined ? area.right : xAt(max);
  return `<rect x="${round(from)}" y="${top + 7}" width="${round(to - from)}" height="${rowHeight - 14}" fill="${colours.allowed}"/>`;
}

function drawn(shown: OnAxis & { id: string; row: SavedRow }, xAt: (ratio: number) => number, top: number) {
  const { id, row, at, bounds, turns } = shown;
  const y = top + rowHeight / 2;
  const met = within(row.measured, row.bounds);
  return [
    line(16, top, width - 16, top, ink.grid),
    text(16, y - 2, id, ink.text, 'start', 'font-size="13"'),
    text(16, y + 13, goalOf(row), ink.soft, 'start', 'font-size="11"'),
    bounds.aim === undefined ? '' : aimTick(xAt(bounds.aim), y),
    ...[bounds.min, bounds.max].map((bound) => (bound === undefined ? '' : boundTick(xAt(bound), y))),
    measuredMark(xAt(at), y - 3, met),
    ...turns.map((turn) => turnDot(xAt(turn), y + 9)),
    text(area.right + 14, y + 4, digits(row.measured), ink.text, 'start', 'font-size="13" font-weight="600"'),
    text(width - 16, y + 4, met ? 'met' : 'missed', met ? colours.met : colours.missed, 'end'),
  ].join('');
}

function goalOf({ bounds: { min, max, aim }, unit }: SavedRow): string {
  const named = (word: string, bound: number | undefined, of = '') =>
    bound === undefined ? [] : [`${word} ${digits(bound)}${of}`];
  const of = unit === undefined ? '' : ` ${unit}`;
  const goal = [...named('at least', min, of), ...named('at most', max, of), ...named('aim', aim)];
  return goal.join(', ') + (unit === undefined ? '' : ` (÷ ${digits(max ?? min ?? 1)})`);
}

const boundTick = (x: number, y: number): string => line(x, y - 13, x, y + 13, ink.text, 'stroke-width="2"');
const aimTick = (x: number, y: number): string => line(x, y - 9, x, y + 9, colours.aim, 'stroke-width="2"');
const turnDot = (x: number, y: number): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="2.5" fill="${colours.turn}" fill-opacity="0.55"/>`;

/** A disc where the bound is met, a diamond where it is missed. */
function measuredMark(x: number, y: number, met: boolean): string {
  if (met) return `<circle cx="${round(x)}" cy="${round(y)}" r="6" fill="${colours.met}" stroke="#fff"/>`;
  const corners = [
    [x, y - 8],
    [x + 8, y],
    [x, y + 8],
    [x - 8, y],
  ];
  const points = corners.map((corner) => corner.map(round).join(',')).join(' ');
  return `<polygon points="${points}" fill="${colours.missed}" stroke="#fff"/>`;
}

function legend(y: number): string {
  const marks: [width: number, name: string, mark: (x: number) => string][] = [
    [170, 'measured, bound met', (x) => measuredMark(x, y, true)],
    [190, 'measured, bound missed', (x) => measuredMark(x, y, false)],
    [98, 'one turn', (x) => turnDot(x, y)],
    [84, 'bound', (x) => boundTick(x, y)],
    [70, 'aim', (x) => aimTick(x, y)],
    [
      0,
      'allowed',
      (x) => `<rect x="${x - 6}" y="${y - 8}" width="14" height="16" fill="${colours.allowed}"/>`,
    ],
  ];
  let x = 24;
  return marks
    .map(([taken, name, mark]) => {
      const drawnMark = mark(x) + text(x + 13, y + 4, name, ink.soft);
      x += taken;
      return drawnMark;
    })
    .join('');
}

function ticksWithin([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
    ticks.push(...stops.map((stop) => Number((stop * 10 ** power).toPrecision(2))));
  return ticks.filter((tick) => tick >= low && tick <= high);
}
