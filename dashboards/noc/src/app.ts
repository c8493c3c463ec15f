import { type ConnectionStatus, connect, type StreamConnection } from '@seamwatch/client/index.ts';
import type { Window } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { Alarm } from './alarm.ts';
import { DayStore, fetchJson } from './day-store.ts';
import { type TimeFormat, timeFormat } from './format/time.ts';
import { heroAlert, isOpen, openBySeries, sortAlerts } from './model/alerts.ts';
import { seamBoard } from './model/board.ts';
import { type Freshness, freshness } from './model/freshness.ts';
import { Picture } from './model/picture.ts';
import type { Sort } from './model/table.ts';
import { reloadIfRebuilt } from './rebuilt.ts';
import { mayRead, signIn } from './session.ts';
import { hashWithAlert, keepChoice, readAddress, readChoice, type Theme, themes } from './settings.ts';

/** What of the page is a matter of taste and not of data. */
export interface Choices {
  window: Window;
  theme: Theme;
  wall: boolean;
  search: string;
  sort: Sort;
  allSegments: boolean;
  allResolved: boolean;
  /** Alert that the address selects. */
  alert: string | undefined;
}

export interface AlertLists {
  version: number;
  open: AlertRecord[];
  resolved: AlertRecord[];
  bySeries: Map<string, AlertRecord>;
}

/** A token that is accepted and yet does not let us read must not be sent in a tight loop. */
const signInPauseMs = 10_000;

/** State of the page and what can be done with it; every change asks for one drawing in the next frame. */
export class App {
  readonly picture = new Picture();
  readonly alarm: Alarm;
  readonly days: DayStore;
  readonly choices: Choices;
  readonly connection: StreamConnection;
  time: TimeFormat = timeFormat('UTC');
  /** Asks for a token: reading needs one. `refused`: the last one was wrong. */
  signIn: 'none' | 'needed' | 'refused' = 'none';
  /** Said to screen readers when it changes. */
  announcement = '';
  #alerts: AlertLists | undefined;
  #movedAt: number | null = null;
  #token: string | undefined;
  #signedInAt = 0;
  #frame = 0;
  #fresh: Freshness['kind'] = 'fresh';
  readonly #draw: () => void;

