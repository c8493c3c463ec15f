import { SeamError } from '@seamwatch/contracts/errors.ts';
import {
  type ClientFrame,
  closeCodes,
  staleAfterMs as defaultStaleAfterMs,
  heartbeatMs,
  type ServerFrame,
} from '@seamwatch/contracts/frames.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { protocolsFor, streamAddress } from './address.ts';
import { AlertSequence } from './alert-sequence.ts';
import { type Backoff, backoffMs, defaultBackoff } from './backoff.ts';
import { decodeFrame } from './decode-frame.ts';
import { Emitter, type Listener } from './emitter.ts';
import { abandonSocket, openSocket, type Socket, type SocketConstructor } from './socket.ts';
import type {
  ConnectionState,
  ConnectionStatus,
  ConnectOptions,
  StreamConnection,
  StreamEvents,
  Timers,
} from './types.ts';

/** A connection that lived this long was a good one: the next failure starts the back-off anew. */
const settledMs = 10_000;
const handshakeTimeoutMs = 10_000;

const closeReasons: Record<number, string> = {
  [closeCodes.goingAway]: 'the server is going away',
  [closeCodes.frameInvalid]: 'the server refused a frame of ours as invalid',
  [closeCodes.unauthorised]: 'the server wants a valid token',
  [closeCodes.tooSlow]: 'this client was too slow; it resumes',
  1006: 'the connection was lost',
};

/**
 * Opens the stream and keeps it open: reconnects with back-off and resumes alerts where they stopped, so that each
 * arrives in order, once. Throws `SEAM_CONFIG` where the address is malformed or there is no WebSocket; never later.
 */
export function connect(options: ConnectOptions): StreamConnection {
  return new Stream(options);
}

class Stream implements StreamConnection {
  readonly #url: string;
  readonly #options: ConnectOptions;
  readonly #Implementation: SocketConstructor;
  readonly #now: () => number;
  readonly #timers: Timers;
  readonly #random: () => number;
  readonly #staleAfterMs: number;
  readonly #backoff: Backoff;
  readonly #emitter: Emitter<StreamEvents>;
  readonly #alerts: AlertSequence;
  readonly #pending = new Map<'retry' | 'stale' | 'ping' | 'handshake', unknown>();

  #status: ConnectionStatus;
  #socket: Socket | undefined;
  #liveSince: number | undefined;
  #byeReason: string | undefined;
  #closed = false;

