import type { Duplex } from 'node:stream';
import { closeCodes, type HelloFrame, type ServerFrame } from '@seamwatch/contracts/frames.ts';
import type { WebSocket } from 'ws';
import type { Problem } from '../problem.ts';
import { MergedRates } from '../view/merge-rates.ts';
import type { Change, View } from '../view/view.ts';
import { encode, helloFrame, ratesFrame, snapshotFrame } from './frames.ts';
import type { StreamLimits } from './limits.ts';
import { type ClientHub, StreamClient, type Subscription } from './stream-client.ts';
import type { WireFrame } from './wire-frame.ts';

export interface HubOptions {
  view: () => View;
  /** True once the view shows what is in the log: before, nobody is given a snapshot. */
  caughtUp: () => boolean;
  problems: () => Problem[];
  about: Pick<HelloFrame, 'simulated' | 'minimumN' | 'timeZone'>;
  now: () => number;
  limits: StreamLimits;
  onFrame: (type: ServerFrame['type']) => void;
  onCoalesced: (count: number) => void;
  onTooSlow: () => void;
}

/** Most of the time that sending rates may take. */
const sendingShare = 0.25;

/** Clients with the same subscription, who share each frame. */
interface Group {
  key: string;
  segments: ReadonlySet<string> | null;
  clients: Set<StreamClient>;
  /** The snapshot as of the newest change. */
  snapshot: WireFrame | null;
}

/** Everybody who watches: gives each what changed, once. */
export class StreamHub implements ClientHub {
  readonly limits: StreamLimits;
  readonly #options: HubOptions;
  readonly #clients = new Map<StreamClient, Group | null>();
  readonly #groups = new Map<string, Group>();
  /** Subscriptions that wait until the view has caught up. */
  readonly #waiting = new Map<StreamClient, Subscription>();
  readonly #changedRates = new Map<string, MergedRates>();
  #layoutChanged = false;
  #lastStatus = { key: '', at: Number.NEGATIVE_INFINITY };
  #lastLayoutAt = Number.NEGATIVE_INFINITY;
  #flushTimer: NodeJS.Timeout | undefined;
  #nextFlushMs = 0;
  readonly #heartbeat: NodeJS.Timeout;
  #view: View;

  constructor(options: HubOptions) {
    this.limits = options.limits;
    this.#options = options;
    this.#view = options.view();
    this.#heartbeat = setInterval(() => this.#beat(), options.limits.heartbeatMs);
  }

  get size(): number {
    return this.#clients.size;
  }