  constructor(draw: () => void) {
    this.#draw = draw;
    const address = readAddress(location.search, location.hash);
    this.#token = address.token;
    this.choices = {
      window: address.window ?? '7d',
      theme: address.theme ?? readChoice('theme', themes) ?? 'auto',
      wall: address.wall,
      search: '',
      sort: { key: 'mark', descending: false },
      allSegments: false,
      allResolved: false,
      alert: address.alert,
    };
    this.alarm = new Alarm(address.wall ? !address.sound : undefined, () => this.invalidate());
    this.days = new DayStore({ fetchJson, now: Date.now, onChange: () => this.invalidate() });
    this.connection = connect({ url: new URL('/v1/stream', location.href).href });
    this.#listen();
    addEventListener('hashchange', () => {
      this.choices.alert = readAddress('', location.hash).alert;
      this.invalidate();
    });
    setInterval(() => this.#tick(), 1_000);
    this.invalidate();
  }

  /** Any number of changes is one drawing; a hidden page draws nothing. */
  invalidate(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  choose(changes: Partial<Choices>): void {
    Object.assign(this.choices, changes);
    if (changes.theme) keepChoice('theme', changes.theme);
    this.invalidate();
  }

  selectAlert(id: string | undefined): void {
    history.replaceState(null, '', hashWithAlert(location.hash, id));
    this.choose({ alert: id });
  }

  async useToken(token: string): Promise<void> {
    const accepted = await signIn(token);
    if (accepted !== false) this.#token = token;
    if (accepted !== undefined) this.signIn = accepted ? 'none' : 'refused';
    if (accepted) this.connection.reconnect();
    this.invalidate();
  }

  get alerts(): AlertLists {
    if (this.#alerts?.version !== this.picture.alertsVersion) {
      const all = [...this.picture.alerts.values()];
      this.#alerts = {
        version: this.picture.alertsVersion,
        ...sortAlerts(all),
        bySeries: openBySeries(all),
      };
    }
    return this.#alerts;
  }

  /** The alert of the strip at the top, where any is open. */
  get hero(): AlertRecord | undefined {
    return heroAlert(this.alerts.open, this.choices.alert);
  }

  /** The alert that is shown with its chart. */
  get selected(): AlertRecord | undefined {
    return this.picture.alerts.get(this.choices.alert ?? '') ?? this.hero;
  }

  get freshness(): Freshness {
    return freshness({
      connection: this.connection.status,
      movedAt: this.#movedAt,
      quiet: this.picture.status?.quietSince != null,
      now: Date.now(),
    });
  }

  /** Fetches the history of what is shown: the board, and the segment of the selected alert. */
  wantDays(): void {
    if (this.picture.asOf === null) return;
    const ids = seamBoard(this.picture.segments).flatMap((row) => [
      row.segment,
      ...row.tiles.map((t) => t.segment),
    ]);
    const wanted = new Set(ids.flatMap((segment) => (segment ? [segment.id] : [])));
    if (this.selected) wanted.add(this.selected.segment);
    this.days.want(wanted, this.time.isoDay(this.picture.asOf));
  }

  #listen(): void {
    const { connection, picture } = this;
    const watch = (take: () => void) => {
      const before = picture.asOf;
      take();
      if (picture.asOf !== before || this.#movedAt === null) this.#movedAt = Date.now();
      this.invalidate();
    };
    connection.on('hello', (hello) => {
      if (picture.hello !== null) void reloadIfRebuilt();
      if (this.time.zone !== hello.timeZone) this.time = timeFormat(hello.timeZone);
      watch(() => picture.takeHello(hello));
    });
    connection.on('snapshot', (snapshot) => watch(() => picture.takeSnapshot(snapshot)));
    connection.on('rates', (rates) => watch(() => picture.takeRates(rates)));
    connection.on('status', (status) => watch(() => picture.takeStatus(status)));
    connection.on('alert', (alert) => {
      picture.takeAlert(alert);
      this.#sound(alert);
      this.invalidate();
    });
    connection.on('state', (status) => {
      this.invalidate();
      if (status.state !== 'live' && status.failures > 0 && status.retryAt !== null)
        void this.#checkSession(status);
    });
  }

  #sound(alert: AlertRecord): void {
    // A missed alert may have been resolved since: what counts is how it stands now.
    const now = this.picture.alerts.get(alert.id) ?? alert;
    const standing = isOpen(now) && now.level === 'critical' && now.direction === 'worse';
    const isNew = alert.change === 'opened' || alert.change === 'escalated' || alert.change === 'relapsed';
    if (standing && isNew) this.alarm.ring(alert.id);
    if (!standing) this.alarm.silence(alert.id);
    if (isNew) this.announcement = `${alert.level}: ${alert.sentence}`;
  }

  /** A refused handshake looks like a lost connection to a browser, so the server is asked. */
  async #checkSession(status: ConnectionStatus): Promise<void> {
    const allowed = status.unauthorised ? false : await mayRead();
    const token = this.#token;
    if (allowed === false && token !== undefined && Date.now() - this.#signedInAt > signInPauseMs) {
      this.#signedInAt = Date.now();
      this.#token = undefined;
      await this.useToken(token);
      return;
    }
    if (allowed === false && this.signIn === 'none') this.signIn = 'needed';
    this.invalidate();
  }

  /** Only what changes by the clock alone is drawn without news: the running "stale" clock. */
  #tick(): void {
    const { kind } = this.freshness;
    if (kind !== 'fresh' || kind !== this.#fresh || this.connection.status.state !== 'live')
      this.invalidate();
    this.#fresh = kind;
  }
}
