import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { measureNames, measures, windows } from '@seamwatch/contracts/measures.ts';
import { segmentNames } from './flux.ts';
import { datasource } from './influx-target.ts';

interface Choice {
  title: string;
  value: string;
}

function choice(
  name: string,
  label: string,
  choices: readonly Choice[],
  first: string,
): CustomVariableBuilder {
  const options = choices.map(({ title, value }) => ({ text: title, value, selected: value === first }));
  return new CustomVariableBuilder(name)
    .label(label)
    .values(choices.map(({ title, value }) => `${title.replaceAll(',', '\\,')} : ${value}`).join(','))
    .options(options)
    .current(options.find(({ selected }) => selected)!);
}

/** What a reader chooses at the top: where the data are, which segment, which window, which measure. */
export const variables = [
  new DatasourceVariableBuilder('datasource').label('InfluxDB').type('influxdb'),
  new QueryVariableBuilder('segment')
    .label('Segment')
    .datasource(datasource)
    .query({ refId: 'segments', query: segmentNames })
    .current({ text: 'all', value: 'all', selected: true })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc),
  choice(
    'window',
    'Window',
    windows.map((value) => ({ title: value, value })),
    '24h',
  ),
  choice(
    'measure',
    'Measure',
    measureNames.map((value) => ({ title: measures[value].title, value })),
    'csat',
  ),
];
