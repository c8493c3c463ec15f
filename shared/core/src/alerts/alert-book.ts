import { alertMeasures, type Signal } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { type Minute, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { levelRatios } from '../detection/levels.ts';
import { SipHash } from '../hash/siphash.ts';
import { alertSentence } from './sentence.ts';

/** What the evidence of one series says in one minute. */
export interface Reading {
  segment: number;
  measure: Signal;
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
  /** Since onset; in units of the measure. Null for a composite, which has carriers. */
  effect: AlertRecord['effect'];
  carriers: AlertRecord['carriers'];
}

/** `opened`: look for recovery from now on. `resolved`: series whose evidence starts from nothing. */
export type Verdict = 'opened' | { resolved: string[] } | undefined;

type Change = AlertRecord['change'];

/** Rule of alerts by evidence; the others are thresholds of the policy. */
const evidenceRule = 'evidence';
const keyOf = ({ rule, segment, measure }: Pick<AlertRecord, 'rule' | 'segment' | 'measure'>): string =>
  rule === evidenceRule ? `${segment}/${measure}` : `rule:${rule}`;

/** An alert is recovering from this share of the evidence that resolves it, and relapses below the second. */
const recoveringShare = 0.5;
const relapseShare = 0.05;

/** What can be made known of an alert after it was opened, whether it is still open or not. */
type Afterthought = Partial<Pick<AlertRecord, 'npsConfirmedAt' | 'verdict'>>;

/**
 * The life of alerts: firing (warning → critical) → recovering → resolved, one open alert a series, and one alert for
 * series of the same measure in segments that overlap: the first stands for all, the others are named in it. A composite
 * is told by any open alert of an overlapping segment; an alert of a single measure that comes after it is part of it.
 * Identity, times and text depend on rollups and policy alone; every change takes the next number, without gaps.
 */
export class AlertBook {
  readonly #segments: readonly Segment[];
  readonly #thresholdDays: number;
  readonly #clearAfterDays: number;
  readonly #timeZone: string;
  readonly #owner: (segment: Segment, measure: Signal) => string | null;
  /** Open alerts by series (`segment id/measure`) or by threshold (`rule:id`). */
  readonly #open = new Map<string, AlertRecord>();
  /** Series whose open alert has told how strong it got. */
  readonly #noticed = new Set<string>();
  /** Alerts that NPS has still to judge, open or not. */
  readonly #unjudged = new Map<string, AlertRecord>();
  readonly #dirty = new Set<string>();
  #seq = 0;
  #out: AlertRecord[] = [];

  constructor(options: {
    segments: readonly Segment[];
    /** Installation days of evidence that raise an alert. */
    thresholdDays: number;
    clearAfterDays: number;
    timeZone: string;
    owner: (segment: Segment, measure: Signal) => string | null;
  }) {
    this.#segments = options.segments;
    this.#thresholdDays = options.thresholdDays;
    this.#clearAfterDays = options.clearAfterDays;
    this.#timeZone = options.timeZone;
    this.#owner = options.owner;
  }

  isOpen(segment: number, measure: Signal): boolean {
    return this.#open.has(this.#key(segment, measure));
  }

  /** The open alert of a threshold. */
  ofRule(rule: string): AlertRecord | undefined {
    return this.#open.get(`rule:${rule}`);
  }

  /** Open alerts, and resolved ones that still wait for the verdict of NPS; the oldest first. */
  get unjudged(): readonly AlertRecord[] {
    return [...this.#unjudged.values()].sort(this.#byAge);
  }

  /** Those of one minute in the order in which they were judged, so that no restart shows in who comes first. */
  readonly #byAge = (a: AlertRecord, b: AlertRecord): number => {
    if (a.openedAt !== b.openedAt) return a.openedAt < b.openedAt ? -1 : 1;
    const place = (alert: AlertRecord) => this.#segments.findIndex((s) => s.id === alert.segment);
    return place(a) - place(b) || alertMeasures.indexOf(a.measure) - alertMeasures.indexOf(b.measure);
  };

  /**
   * Judges a series whose evidence is at the threshold, or whose alert is open. Readings come in the order of their segments;
   * `tell` is asked only when there is something to tell.
   */
  judge(minute: Minute, reading: Reading, tell: () => SeriesFinding): Verdict {
    const key = this.#key(reading.segment, reading.measure);
    const open = this.#open.get(key);
    const factor = reading.installationDays / this.#thresholdDays;
    if (!open) return this.#raise(minute, reading, key, tell);
    if (reading.recoveryDays >= this.#clearAfterDays)
      return { resolved: this.#resolve(minute, open, 'resolved', tell()) };
    const recovery = reading.recoveryDays / this.#clearAfterDays;
    if (open.status === 'recovering') {
      if (recovery < relapseShare) this.#keep({ ...open, status: 'firing' }, minute, 'relapsed', tell());
    } else if (recovery >= recoveringShare) {
      this.#keep({ ...open, status: 'recovering' }, minute, 'recovering', tell());
    } else if (open.level === 'warning' && factor >= levelRatios.critical) {
      if (factor >= levelRatios.notice) this.#noticed.add(key);
      this.#keep({ ...open, level: 'critical' }, minute, 'escalated', tell());
    } else if (!this.#noticed.has(key) && factor >= levelRatios.notice) {
      this.#noticed.add(key);
      this.#keep(open, minute, 'notice', tell());
    }
    return undefined;
  }

  /** Tells an open alert again, as it stands now. */
  refresh(minute: Minute, segment: number, measure: Signal, finding: SeriesFinding): void {
    const key = this.#key(segment, measure);
    const open = this.#open.get(key);
    if (open?.status === 'firing') this.#keep(open, minute, 'updated', finding);
  }

  /** A person has taken the present level as the new normal: the alert ends. Gives the series that it stood for. */
  rebase(minute: Minute, segment: number, measure: Signal): string[] {
    const key = this.#key(segment, measure);
    const open = this.#open.get(key);
    return open ? this.#resolve(minute, open, 'rebased') : [key];
  }

  /** Opens or changes the alert of a threshold. */
  setRule(minute: Minute, alert: AlertRecord, change: Change): void {
    this.#keep(alert, minute, change);
  }

  /** The alert of a threshold ends. */
  resolveRule(minute: Minute, alert: AlertRecord): void {
    this.#resolve(minute, alert, 'resolved');
  }

  /** NPS has said something about an alert at the end of a week. */
  addVerdict(minute: Minute, id: string, said: Afterthought): void {
    const alert = this.#unjudged.get(id);
    if (!alert) return;
    this.#publish(minute, { ...alert, ...said }, 'npsConfirmedAt' in said ? 'nps_confirmed' : 'judged');
  }

  /** Nothing more is to come from NPS. */
  settle(id: string): void {
    this.#unjudged.delete(id);
    this.#dirty.add(`u${id}`);
  }

  /** Changes since the last call, in order of their numbers. */
  take(): AlertRecord[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #raise(minute: Minute, reading: Reading, key: string, tell: () => SeriesFinding): Verdict {
    const { segment: number, measure } = reading;
    const composite = measure === 'composite';
    const other = this.#overlapping(number, (open) => composite || open.measure === measure);
    if (other) {
      if (other.alsoIn.includes(key)) return undefined;
      this.#keep({ ...other, alsoIn: [...other.alsoIn, key] }, minute, 'updated');
      return undefined;
    }
    const segment = this.#segments[number]!;
    const factor = reading.installationDays / this.#thresholdDays;
    if (factor >= levelRatios.notice) this.#noticed.add(key);
    const alert: AlertRecord = {
      ...newAlert(minute, segment, `evidence/${key}/worse`),
      level: factor >= levelRatios.critical ? 'critical' : 'warning',
      rule: evidenceRule,
      measure,
      ...told(tell()),
      owner: this.#owner(segment, measure),
      verdict: 'pending',
      parent: this.#overlapping(number, (open) => open.measure === 'composite')?.id ?? null,
    };
    this.#keep(alert, minute, 'opened');
    return 'opened';
  }

  /** The oldest open alert by evidence in a segment that overlaps, or in the same. */
  #overlapping(segment: number, fits: (alert: AlertRecord) => boolean): AlertRecord | undefined {
    const mine = this.#segments[segment]!;
    const others = [...this.#open.values()].filter((alert) => {
      if (alert.rule !== evidenceRule || !fits(alert)) return false;
      const other = this.#segments.find((s) => s.id === alert.segment);
      return other !== undefined && overlap(mine, other);
    });
    return others.sort(this.#byAge)[0];
  }

  #keep(alert: AlertRecord, minute: Minute, change: Change, finding?: SeriesFinding): void {
    this.#open.set(keyOf(alert), alert);
    this.#publish(minute, alert, change, finding);
  }

  /** Gives the keys of the series that it stood for. */
  #resolve(minute: Minute, alert: AlertRecord, change: Change, finding?: SeriesFinding): string[] {
    const key = keyOf(alert);
    this.#open.delete(key);
    this.#noticed.delete(key);
    const resolved = { ...alert, status: 'resolved', resolvedAt: endOf(minute) } as const;
    this.#publish(minute, resolved, change, finding);
    return [key, ...alert.alsoIn];
  }

  #publish(minute: Minute, alert: AlertRecord, change: Change, finding?: SeriesFinding): void {
    const next: AlertRecord = {
      ...alert,
      ...(finding ? told(finding) : {}),
      seq: ++this.#seq,
      change,
      at: endOf(minute),
    };
    // What raised the alert had begun by then, whatever later evidence says of its middle.
    const by = (time: string) => (time < next.openedAt ? time : next.openedAt);
    next.onset = { at: by(next.onset.at), lower: by(next.onset.lower), upper: by(next.onset.upper) };
    next.sentence = alertSentence(next, this.#timeZone);
    this.#out.push(next);
    this.#dirty.add(`o${keyOf(next)}`);
    if (next.verdict !== 'none' && (change === 'opened' || this.#unjudged.has(next.id))) {
      this.#unjudged.set(next.id, next);
      this.#dirty.add(`u${next.id}`);
    }
    if (this.#open.get(keyOf(next))?.id === next.id) this.#open.set(keyOf(next), next);
  }

  #key(segment: number, measure: Signal): string {
    return `${this.#segments[segment]!.id}/${measure}`;
  }

  /** Changed keys of the state. */
  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    if (this.#dirty.size === 0) return;
    const writer = new ByteWriter();
    for (const key of this.#dirty) {
      const rest = key.slice(1);
      const alert = key[0] === 'o' ? this.#open.get(rest) : this.#unjudged.get(rest);
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
    (key[0] === 'o' ? this.#open : this.#unjudged).set(rest, alert);
    if (from.byte() === 1) this.#noticed.add(rest);
  }
}

export const endOf = (minute: Minute): string => toRfc3339((minute + 1) * minuteMs);

const told = (finding: SeriesFinding) => ({
  onset: {
    at: toRfc3339(Math.round(finding.onset.at)),
    lower: toRfc3339(Math.round(finding.onset.lower)),
    upper: toRfc3339(Math.round(finding.onset.upper)),
  },
  effect: finding.effect,
  carriers: finding.carriers,
  evidenceDays: finding.evidenceDays,
  installationDays: finding.installationDays,
  learning: finding.learning,
});

/** What every alert begins with. `identity`, with its time, makes it the same one in a replay. */
export function newAlert(minute: Minute, segment: Segment, identity: string) {
  const openedAt = endOf(minute);
  return {
    seq: 0,
    id: alertId(`${identity}/${openedAt}`),
    change: 'opened',
    status: 'firing',
    segment: segment.id,
    segmentTitle: segment.title,
    direction: 'worse',
    at: openedAt,
    openedAt,
    resolvedAt: null,
    carriers: [],
    limit: null,
    sentence: '',
    npsConfirmedAt: null,
    verdict: 'none',
    alsoIn: [],
    parent: null,
  } satisfies Partial<AlertRecord>;
}

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
