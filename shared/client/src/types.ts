import type { HelloFrame, SnapshotFrame, StatusFrame } from '@seamwatch/contracts/frames.ts';
import type { AlertRecord, RatesRecord } from '@seamwatch/contracts/records.ts';
import type { AlertGap } from './alert-sequence.ts';
import type { Backoff } from './backoff.ts';
import type { Listener } from './emitter.ts';
import type { SocketConstructor } from './socket.ts';

/**
 * `connecting`: a socket is being opened, and what is shown (if anything) is still fresh. `live`: frames arrive.
 * `disconnected`: waiting for the next attempt. `stale`: nothing was heard for `staleAfterMs`, whatever the socket says.
 */
export type ConnectionState = 'connecting' | 'live' | 'stale' | 'disconnected';

export interface ConnectionStatus {
  state: ConnectionState;
  /** Clock time in ms at which this state began. */
  since: number;
  /** Clock time in ms of the last valid frame; null before the first. */
  lastFrameAt: number | null;
  /** Clock time in ms at which `live` ended last; null while live, and before it ever was. */
  liveEndedAt: number | null;
  /** Failed attempts in a row. */
  failures: number;
  /** Clock time in ms of the next attempt; null where none is due. */
  retryAt: number | null;
  /** Why the last connection ended: the server's own words where it gave any. */
  reason: string | null;
  /** The server wants a valid token. */
  unauthorised: boolean;
}

/** Something that the page or the operator should hear of, though the client goes on. */
export interface ClientProblem {
  kind: 'frame' | 'listener' | 'socket';
  text: string;
}

export interface StreamEvents {
  state: ConnectionStatus;
  hello: HelloFrame;
  /** The whole picture; replaces everything known before. Comes at every connect. */
  snapshot: SnapshotFrame;
  rates: readonly RatesRecord[];
  /** Every change of an alert, in the order of `seq`, once. */
  alert: AlertRecord;
  /** Alerts that will never arrive. */
  gap: AlertGap;
  status: StatusFrame;
  problem: ClientProblem;
}

export interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface ConnectOptions {
  /** Address of the stream, as `wss://host/v1/stream`; http and https are taken as ws and wss. */
  url: string;
  /** Sent as a subprotocol, since browsers let nobody set a header. A function is asked at every connect. */
  token?: string | (() => string | undefined);
  /** Segment ids; absent: all. */
  segments?: readonly string[];
  /** The last alert that the caller has; absent: only alerts from now on arrive as events. */
  afterSeq?: number;
  /** Default: the global `WebSocket`. */
  WebSocketImpl?: SocketConstructor;
  /** Clock time in ms. */
  now?: () => number;
  timers?: Timers;
  /** In [0, 1); spreads reconnects. */
  random?: () => number;
  staleAfterMs?: number;
  backoff?: Backoff;
}

export interface StreamConnection {
  readonly status: ConnectionStatus;
  /** Number of the last alert delivered; undefined before the first `hello`. */
  readonly lastSeq: number | undefined;
  /** Returns the function that ends the subscription. */
  on<K extends keyof StreamEvents>(event: K, listener: Listener<StreamEvents[K]>): () => void;
  /** Tries again at once, as after a new token. */
  reconnect(): void;
  /** Ends everything; no event follows. */
  close(): void;
}
