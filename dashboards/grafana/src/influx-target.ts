import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

/** The InfluxDB datasource that the user chooses at the top of the dashboard. */
export const datasource = { type: 'influxdb', uid: '$datasource' };

interface FluxQuery extends Dataquery {
  refId: string;
  query: string;
  datasource: typeof datasource;
}

/** A Flux query as target of a panel or annotation; the SDK knows none for InfluxDB. */
export class FluxTarget implements Builder<Dataquery> {
  readonly #query: FluxQuery;

  constructor(query: string, refId = 'A') {
    this.#query = { refId, query, datasource, _implementsDataqueryVariant() {} };
  }

  build(): Dataquery {
    return this.#query;
  }
}
