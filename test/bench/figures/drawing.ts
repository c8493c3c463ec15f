/** Parts of a figure as SVG that reads on light and dark pages; the same figure is the same text every time. */
export const ink = { text: '#1a1a1a', soft: '#444', faint: '#777', grid: '#e2e2e2' } as const;

type Anchor = 'start' | 'middle' | 'end';

/** A whole figure; its title stands above what is drawn, from `left` on. */
export function picture(
  options: { width: number; height: number; title: string; left: number },
  parts: readonly string[],
): string {
  const { width, height, title, left } = options;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${left}" y="24" font-size="15" fill="${ink.text}">${escaped(title)}</text>`,
    ...parts,
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

/** Where a value lies between `from` and `to`, given the values that lie at the two ends. */
export function scale(
  [low, high]: readonly [low: number, high: number],
  [from, to]: readonly [from: number, to: number],
  log = false,
): (value: number) => number {
  const f = log ? Math.log : (value: number) => value;
  return (value) => from + ((f(value) - f(low)) / (f(high) - f(low))) * (to - from);
}

export const round = (at: number): string => at.toFixed(1);

/** `style` are more attributes, as `font-size="11"`. */
export function text(
  x: number,
  y: number,
  words: string,
  fill: string,
  anchor: Anchor = 'start',
  style = '',
) {
  const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  const more = style === '' ? '' : ` ${style}`;
  return `<text x="${round(x)}" y="${round(y)}"${anchored} fill="${fill}"${more}>${escaped(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, style = ''): string {
  const more = style === '' ? '' : ` ${style}`;
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${stroke}"${more}/>`;
}

export function polyline(points: readonly (readonly [x: number, y: number])[], stroke: string, style = '') {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="2"${style === '' ? '' : ` ${style}`}/>`;
}

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
