import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { PolicyInfo } from '@seamwatch/contracts/http.ts';
import type { Settings } from '@seamwatch/contracts/settings.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { Auth } from './auth.ts';
import { jsonAnswer } from './http/answer.ts';
import { ingestHandlers } from './http/ingest-handlers.ts';
import { listen } from './http/listen.ts';
import { readHandlers } from './http/read-handlers.ts';
import type { Handlers } from './http/router.ts';
import { serve } from './http/serve.ts';
import { sessionHandlers } from './http/session-handlers.ts';
import { StaticPage } from './http/static-page.ts';
import { LogProbe } from './log-probe.ts';
import type { Logger } from './logger.ts';
import { Metrics } from './metrics.ts';
import { problems, readiness } from './readiness.ts';
import { type StreamLimits, streamLimits } from './stream/limits.ts';
import { StreamHub } from './stream/stream-hub.ts';
import { upgrades } from './stream/upgrade.ts';
import { LogView } from './view/log-view.ts';

export interface GatewayOptions {
  log: EventLog;
  settings: Pick<
    Settings,
    | 'SEAMWATCH_HOST'
    | 'SEAMWATCH_PORT'
    | 'SEAMWATCH_VIEW_TOKEN'
    | 'SEAMWATCH_INGEST_TOKEN'
    | 'SEAMWATCH_OPERATOR_TOKEN'
  >;
  /** Folder of the built page; may be missing. */
  pageDir: string;
  policy: PolicyInfo;
  logger: Logger;
  /** True where the data come from the simulator: shown on every page. */
  simulated?: boolean;
  /** Clock time in ms. */
  now?: () => number;
  limits?: Partial<StreamLimits>;
}

export interface Gateway {
  /** As `http://127.0.0.1:8787`. */
  url: string;
  port: number;
  /** Says goodbye to every client and stops; resolves within two seconds. */
  close(): Promise<void>;
}

const goodbyeMs = 1_000;
const closeMs = 1_500;
const refreshMs = 1_000;

/**
 * Starts the gateway: HTTP, WebSocket and the page, from a view of the log. The log may be away: the gateway then says so
 * and waits. Throws `SEAM_PORT_TAKEN`, and `SEAM_CONFIG` where posting events would be open to the network.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, settings, policy, logger, simulated = false, now = Date.now } = options;
  const auth = new Auth(settings, now);
  const stop = new AbortController();
  const logView = new LogView({ log, logger, now, signal: stop.signal });
  const view = () => logView.view;
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listen(server, settings.SEAMWATCH_HOST, settings.SEAMWATCH_PORT);

  const probe = new LogProbe(log);
  const metrics: Metrics = new Metrics({
    now,
    view,
    unreadable: () => logView.unreadable,
    clients: () => hub.size,
    ready: () => readiness(logView, probe).ready,
  });
  const hub = new StreamHub({
    view,
    now,
    caughtUp: () => logView.caughtUp,
    problems: () => problems(logView, probe),
    about: { simulated, minimumN: policy.minimumN, timeZone: policy.timeZone },
    limits: { ...streamLimits, ...options.limits },
    onFrame: (type) => metrics.sent(type),
    onCoalesced: (count) => metrics.coalesced.inc(count),
    onTooSlow: () => metrics.slowDisconnects.inc(),
  });
  const handlers: Handlers = {
    ...readHandlers({ view, policy, simulated }),
    ...sessionHandlers(auth),
    ...ingestHandlers({
      log,
      logger,
      now,
      onEvents: (code, count) =>
        metrics.ingested.inc({ result: code ? 'refused' : 'accepted', code: code ?? '' }, count),
    }),
    getHealth: () => jsonAnswer({ alive: true }),
    getReady: () => {
      const answer = readiness(logView, probe);
      return jsonAnswer(answer, answer.ready ? 200 : 503);
    },
    getMetrics: async () => ({
      status: 200,
      headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
      body: await metrics.text(),
    }),
  };
  const onAnswer = (operation: string, status: number) => metrics.requests.inc({ operation, status });
  server.on('request', serve({ auth, handlers, page: new StaticPage(options.pageDir), logger, onAnswer }));
  server.on('upgrade', upgrades(auth, hub));

  const following = logView.changes().subscribe((changes) => hub.publish(changes));
  const refreshing = setInterval(() => hub.refresh(), refreshMs);

  const url = `http://${settings.SEAMWATCH_HOST.includes(':') ? `[${settings.SEAMWATCH_HOST}]` : settings.SEAMWATCH_HOST}:${port}`;
  logger.info({ url }, 'the gateway listens');
  return {
    url,
    port,
    close: async () => {
      stop.abort();
      following.unsubscribe();
      clearInterval(refreshing);
      probe.stop();
      await Promise.all([closeServer(server, sockets), hub.close(goodbyeMs)]);
    },
  };
}

/** Lets answers that are under way finish, for a while. */
async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, closeMs);
  await closed;
  clearTimeout(timer);
}
