import type uPlot from 'uplot';
import type { ChartModel } from './chart-model.ts';
import type { Palette } from './palette.ts';

/** Shades the onset, and draws the dates of the alert and of NPS as lines over the whole height. */
export function drawDates(plot: uPlot, model: ChartModel, palette: Palette, withLabels: boolean): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const x = (seconds: number) => Math.round(plot.valToPos(seconds, 'x', true));
  ctx.save();
  const left = Math.max(bbox.left, x(model.onset.lower));
  const right = Math.min(bbox.left + bbox.width, Math.max(x(model.onset.upper), left + 2 * ratio));
  ctx.fillStyle = palette.onset;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  verticalLine(plot, x(model.opened.x), palette.alert, []);
  if (model.confirmed) verticalLine(plot, x(model.confirmed.x), palette.nps, [5, 3]);
  if (withLabels) drawLabels(plot, model, palette, { onset: left, opened: x(model.opened.x) });
  ctx.restore();
}

function verticalLine({ ctx, bbox }: uPlot, x: number, colour: string, dash: number[]): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash(dash.map((n) => n * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
}

interface Places {
  onset: number;
  opened: number;
}

/** Over the plot: onset to the left of its shade, the alert at its line, NPS at its own, the lead between them. */
function drawLabels(plot: uPlot, model: ChartModel, palette: Palette, at: Places): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const gap = 4 * ratio;
  const rightEdge = bbox.left + bbox.width;
  const upper = bbox.top - 20 * ratio;
  const lower = bbox.top - 6 * ratio;
  ctx.font = palette.font(ratio);
  ctx.textBaseline = 'alphabetic';
  const text = (label: string, x: number, y: number, align: CanvasTextAlign, colour: string) => {
    ctx.textAlign = align;
    ctx.fillStyle = colour;
    ctx.fillText(label, x, y);
  };
  text('onset', at.onset - gap, lower, 'right', palette.muted);
  text(`early warning ${model.opened.label}`, at.opened + ratio, upper, 'right', palette.alertText);
  if (!model.confirmed) return;
  const confirmed = Math.round(plot.valToPos(model.confirmed.x, 'x', true));
  const label = `NPS confirms ${model.confirmed.label}`;
  const left = Math.min(confirmed, rightEdge + 8 * ratio - ctx.measureText(label).width);
  text(label, left, left > at.opened + 3 * gap ? upper : lower, 'left', palette.npsText);
  if (model.leadDays !== undefined && left > at.opened + 3 * gap)
    leadArrow(plot, at.opened, confirmed, lower - 3 * ratio, `${model.leadDays} days`, palette);
}

function leadArrow(
  { ctx }: uPlot,
  from: number,
  to: number,
  y: number,
  label: string,
  palette: Palette,
): void {
  const ratio = devicePixelRatio;
  const width = ctx.measureText(label).width + 8 * ratio;
  const head = 4 * ratio;
  if (to - from < width + 4 * head) return;
  ctx.strokeStyle = palette.text;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(from + 2 * ratio, y);
  ctx.lineTo(to - 2 * ratio, y);
  ctx.moveTo(to - 2 * ratio - head, y - head);
  ctx.lineTo(to - 2 * ratio, y);
  ctx.lineTo(to - 2 * ratio - head, y + head);
  ctx.stroke();
  const middle = (from + to) / 2;
  ctx.fillStyle = palette.ground;
  ctx.fillRect(middle - width / 2, y - 6 * ratio, width, 12 * ratio);
  ctx.fillStyle = palette.text;
  ctx.textAlign = 'center';
  ctx.fillText(label, middle, y + 4 * ratio);
}

/** Weekly NPS: interval as a bar, value as a dot; a filled diamond where the test rejects. */
export function drawWeeks(plot: uPlot, model: ChartModel, palette: Palette): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const { weeks } = model;
  ctx.save();
  weeks.x.forEach((seconds, index) => {
    const value = weeks.nps[index];
    if (value === null || value === undefined) return;
    const x = plot.valToPos(seconds, 'x', true);
    const y = (v: number) => plot.valToPos(v, 'y', true);
    const [low, high] = [weeks.lower[index], weeks.upper[index]];
    ctx.strokeStyle = palette.npsSoft;
    ctx.lineWidth = 1.5 * ratio;
    if (low !== null && low !== undefined && high !== null && high !== undefined) {
      ctx.beginPath();
      ctx.moveTo(x, y(low));
      ctx.lineTo(x, y(high));
      ctx.stroke();
    }
    ctx.beginPath();
    if (weeks.rejects[index]) {
      const size = 4.5 * ratio;
      ctx.moveTo(x, y(value) - size);
      ctx.lineTo(x + size, y(value));
      ctx.lineTo(x, y(value) + size);
      ctx.lineTo(x - size, y(value));
      ctx.closePath();
      ctx.fillStyle = palette.npsText;
    } else {
      ctx.arc(x, y(value), 2.6 * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = palette.nps;
    }
    ctx.fill();
  });
  ctx.restore();
}
