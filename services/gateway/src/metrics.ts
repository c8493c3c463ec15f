import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { View } from './view/view.ts';

export interface MetricSources {
  now: () => number;
  view: () => View;
  /** Records that could not be read, by topic. */
  unreadable: () => ReadonlyMap<string, number>;
  clients: () => number;
  ready: () => boolean;
}

/** The gateway's metrics in a registry of their own. What the view knows is read when Prometheus asks. */
export class Metrics {
  readonly #registry = new Registry();
  /** Frames sent, by type; a counter of prom-client takes as long as the sending. */
  readonly #frames = new Map<string, number>();
  readonly ingested: Counter<'result' | 'code'>;
  readonly requests: Counter<'operation' | 'status'>;
  readonly coalesced: Counter;
  readonly slowDisconnects: Counter;

  constructor(sources: MetricSources) {
    const registers = [this.#registry];
    // At the usual 10 ms this takes as much time as sending to a hundred clients each second.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 });
    this.ingested = new Counter({
      name: 'seamwatch_ingest_events_total',
      help: 'Events posted over HTTP, by result and, where refused, by code',
      labelNames: ['result', 'code'],
      registers,
    });
    this.requests = new Counter({
      name: 'seamwatch_http_requests_total',
      help: 'HTTP requests by operation and status',
      labelNames: ['operation', 'status'],
      registers,
    });
    this.coalesced = new Counter({
      name: 'seamwatch_stream_coalesced_total',
      help: 'Rates that a slow client got later, joined with newer ones',
      registers,
    });
    this.slowDisconnects = new Counter({
      name: 'seamwatch_stream_slow_disconnects_total',
      help: 'Connections ended with 4008: alerts arrived faster than the client read',
      registers,
    });
    observe(this.#registry, sources, this.#frames);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts a WebSocket frame. */
  sent(type: string): void {
    this.#frames.set(type, (this.#frames.get(type) ?? 0) + 1);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

type Sample = [value: number, labels?: Record<string, string>];

function observe(
  registry: Registry,
  { now, view, unreadable, clients, ready }: MetricSources,
  frames: ReadonlyMap<string, number>,
): void {
  /** A metric whose samples are taken from elsewhere at each scrape. */
  const show = (
    Kind: typeof Gauge | typeof Counter,
    name: string,
    help: string,
    labelNames: string[],
    read: () => Iterable<Sample>,
  ) =>
    new Kind({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, labels = {}] of read()) this.inc(labels, value);
      },
    });
  const sources = () => view().progress?.sources ?? [];
  const secondsOf = (time: string) => Date.parse(time) / 1_000;

  show(Counter, 'seamwatch_stream_frames_total', 'WebSocket frames sent, by type', ['type'], () =>
    [...frames].map(([type, count]): Sample => [count, { type }]),
  );
  show(Gauge, 'seamwatch_ready', '1 where the gateway is ready', [], () => [[ready() ? 1 : 0]]);
  show(Gauge, 'seamwatch_stream_clients', 'Open WebSocket connections', [], () => [[clients()]]);
  show(Counter, 'seamwatch_view_unreadable_total', 'Log records that could not be read', ['topic'], () =>
    [...unreadable()].map(([topic, count]) => [count, { topic }]),
  );
  show(Counter, 'seamwatch_source_events_total', 'Events read by the monitor', ['source'], () =>
    sources().map((s) => [s.events, { source: s.source }]),
  );
  show(Counter, 'seamwatch_source_late_total', 'Late events', ['source'], () =>
    sources().map((s) => [s.late, { source: s.source }]),
  );
  show(Counter, 'seamwatch_source_dead_total', 'Dead-lettered events', ['source'], () =>
    sources().map((s) => [s.dead, { source: s.source }]),
  );
  show(Gauge, 'seamwatch_source_lag_records', 'Records that the monitor has not read yet', ['source'], () =>
    sources().flatMap((s) => (s.lag === null ? [] : [[s.lag, { source: s.source }]])),
  );
  show(Gauge, 'seamwatch_source_watermark_seconds', 'Watermark, as Unix time', ['source'], () =>
    sources().flatMap((s) => (s.watermark ? [[secondsOf(s.watermark), { source: s.source }]] : [])),
  );
  show(Counter, 'seamwatch_dead_letters_total', 'Dead letters of the monitor, by reason', ['code'], () =>
    Object.entries(view().progress?.deadByReason ?? {}).map(([code, count]) => [count ?? 0, { code }]),
  );
  show(
    Gauge,
    'seamwatch_watermark_lag_seconds',
    'Clock minus watermark; NaN before the first closed minute',
    [],
    () => {
      const { asOf } = view();
      return [[asOf ? now() / 1_000 - secondsOf(asOf) : Number.NaN]];
    },
  );
  show(Gauge, 'seamwatch_alerts_last_seq', 'Number of the newest change of an alert', [], () => [
    [view().alerts.lastSeq],
  ]);
  show(Gauge, 'seamwatch_alerts_open', 'Open alerts', ['level', 'status'], () =>
    view()
      .alerts.open()
      .map(({ level, status }) => [1, { level, status }]),
  );
  show(Gauge, 'seamwatch_delivery_state', '1 for the state that each way out is in', ['sink', 'state'], () =>
    view().deliveries.map(({ sink, state }) => [1, { sink, state }]),
  );
}
