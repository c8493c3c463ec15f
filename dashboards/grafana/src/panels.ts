import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Path } from '@seamwatch/contracts/measures.ts';
import { hourMs } from '@seamwatch/contracts/units.ts';
import { datasource, FluxTarget } from './influx-target.ts';

export const pathTitles: Readonly<Record<Path, string>> = {
  ai: 'AI only',
  seam: 'handed off',
  human: 'human only',
};
const pathColours: Readonly<Record<Path, string>> = { ai: '#5794F2', seam: '#FF9830', human: '#73BF69' };
const valueColour = '#5794F2';
const baselineColour = '#8E8E8E';

const fixed = (fixedColor: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor } });
const invisible = { id: 'custom.hideFrom', value: { legend: true, tooltip: false, viz: false } };

/** A time series of one Flux query; a gap in the data stays a gap. */
export function timeSeries(title: string, description: string, query: string): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .withTarget(new FluxTarget(query))
    .interval('1m')
    .lineWidth(1)
    .showPoints(common.VisibilityMode.Never)
    .insertNulls(3 * hourMs)
    .noValue('no data')
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi));
}

/** Draws the 95 % interval of a series as a band from `lower` to `upper`. */
function withBand(panel: TimeSeriesBuilder, lower: string, upper: string, colour: string): TimeSeriesBuilder {
  const hidden = [fixed(colour), { id: 'custom.lineWidth', value: 0 }, invisible];
  return panel
    .overrideByName(lower, hidden)
    .overrideByName(upper, [
      ...hidden,
      { id: 'custom.fillBelowTo', value: lower },
      { id: 'custom.fillOpacity', value: 15 },
    ]);
}

/** For queries that give `value`, `lower`, `upper` and `baseline`. */
export function withInterval(panel: TimeSeriesBuilder): TimeSeriesBuilder {
  return withBand(panel, 'lower', 'upper', valueColour)
    .overrideByName('value', [fixed(valueColour), { id: 'custom.lineWidth', value: 2 }])
    .overrideByName('baseline', [
      fixed(baselineColour),
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    ]);
}

/** For queries by path: one colour a path, its interval as a band. */
export function withPaths(panel: TimeSeriesBuilder): TimeSeriesBuilder {
  for (const [path, title] of Object.entries(pathTitles)) {
    const colour = pathColours[path as Path];
    panel.overrideByName(title, [fixed(colour), { id: 'custom.lineWidth', value: 2 }]);
    withBand(panel, `${title}, lower`, `${title}, upper`, colour);
  }
  return panel;
}

/** A log scale with lines at the levels of evidence, in days. */
export function withEvidenceLevels(
  panel: TimeSeriesBuilder,
  days: { watch: number; warning: number; critical: number },
): TimeSeriesBuilder {
  return panel
    .scaleDistribution(new common.ScaleDistributionConfigBuilder().type(common.ScaleDistribution.Log).log(10))
    .thresholds(
      new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
        { value: null, color: 'transparent' },
        { value: days.watch, color: '#FADE2A' },
        { value: days.warning, color: '#FF9830' },
        { value: days.critical, color: '#F2495C' },
      ]),
    )
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

export function table(title: string, description: string, query: string): TableBuilder {
  return new TableBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .withTarget(new FluxTarget(query))
    .noValue('none');
}

/** The last value of a query as a large figure. */
export function stat(title: string, description: string, query: string): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(datasource)
    .withTarget(new FluxTarget(query))
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.None)
    .noValue('no data');
}
