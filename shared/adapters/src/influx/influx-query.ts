import { InfluxDB } from '@influxdata/influxdb-client';
import type { InfluxAccess } from './influx-http.ts';

export type FluxRow = Readonly<Record<string, unknown>>;

/** Rows of a Flux query, times as RFC 3339 text. Throws the client's `HttpError` where InfluxDB refuses it. */
export async function queryFlux(access: InfluxAccess, flux: string): Promise<FluxRow[]> {
  const { url, org, token } = access;
  const client = new InfluxDB({ url, token: typeof token === 'string' ? token : token() });
  return client.getQueryApi(org).collectRows<FluxRow>(flux);
}
