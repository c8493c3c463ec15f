import type { MeasureUnit } from '@seamwatch/contracts/measures.ts';
import uPlot from 'uplot';
import { formatDuration, thin } from '../format/number.ts';
import type { ChartModel, DailyColumns } from './chart-model.ts';
import { drawDates, drawWeeks } from './marks.ts';
import type { Palette } from './palette.ts';

interface Size {
  width: number;
  height: number;
}

const yAxisWidth = 3.4;

/** Daily values of the measure, with the range where they are expected. */
export function dailyPlot(
  model: ChartModel,
  { unit, x, value, low, high, baseline, limit }: DailyColumns,
  palette: Palette,
  size: Size,
  withLabels: boolean,
): [uPlot.Options, uPlot.AlignedData] {
  const options: uPlot.Options = {
    ...common(model, palette, size),
    padding: [palette.size * (withLabels ? 3 : 0.5), palette.size * 0.8, 0, 0],
    scales: xScale(model),
    axes: [xAxis(model, palette), yAxis(palette, (v) => axisValue(unit, v))],
    bands: [{ series: [2, 1], fill: palette.band }],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: palette.baseline, width: 1, dash: [4, 3], points: { show: false } },
      {
        stroke: palette.line,
        width: 1,
        points: { show: true, size: 3.4, fill: palette.line, stroke: palette.line, width: 0 },
      },
      { stroke: palette.alert, width: 1, points: { show: false } },
    ],
    hooks: { draw: [(plot) => drawDates(plot, model, palette, withLabels)] },
  };
  return [options, [x, low, high, baseline, value, x.map(() => limit)]];
}

/** Weekly NPS with its intervals: the lagging reference, on the same days. */
export function weeklyPlot(
  model: ChartModel,
  palette: Palette,
  size: Size,
): [uPlot.Options, uPlot.AlignedData] {
  const { x, nps, lower, upper, baseline } = model.weeks;
  const options: uPlot.Options = {
    ...common(model, palette, size),
    padding: [palette.size * 0.5, palette.size * 0.8, 0, 0],
    scales: xScale(model),
    axes: [xAxis(model, palette), yAxis(palette, (v) => (v > 0 ? `+${v}` : String(v).replace('-', '−')))],
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: palette.baseline, width: 1, dash: [4, 3], points: { show: false } },
      { stroke: palette.npsSoft, width: 1, points: { show: false } },
    ],
    hooks: {
      draw: [
        (plot) => {
          drawDates(plot, model, palette, false);
          drawWeeks(plot, model, palette);
        },
      ],
    },
  };
  return [options, [x, lower, upper, baseline, nps]];
}

function common(model: ChartModel, _palette: Palette, size: Size) {
  return {
    ...size,
    tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), model.time.zone),
    legend: { show: false },
    cursor: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
  } satisfies Partial<uPlot.Options>;
}

const xScale = (model: ChartModel): uPlot.Scales => ({ x: { time: true, min: model.from, max: model.to } });

function xAxis(model: ChartModel, palette: Palette): uPlot.Axis {
  return {
    ...axis(palette),
    size: palette.size * 2,
    space: palette.size * 5.5,
    values: (_plot, splits) => splits.map((seconds) => model.time.shortDay(seconds * 1000)),
  };
}

function yAxis(palette: Palette, text: (value: number) => string): uPlot.Axis {
  return {
    ...axis(palette),
    size: palette.size * yAxisWidth,
    space: palette.size * 2.2,
    values: (_plot, splits) => splits.map(text),
  };
}

const axis = (palette: Palette): uPlot.Axis => ({
  stroke: palette.muted,
  font: palette.font(1),
  gap: 4,
  grid: { stroke: palette.grid, width: 1 },
  ticks: { show: false },
});

function axisValue(unit: MeasureUnit, value: number): string {
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'share') return `${Number((value * 100).toFixed(1))}${thin}%`;
  return String(Number(value.toFixed(2))).replace('-', '−');
}
