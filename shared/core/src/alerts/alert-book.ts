import { type Family, families } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { type Minute, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { levelRatios } from '../detection/levels.ts';
import { SipHash } from '../hash/siphash.ts';
import { alertSentence } from './sentence.ts';

/** What the evidence of one series says in one minute. */
export interface Reading {
  segment: number;
  family: Family;
  /** Installation days; held against the threshold. */
  installationDays: number;
  /** Evidence that it is over, in days; 0 where none is kept. */
  recoveryDays: number;
}

/** What an alert tells of it. */
export interface SeriesFinding {
  /** In days of the series. */
  evidenceDays: number;
  installationDays: number;
  learning: boolean;
  /** In ms of event time. */
  onset: { at: number; lower: number; upper: number };
  /** Since onset; in units of the measure. */
  effect: AlertRecord['effect'];
}

/** `opened`: look for recovery from now on. `resolved`: series whose evidence starts from nothing. */
export type Verdict = 'opened' | { resolved: string[] } | undefined;

type Change = AlertRecord['change'];

/** An alert is recovering from this share of the evidence that resolves it, and relapses below the second. */
const recoveringShare = 0.5;
const relapseShare = 0.05;

/**
 * The life of alerts: firing (warning → critical) → recovering → resolved, one open alert a series, and one alert for
 * series of the same measure in segments that overlap: the first stands for all, the others are named in it. Identity,
 * times and text depend on rollups and policy alone; every change takes the next number, without gaps.
 */
export class AlertBook {
  readonly #segments: readonly Segment[];
  readonly #thresholdDays: number;
  readonly #clearAfterDays: number;
  readonly #timeZone: string;
  readonly #owner: (segment: Segment, family: Family) => string | null;
  /** Open alerts by series (`segment id/measure`). */
  readonly #open = new Map<string, AlertRecord>();
  /** Series whose open alert has told how strong it got. */
  readonly #noticed = new Set<string>();
  /** Alerts that NPS has not confirmed yet, open or not. */
  readonly #unconfirmed = new Map<string, AlertRecord>();
  readonly #dirty = new Set<string>();
  #seq = 0;
  #out: AlertRecord[] = [];

  constructor(options: {
    segments: readonly Segment[];
    /** Installation days of evidence that raise an alert. */
    thresholdDays: number;
    clearAfterDays: number;
    timeZone: string;
    owner: (segment: Segment, family: Family) => string | null;
  }) {
    this.#segments = options.segments;
    this.#thresholdDays = options.thresholdDays;
    this.#clearAfterDays = options.clearAfterDays;
    this.#timeZone = options.timeZone;
    this.#owner = options.owner;
  }

  isOpen(segment: number, family: Family): boolean {
    return this.#open.has(this.#key(segment, family));
  }

  /** Open alerts, and resolved ones that still wait for the verdict of NPS; the oldest first. */
  get unconfirmed(): readonly AlertRecord[] {
    return [...this.#unconfirmed.values()].sort(this.#byAge);
  }

  /** Those of one minute in the order in which they were judged, so that no restart shows in who comes first. */
  readonly #byAge = (a: AlertRecord, b: AlertRecord): number => {
    if (a.openedAt !== b.openedAt) return a.openedAt < b.openedAt ? -1 : 1;
    const place = (alert: AlertRecord) => this.#segments.findIndex((s) => s.id === alert.segment);
    return place(a) - place(b) || families.indexOf(a.measure) - families.indexOf(b.measure);
  };

  /**
   * Judges a series whose evidence is at the threshold, or whose alert is open. Readings come in the order of their segments;
   * `tell` is asked only when there is something to tell.
   */
  judge(minute: Minute, reading: Reading, tell: () => SeriesFinding): Verdict {
    const key = this.#key(reading.segment, reading.family);
    const open = this.#open.get(key);
    const factor = reading.installationDays / this.#thresholdDays;
    if (!open) return this.#raise(minute, reading, key, tell);
    if (reading.recoveryDays >= this.#clearAfterDays) {
      this.#open.delete(key);
      this.#noticed.delete(key);
      this.#publish(minute, { ...open, status: 'resolved', resolvedAt: at(minute) }, 'resolved', tell());
      return { resolved: [key, ...open.alsoIn] };
    }
    const recovery = reading.recoveryDays / this.#clearAfterDays;
    if (open.status === 'recovering') {
      if (recovery < relapseShare) this.#keep(key, { ...open, status: 'firing' }, minute, 'relapsed', tell());
    } else if (recovery >= recoveringShare) {
      this.#keep(key, { ...open, status: 'recovering' }, minute, 'recovering', tell());
    } else if (open.level === 'warning' && factor >= levelRatios.critical) {
      if (factor >= levelRatios.notice) this.#noticed.add(key);
      this.#keep(key, { ...open, level: 'critical' }, minute, 'escalated', tell());
    } else if (!this.#noticed.has(key) && factor >= levelRatios.notice) {
      this.#noticed.add(key);
      this.#keep(key, open, minute, 'notice', tell());
    }
    return undefined;
  }

  /** The weekly NPS test has rejected for an alert's segment at the end of a week. */
  confirm(minute: Minute, id: string): void {
    const alert = this.#unconfirmed.get(id);
    if (!alert) return;
    this.#unconfirmed.delete(id);
    this.#dirty.add(`u${id}`);
    const confirmed = { ...alert, npsConfirmedAt: at(minute) };
    const key = `${alert.segment}/${alert.measure}`;
    if (this.#open.get(key)?.id === id) this.#open.set(key, confirmed);
    this.#dirty.add(`o${key}`);
    this.#publish(minute, confirmed, 'nps_confirmed');
  }

  /** NPS had its time and did not confirm. */
  giveUp(id: string): void {
    this.#unconfirmed.delete(id);
    this.#dirty.add(`u${id}`);
  }

  /** Changes since the last call, in order of their numbers. */
  take(): AlertRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #raise(minute: Minute, reading: Reading, key: string, tell: () => SeriesFinding): Verdict {
    const { segment: number, family } = reading;
    const other = this.#overlapping(number, family);
    if (other) {
      if (other.alsoIn.includes(key)) return undefined;
      this.#keep(
        `${other.segment}/${other.measure}`,
        { ...other, alsoIn: [...other.alsoIn, key] },
        minute,
        'updated',
      );
      return undefined;
    }
    const segment = this.#segments[number]!;
    const openedAt = at(minute);
    const factor = reading.installationDays / this.#thresholdDays;
    if (factor >= levelRatios.notice) this.#noticed.add(key);
    const alert: AlertRecord = {
      seq: 0,
      id: alertId(`evidence/${key}/worse/${openedAt}`),
      change: 'opened',
      status: 'firing',
      level: factor >= levelRatios.critical ? 'critical' : 'warning',
      rule: 'evidence',
      segment: segment.id,
      segmentTitle: segment.title,
      measure: family,
      direction: 'worse',
      at: openedAt,
      openedAt,
      resolvedAt: null,
      ...told(tell()),
      sentence: '',
      owner: this.#owner(segment, family),
      npsConfirmedAt: null,
      alsoIn: [],
      parent: null,
    };
    this.#keep(key, alert, minute, 'opened');
    return 'opened';
  }

  #overlapping(segment: number, family: Family): AlertRecord | undefined {
    const mine = this.#segments[segment]!;
    const others = [...this.#open.values()].filter((alert) => {
      if (alert.measure !== family || alert.segment === mine.id) return false;
      const other = this.#segments.find((s) => s.id === alert.segment);
      return other !== undefined && overlap(mine, other);
    });
    return others.sort(this.#byAge)[0];
  }

  #keep(key: string, alert: AlertRecord, minute: Minute, change: Change, finding?: SeriesFinding): void {
    const published = this.#publish(minute, alert, change, finding);
    this.#open.set(key, published);
    this.#dirty.add(`o${key}`);
  }

  #publish(minute: Minute, alert: AlertRecord, change: Change, finding?: SeriesFinding): AlertRecord {
    const next: AlertRecord = {
      ...alert,
      ...(finding ? told(finding) : {}),
      seq: ++this.#seq,
      change,
      at: at(minute),
    };
    // What raised the alert had begun by then, whatever later evidence says of its middle.
    const by = (time: string) => (time < next.openedAt ? time : next.openedAt);
    next.onset = { at: by(next.onset.at), lower: by(next.onset.lower), upper: by(next.onset.upper) };
    next.sentence = alertSentence(next, this.#timeZone);
    this.#out.push(next);
    this.#dirty.add(`o${next.segment}/${next.measure}`);
    if (next.npsConfirmedAt === null && (change === 'opened' || this.#unconfirmed.has(next.id))) {
      this.#unconfirmed.set(next.id, next);
      this.#dirty.add(`u${next.id}`);
    }
    return next;
  }

  #key(segment: number, family: Family): string {
    return `${this.#segments[segment]!.id}/${family}`;
  }

  /** Changed keys of the state. */
  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    if (this.#dirty.size === 0) return;
    const writer = new ByteWriter();
    for (const key of this.#dirty) {
      const rest = key.slice(1);
      const alert = key[0] === 'o' ? this.#open.get(rest) : this.#unconfirmed.get(rest);
      const noticed = this.#noticed.has(rest) ? 1 : 0;
      yield { key, value: alert ? writer.text(JSON.stringify(alert)).byte(noticed).take() : null };
    }
    this.#dirty.clear();
    yield { key: 'n', value: writer.int(this.#seq).take() };
  }

  restore(key: string, value: Uint8Array): void {
    const from = new ByteReader(value);
    if (key === 'n') {
      this.#seq = from.int();
      return;
    }
    const rest = key.slice(1);
    const alert = JSON.parse(from.text()) as AlertRecord;
    (key[0] === 'o' ? this.#open : this.#unconfirmed).set(rest, alert);
    if (from.byte() === 1) this.#noticed.add(rest);
  }
}

const at = (minute: Minute): string => toRfc3339((minute + 1) * minuteMs);

const told = (finding: SeriesFinding) => ({
  onset: {
    at: toRfc3339(Math.round(finding.onset.at)),
    lower: toRfc3339(Math.round(finding.onset.lower)),
    upper: toRfc3339(Math.round(finding.onset.upper)),
  },
  effect: finding.effect,
  evidenceDays: finding.evidenceDays,
  installationDays: finding.installationDays,
  learning: finding.learning,
});

/** A hash of what makes an alert the same one in a replay. */
function alertId(identity: string): string {
  const { hi, lo } = new SipHash(new Uint8Array(16)).text(identity);
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

/** May some cell belong to both? */
function overlap(a: Segment, b: Segment): boolean {
  return Object.entries(a.where).every(([name, values]) => {
    const others = b.where[name];
    return others === undefined || values.some((value) => others.includes(value));
  });
}
