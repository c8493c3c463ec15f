import { ink, line, picture, polyline, scale, text } from '../../figures/drawing.ts';

/** A line chart with a logarithmic y axis. */
export interface Line {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  colour: string;
  dashed?: boolean;
}

export interface Chart {
  title: string;
  x: { label: string; ticks: readonly number[]; log?: boolean };
  y: { label: string; ticks: readonly number[] };
  lines: readonly Line[];
  /** Horizontal rules with a name, and vertical ones. */
  levels?: readonly { name: string; y: number }[];
  moments?: readonly { name: string; x: number }[];
}

const [width, height] = [790, 440];
const area = { left: 78, right: 570, top: 44, bottom: 388 };

export function svg({ title, x, y, lines, levels = [], moments = [] }: Chart): string {
  const xAt = scale(ends(x.ticks), [area.left, area.right], x.log);
  const yAt = scale(ends(y.ticks), [area.bottom, area.top], true);
  return picture({ width, height, title, left: area.left }, [
    ...x.ticks.map(
      (t) =>
        line(xAt(t), area.bottom, xAt(t), area.top, ink.grid) +
        text(xAt(t), area.bottom + 18, String(t), ink.soft, 'middle'),
    ),
    ...y.ticks.map(
      (t) =>
        line(area.left, yAt(t), area.right, yAt(t), ink.grid) +
        text(area.left - 8, yAt(t) + 4, t.toLocaleString('en'), ink.soft, 'end'),
    ),
    text((area.left + area.right) / 2, height - 12, x.label, ink.soft, 'middle'),
    `<text transform="translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="${ink.soft}">${y.label}</text>`,
    ...levels.map(
      ({ name, y: at }) =>
        rule(area.left, yAt(at), area.right, yAt(at)) + text(area.left + 6, yAt(at) - 5, name, ink.soft),
    ),
    ...moments.map(
      ({ name, x: at }) =>
        rule(xAt(at), area.top, xAt(at), area.bottom) + text(xAt(at) + 4, area.bottom - 8, name, ink.soft),
    ),
    ...lines.map(({ points, colour, dashed }) =>
      polyline(
        points.map(([px, py]) => [xAt(px), clampY(yAt(py))]),
        colour,
        dashed ? dashes : '',
      ),
    ),
    ...lines.map(({ name, colour, dashed }, i) =>
      legend(name, colour, dashed === true, area.top + 8 + 22 * i),
    ),
  ]);
}

const ends = (ticks: readonly number[]) => [ticks[0]!, ticks.at(-1)!] as const;
const clampY = (at: number): number => Math.min(area.bottom, Math.max(area.top, at));
const dashes = 'stroke-dasharray="6 4"';
const rule = (x1: number, y1: number, x2: number, y2: number): string =>
  line(x1, y1, x2, y2, ink.faint, 'stroke-dasharray="2 3"');

function legend(name: string, colour: string, dashed: boolean, y: number): string {
  const style = `stroke-width="2"${dashed ? ` ${dashes}` : ''}`;
  return line(586, y, 612, y, colour, style) + text(620, y + 4, name, ink.text);
}