  /** `wire`: what the WebSocket was made of. */
  connect(socket: WebSocket, wire: Duplex): void {
    const client = new StreamClient(socket, wire, this);
    this.#clients.set(client, null);
    const timer = setTimeout(() => {
      if (!client.subscribed && !this.#waiting.has(client)) {
        this.onSubscribe(client, { segments: null, afterSeq: undefined });
      }
    }, this.limits.subscribeWithinMs);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#leave(client);
      this.#clients.delete(client);
      this.#waiting.delete(client);
    });
    client.send('hello', helloFrame(this.#options.view(), { now: this.now(), ...this.#options.about }));
    client.send('status', this.#statusFrame());
  }

  /** Passes on what a batch of the log changed: alerts at once, rates and status as `flushMs` allows. */
  publish(changes: readonly Change[]): void {
    this.#followView();
    if (changes.length > 0) for (const group of this.#groups.values()) group.snapshot = null;
    this.#flushSoon();
    // Without subscribers there is nobody to tell: the first one gets a snapshot.
    if (this.#groups.size === 0) return;
    for (const change of changes) {
      if (change.kind === 'alert') for (const client of this.#subscribed()) client.alert(change.alert);
      if (change.kind === 'layout') this.#layoutChanged = true;
      if (change.kind === 'rates') this.#noteRates(change);
    }
  }

  /** To be called when problems may have changed, and when the view may have caught up. */
  refresh(): void {
    this.#flushSoon();
  }

  /** Says goodbye to everybody; connections that stay open after `withinMs` are cut. */
  async close(withinMs: number): Promise<void> {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#flushTimer);
    for (const client of this.#clients.keys()) {
      client.end(closeCodes.goingAway, 'SEAM_NOT_READY', 'the gateway is stopping');
    }
    const deadline = performance.now() + withinMs;
    while (this.#clients.size > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const client of this.#clients.keys()) client.terminate();
  }

  now(): string {
    return new Date(this.#options.now()).toISOString();
  }

  alerts(): View['alerts'] {
    return this.#options.view().alerts;
  }

  newestRates(segments: ReadonlySet<string>): WireFrame {
    const view = this.#options.view();
    return ratesFrame([...segments].flatMap((id) => view.rates(id) ?? []).map((r) => JSON.stringify(r)));
  }

  onSent(type: ServerFrame['type']): void {
    this.#options.onFrame(type);
  }

  onTooSlow(): void {
    this.#options.onTooSlow();
  }

  onSubscribe(client: StreamClient, subscription: Subscription): void {
    if (!this.#clients.has(client)) return;
    if (!this.#options.caughtUp()) {
      this.#waiting.set(client, subscription);
      return;
    }
    this.#waiting.delete(client);
    this.#leave(client);
    const group = this.#groupOf(subscription.segments);
    group.clients.add(client);
    this.#clients.set(client, group);
    client.start(this.#snapshotOf(group), subscription.afterSeq);
  }

  /** A view that was made anew numbers its alerts anew: clients start again too. */
  #followView(): void {
    if (this.#view === this.#options.view()) return;
    this.#view = this.#options.view();
    for (const client of this.#clients.keys()) {
      client.end(closeCodes.goingAway, 'SEAM_NOT_READY', 'the log was made anew; connect again');
    }
  }

  #noteRates({ rates }: Extract<Change, { kind: 'rates' }>): void {
    let merged = this.#changedRates.get(rates.segment);
    if (!merged) {
      merged = new MergedRates(rates.segment);
      this.#changedRates.set(rates.segment, merged);
    }
    merged.add(rates);
  }

  #flushSoon(): void {
    this.#flushTimer ??= setTimeout(
      () => {
        this.#flushTimer = undefined;
        const before = process.threadCpuUsage();
        this.#flush();
        const { user, system } = process.threadCpuUsage(before);
        const { flushMs, slowestFlushMs } = this.limits;
        const pauseMs = Math.max(flushMs, (user + system) / 1_000 / sendingShare);
        this.#nextFlushMs = performance.now() + Math.min(slowestFlushMs, pauseMs);
      },
      Math.max(0, this.#nextFlushMs - performance.now()),
    );
  }

  #flush(): void {
    this.#followView();
    if (this.#options.caughtUp()) {
      for (const [client, subscription] of [...this.#waiting]) this.onSubscribe(client, subscription);
      if (!this.#flushLayout()) this.#flushRates();
    } else if (this.#waiting.size > 0) {
      this.#flushSoon();
    }
    this.#flushStatus();
  }

  /** A new picture for everybody; it holds the newest rates too. */
  #flushLayout(): boolean {
    if (!this.#layoutChanged) return false;
    const now = performance.now();
    if (now - this.#lastLayoutAt < this.limits.snapshotGapMs) {
      this.#flushSoon();
      return false;
    }
    this.#layoutChanged = false;
    this.#lastLayoutAt = now;
    this.#changedRates.clear();
    for (const group of this.#groups.values()) {
      const snapshot = this.#snapshotOf(group);
      for (const client of group.clients) client.refresh(snapshot);
    }
    return true;
  }

  #flushRates(): void {
    if (this.#changedRates.size === 0) return;
    const records = [...this.#changedRates.values()].map((merged) => ({
      segment: merged.segment,
      json: JSON.stringify(merged.record()),
    }));
    this.#changedRates.clear();
    let putOff = 0;
    for (const { segments, clients } of this.#groups.values()) {
      const wanted = segments ? records.filter((r) => segments.has(r.segment)) : records;
      if (wanted.length === 0) continue;
      const frame = ratesFrame(wanted.map((r) => r.json));
      const ids = wanted.map((r) => r.segment);
      for (const client of clients) putOff += client.rates(frame, ids);
    }
    if (putOff > 0) this.#options.onCoalesced(putOff);
  }

  /** At once when something changed that is not a mere counter, but not more often than the gap allows. */
  #flushStatus(): void {
    const { asOf, quietSince, progress, deliveries } = this.#options.view();
    const states = progress?.sources.map((s) => s.state);
    const ways = deliveries.map((d) => [d.sink, d.state]);
    const key = JSON.stringify([asOf, quietSince, states, ways, this.#options.problems()]);
    if (key === this.#lastStatus.key) return;
    const now = performance.now();
    if (now - this.#lastStatus.at < this.limits.statusGapMs) {
      this.#flushSoon();
      return;
    }
    this.#lastStatus = { key, at: now };
    this.#sendStatus();
  }

  #sendStatus(): void {
    if (this.#clients.size === 0) return;
    const frame = this.#statusFrame();
    for (const client of this.#clients.keys()) client.send('status', frame);
  }

  #statusFrame(): WireFrame {
    const { asOf, quietSince, progress, deliveries } = this.#options.view();
    const problems = this.#options.problems();
    return encode({ type: 'status', now: this.now(), asOf, quietSince, progress, deliveries, problems });
  }

  #beat(): void {
    if (this.#clients.size === 0) return;
    const status = this.#statusFrame();
    for (const client of this.#clients.keys()) client.beat(status);
  }

  *#subscribed(): Generator<StreamClient> {
    for (const [client, group] of this.#clients) if (group) yield client;
  }

  #groupOf(segments: ReadonlySet<string> | null): Group {
    const key = segments ? JSON.stringify([...segments].sort()) : '*';
    let group = this.#groups.get(key);
    if (!group) {
      group = { key, segments, clients: new Set(), snapshot: null };
      this.#groups.set(key, group);
    }
    return group;
  }

  #snapshotOf(group: Group): WireFrame {
    group.snapshot ??= snapshotFrame(this.#options.view(), group.segments);
    return group.snapshot;
  }

  #leave(client: StreamClient): void {
    const group = this.#clients.get(client);
    if (!group) return;
    group.clients.delete(client);
    if (group.clients.size === 0) this.#groups.delete(group.key);
  }
}
