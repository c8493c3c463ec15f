/** A line chart with a logarithmic y axis, as SVG that reads on light and dark pages. */
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
  const xAt = scale(x.ticks, area.left, area.right, x.log === true);
  const yAt = scale(y.ticks, area.bottom, area.top, true);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${area.left}" y="24" font-size="15" fill="#1a1a1a">${title}</text>`,
    ...x.ticks.map((t) =>
      tick(xAt(t), area.bottom, xAt(t), area.top, String(t), xAt(t), area.bottom + 18, 'middle'),
    ),
    ...y.ticks.map((t) =>
      tick(area.left, yAt(t), area.right, yAt(t), number(t), area.left - 8, yAt(t) + 4, 'end'),
    ),
    `<text x="${(area.left + area.right) / 2}" y="${height - 12}" text-anchor="middle" fill="#444">${x.label}</text>`,
    `<text transform="translate(18 ${(area.top + area.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#444">${y.label}</text>`,
    ...levels.map(({ name, y: at }) =>
      rule(area.left, yAt(at), area.right, yAt(at), name, area.left + 6, yAt(at) - 5),
    ),
    ...moments.map(({ name, x: at }) =>
      rule(xAt(at), area.top, xAt(at), area.bottom, name, xAt(at) + 4, area.bottom - 8),
    ),
    ...lines.map(({ points, colour, dashed }) => {
      const path = points.map(([px, py]) => `${round(xAt(px))},${round(clampY(yAt(py)))}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`;
    }),
    ...lines.map(({ name, colour, dashed }, i) =>
      legend(name, colour, dashed === true, area.top + 8 + 22 * i),
    ),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function scale(ticks: readonly number[], from: number, to: number, log: boolean): (value: number) => number {
  const f = log ? Math.log : (value: number) => value;
  const [low, high] = [f(ticks[0]!), f(ticks.at(-1)!)];
  return (value) => from + ((f(value) - low) / (high - low)) * (to - from);
}

const clampY = (at: number): number => Math.min(area.bottom, Math.max(area.top, at));
const round = (at: number): string => at.toFixed(1);
const number = (value: number): string => value.toLocaleString('en');

function tick(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  text: string,
  tx: number,
  ty: number,
  anchor: string,
) {
  return (
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#e2e2e2"/>` +
    `<text x="${round(tx)}" y="${round(ty)}" text-anchor="${anchor}" fill="#444">${text}</text>`
  );
}

function rule(x1: number, y1: number, x2: number, y2: number, text: string, tx: number, ty: number): string {
  return (
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#777" stroke-dasharray="2 3"/>` +
    `<text x="${round(tx)}" y="${round(ty)}" fill="#555">${text}</text>`
  );
}

function legend(name: string, colour: string, dashed: boolean, y: number): string {
  const dash = dashed ? ' stroke-dasharray="6 4"' : '';
  return (
    `<line x1="586" y1="${y}" x2="612" y2="${y}" stroke="${colour}" stroke-width="2"${dash}/>` +
    `<text x="620" y="${y + 4}" fill="#1a1a1a">${name}</text>`
  );
}