  constructor(options: ConnectOptions) {
    const Implementation = options.WebSocketImpl ?? (globalThis.WebSocket as SocketConstructor | undefined);
    if (!Implementation) throw new SeamError('SEAM_CONFIG', 'no WebSocket here; pass WebSocketImpl');
    this.#url = streamAddress(options.url);
    this.#options = options;
    this.#Implementation = Implementation;
    this.#now = options.now ?? Date.now;
    this.#timers = options.timers ?? globalTimers;
    this.#random = options.random ?? Math.random;
    this.#staleAfterMs = options.staleAfterMs ?? defaultStaleAfterMs;
    this.#backoff = options.backoff ?? defaultBackoff;
    this.#alerts = new AlertSequence(options.afterSeq);
    this.#emitter = new Emitter<StreamEvents>((event, error) => {
      if (event !== 'problem')
        this.#emitter.emit('problem', { kind: 'listener', text: `${event}: ${String(error)}` });
    });
    this.#status = {
      state: 'connecting',
      since: this.#now(),
      lastFrameAt: null,
      liveEndedAt: null,
      failures: 0,
      retryAt: null,
      reason: null,
      unauthorised: false,
    };
    // Not at once, so that the caller's listeners hear of the first state too.
    this.#after('retry', 0, () => this.#open());
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get lastSeq(): number | undefined {
    return this.#alerts.last;
  }

  on<K extends keyof StreamEvents>(event: K, listener: Listener<StreamEvents[K]>): () => void {
    return this.#emitter.on(event, listener);
  }

  reconnect(): void {
    if (this.#closed) return;
    this.#drop();
    this.#open();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    for (const name of [...this.#pending.keys()]) this.#cancel(name);
  }

  #open(): void {
    this.#cancel('retry');
    this.#byeReason = undefined;
    this.#enter(this.#status.state === 'stale' ? 'stale' : 'connecting', { retryAt: null });
    if (this.#closed) return;
    this.#after('handshake', handshakeTimeoutMs, () => this.#failed('the server does not answer'));
    try {
      const { token } = this.#options;
      const protocols = protocolsFor(typeof token === 'function' ? token() : token);
      const socket = openSocket(this.#Implementation, this.#url, protocols, {
        message: (data) => this.#received(data),
        closed: (code, reason) => this.#ended(code, reason),
      });
      this.#socket = socket;
    } catch (error) {
      this.#emit('problem', { kind: 'socket', text: String(error) });
      this.#failed('no connection can be opened');
    }
  }

  #received(data: unknown): void {
    const decoded = decodeFrame(data);
    if ('why' in decoded) {
      this.#emit('problem', { kind: 'frame', text: decoded.why });
      return;
    }
    this.#heard();
    this.#take(decoded.frame);
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello': {
        const gap = this.#alerts.begin(frame.firstSeq, frame.lastSeq);
        this.#emit('hello', frame);
        if (gap) this.#emit('gap', gap);
        this.#subscribe();
        return;
      }
      case 'snapshot':
        this.#emit('snapshot', frame);
        return;
      case 'rates':
        this.#emit('rates', frame.rates);
        return;
      case 'alert':
        this.#takeAlert(frame.alert);
        return;
      case 'status':
        this.#emit('status', frame);
        return;
      case 'bye':
        this.#byeReason = frame.why;
        return;
      case 'pong':
        return;
    }
  }

  #takeAlert(alert: AlertRecord): void {
    const verdict = this.#alerts.check(alert);
    if (verdict === 'duplicate') return;
    if (verdict === 'gap') {
      const gap = this.#alerts.giveUp(alert);
      if (!gap) {
        this.#failed('an alert was skipped; asking for it again');
        return;
      }
      this.#emit('gap', gap);
    }
    this.#alerts.delivered(alert);
    this.#emit('alert', alert);
  }

  #subscribe(): void {
    const { segments } = this.#options;
    const afterSeq = this.#alerts.last;
    this.#send({
      type: 'subscribe',
      ...(segments && { segments: [...segments] }),
      ...(afterSeq !== undefined && { afterSeq }),
    });
  }

  #send(frame: ClientFrame): boolean {
    try {
      this.#socket?.send(JSON.stringify(frame));
      return this.#socket !== undefined;
    } catch {
      return false;
    }
  }

  /** A valid frame came: the connection lives, and silence is counted from now. */
  #heard(): void {
    const now = this.#now();
    this.#cancel('handshake');
    this.#status = { ...this.#status, lastFrameAt: now };
    this.#after('stale', this.#staleAfterMs, () => this.#silent());
    this.#after('ping', heartbeatMs, () => this.#send({ type: 'ping' }));
    if (this.#status.state === 'live') return;
    this.#liveSince = now;
    this.#enter('live', { liveEndedAt: null, retryAt: null, reason: null, unauthorised: false });
  }

  /** Nothing for `staleAfterMs`. An open socket that is silent is as good as none: it is replaced. */
  #silent(): void {
    this.#enter('stale');
    if (this.#socket) this.#failed('the server has fallen silent');
  }

  #ended(code: number, reason: string): void {
    const text = this.#byeReason || reason || closeReasons[code] || `the connection ended with code ${code}`;
    const unauthorised = code === closeCodes.unauthorised;
    // Trying again at once would end the same way.
    const hopeless = unauthorised || code === closeCodes.frameInvalid;
    this.#failed(text, { unauthorised, hopeless });
  }

  #failed(reason: string, { unauthorised = false, hopeless = false } = {}): void {
    this.#drop();
    if (this.#closed) return;
    const now = this.#now();
    const settled = this.#liveSince !== undefined && now - this.#liveSince >= settledMs;
    const failures = settled ? 1 : this.#status.failures + 1;
    this.#liveSince = undefined;
    const attempt = hopeless ? Number.POSITIVE_INFINITY : failures - 1;
    const waitMs = backoffMs(attempt, this.#random(), this.#backoff);
    this.#after('retry', waitMs, () => this.#open());
    const state = this.#status.state === 'stale' ? 'stale' : 'disconnected';
    this.#enter(state, { failures, retryAt: now + waitMs, reason, unauthorised });
  }

  #drop(): void {
    this.#cancel('handshake');
    this.#cancel('ping');
    if (this.#socket) abandonSocket(this.#socket);
    this.#socket = undefined;
  }

  #emit<K extends keyof StreamEvents>(event: K, value: StreamEvents[K]): void {
    if (!this.#closed) this.#emitter.emit(event, value);
  }

  #enter(state: ConnectionState, changes: Partial<ConnectionStatus> = {}): void {
    const before = this.#status;
    const now = this.#now();
    this.#status = {
      ...before,
      ...(before.state === 'live' && state !== 'live' && { liveEndedAt: now }),
      ...changes,
      state,
      since: before.state === state ? before.since : now,
    };
    this.#emit('state', this.#status);
  }

  #after(name: 'retry' | 'stale' | 'ping' | 'handshake', ms: number, run: () => void): void {
    this.#cancel(name);
    this.#pending.set(name, this.#timers.setTimeout(run, ms));
  }

  #cancel(name: 'retry' | 'stale' | 'ping' | 'handshake'): void {
    this.#timers.clearTimeout(this.#pending.get(name));
    this.#pending.delete(name);
  }
}

/** Looked up at each call, so that a test may put other timers in their place. */
const globalTimers: Timers = {
  setTimeout: (run, ms) => globalThis.setTimeout(run, ms),
  clearTimeout: (timer) => globalThis.clearTimeout(timer as Parameters<typeof globalThis.clearTimeout>[0]),
};
