import type { Duplex } from 'node:stream';
import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import {
  type ClientFrame,
  clientFrameSchema,
  closeCodes,
  type ServerFrame,
} from '@seamwatch/contracts/frames.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import type { WebSocket } from 'ws';
import type { AlertLog } from '../view/alert-log.ts';
import { alertFrame, byeText, encode } from './frames.ts';
import type { StreamLimits } from './limits.ts';
import { type WireFrame, wireFrame } from './wire-frame.ts';

export interface Subscription {
  /** Segment ids; null: all. */
  segments: ReadonlySet<string> | null;
  /** Last alert number that the client has; undefined: only alerts from now on. */
  afterSeq: number | undefined;
}

/** What a client asks of the hub that it belongs to. */
export interface ClientHub {
  readonly limits: StreamLimits;
  now(): string;
  alerts(): AlertLog;
  onSubscribe(client: StreamClient, subscription: Subscription): void;
  /** The newest rates of these segments, as a frame. */
  newestRates(segments: ReadonlySet<string>): WireFrame;
  onSent(type: ServerFrame['type']): void;
  onTooSlow(): void;
}

/**
 * One connection. Alerts go out in order, each once: missed ones at the pace of the client, live ones at once. Rates that
 * come while it is slow are remembered by segment only.
 */
export class StreamClient {
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #hub: ClientHub;
  readonly #dirty = new Set<string>();
  #subscribed = false;
  #sentSeq = 0;
  #replaying = false;
  /** Bytes of a snapshot that is still on its way, and is no sign of a slow client. */
  #allowance = 0;
  #alive = true;

  /** `wire`: what the WebSocket was made of. */
  constructor(socket: WebSocket, wire: Duplex, hub: ClientHub) {
    this.#socket = socket;
    this.#wire = wire;
    this.#hub = hub;
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('error', () => {});
  }

  /** True once it has been given a snapshot: from then on it gets what changes. */
  get subscribed(): boolean {
    return this.#subscribed;
  }

  get #slow(): boolean {
    return this.#socket.bufferedAmount > this.#hub.limits.slowBytes + this.#allowance;
  }

  /**
   * Writes the frame past `ws`, which would make a header and join the two for each client: an eighth of the sending. In its
   * place among what `ws` itself sends, all the same, since that holds nothing back where it does not compress.
   */
  send(type: ServerFrame['type'], frame: WireFrame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#hub.onSent(type);
    if (this.#mayWait(frame)) this.#wire.write(frame.wire, this.#onDrained);
    else this.#wire.write(frame.wire);
  }

  /** Whether anything may have to wait for this frame. To ask after each costs a tenth of the sending. */
  #mayWait({ wire }: WireFrame): boolean {
    if (this.#replaying || this.#allowance > 0 || wire.length >= this.#hub.limits.slowBytes) return true;
    return this.#socket.bufferedAmount > 0;
  }

  /** Sends the whole picture; with `afterSeq`, then every alert that was missed. */
  start(snapshot: WireFrame, afterSeq: number | undefined): void {
    const { lastSeq } = this.#hub.alerts();
    if (afterSeq !== undefined) this.#sentSeq = Math.min(afterSeq, lastSeq);
    else if (!this.#subscribed) this.#sentSeq = lastSeq;
    this.#subscribed = true;
    this.refresh(snapshot);
    this.#replaying = this.#sentSeq < lastSeq;
    this.#replay();
  }

  /** Sends the whole picture again: alerts go on as they were. */
  refresh(snapshot: WireFrame): void {
    this.#dirty.clear();
    this.#allowance = this.#socket.bufferedAmount + snapshot.wire.length;
    this.send('snapshot', snapshot);
  }

  /** Returns the number of records that were put off. */
  rates(frame: WireFrame, segments: readonly string[]): number {
    if (!this.#slow) {
      this.send('rates', frame);
      return 0;
    }
    for (const segment of segments) this.#dirty.add(segment);
    return segments.length;
  }

  alert(alert: AlertRecord): void {
    if (this.#replaying || alert.seq <= this.#sentSeq) return;
    this.#sentSeq = alert.seq;
    this.send('alert', alertFrame(alert));
    if (this.#socket.bufferedAmount <= this.#hub.limits.bufferBytes + this.#allowance) return;
    this.#hub.onTooSlow();
    this.end(
      closeCodes.tooSlow,
      'SEAM_TOO_SLOW',
      'alerts come faster than this client reads; resume with afterSeq',
    );
  }

  /** Ends the connection of a peer that did not answer the last ping; sends it the status and pings it again, in one write. */
  beat(status: WireFrame): void {
    if (!this.#alive) this.#socket.terminate();
    this.#alive = false;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#wire.cork();
    this.send('status', status);
    this.#socket.ping();
    this.#wire.uncork();
  }

  /** Says why, and closes. */
  end(code: number, error: ErrorCode, why: string): void {
    this.send('bye', wireFrame(byeText(error, why)));
    this.#socket.close(code, error);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  readonly #onDrained = (error?: Error | null): void => {
    if (error || this.#socket.bufferedAmount > this.#hub.limits.slowBytes) return;
    this.#allowance = 0;
    this.#replay();
    if (this.#dirty.size === 0 || this.#slow) return;
    const frame = this.#hub.newestRates(this.#dirty);
    this.#dirty.clear();
    this.send('rates', frame);
  };

  #replay(): void {
    if (!this.#replaying) return;
    for (const alert of this.#hub.alerts().after(this.#sentSeq)) {
      if (this.#slow) return;
      this.#sentSeq = alert.seq;
      this.send('alert', alertFrame(alert));
    }
    this.#replaying = false;
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const frame = isBinary ? 'binary frames are not taken; send JSON text' : readFrame(data);
    if (typeof frame === 'string') this.end(closeCodes.frameInvalid, 'SEAM_FRAME_INVALID', frame);
    else if (frame.type === 'ping') this.send('pong', encode({ type: 'pong', now: this.#hub.now() }));
    else {
      const { segments, afterSeq } = frame;
      this.#hub.onSubscribe(this, { segments: segments ? new Set(segments) : null, afterSeq });
    }
  }
}

/** The frame, or what is wrong with it. */
function readFrame(data: Buffer): ClientFrame | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data.toString('utf8'));
  } catch {
    return 'a frame is not JSON';
  }
  const frame = clientFrameSchema.safeParse(parsed);
  if (frame.success) return frame.data;
  const issue = frame.error.issues[0];
  return `a frame does not fit: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.slice(0, 500);
}
