/** Colours of the style sheet, for a canvas. */
export interface Palette {
  text: string;
  muted: string;
  grid: string;
  ground: string;
  line: string;
  band: string;
  baseline: string;
  onset: string;
  alert: string;
  alertText: string;
  nps: string;
  npsText: string;
  npsSoft: string;
  /** Size in CSS pixels. */
  size: number;
  font: (ratio: number) => string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const size = Number.parseFloat(style.fontSize);
  return {
    text: colour('--text'),
    muted: colour('--muted'),
    grid: colour('--line'),
    ground: colour('--panel'),
    line: colour('--measure'),
    band: colour('--band'),
    baseline: colour('--baseline'),
    onset: colour('--onset'),
    alert: colour('--critical'),
    alertText: colour('--critical-text'),
    nps: colour('--nps'),
    npsText: colour('--nps-text'),
    npsSoft: colour('--nps-soft'),
    size,
    font: (ratio) => `${size * ratio}px ${style.fontFamily}`,
  };
}
