import type { Family } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertBook, type Reading, type SeriesFinding } from './alert-book.ts';

const segments: Segment[] = [
  { id: 'all', title: 'All interactions', where: {} },
  { id: 'seam', title: 'Handed off', where: { path: ['seam'] } },
  { id: 'human', title: 'Human only', where: { path: ['human'] } },
  { id: 'faq', title: 'FAQ', where: { category: ['faq'] } },
  { id: 'seam-faq', title: 'Handed off, FAQ', where: { path: ['seam'], category: ['faq', 'status'] } },
];
/** Which segments have a cell in common, told by hand. */
const apart = new Set(['seam human', 'human seam', 'seam-faq human', 'human seam-faq']);
const overlap = (a: string, b: string) => a !== b && !apart.has(`${a} ${b}`);
const watched = ['repeat_contact', 'csat'] as const satisfies readonly Family[];
const thresholdDays = 15;
const clearAfterDays = 30;
const at = (minute: number) => toRfc3339((minute + 1) * minuteMs);
const keyOf = (segment: number, family: Family) => `${segments[segment]!.id}/${family}`;

function newBook(): AlertBook {
  return new AlertBook({
    segments,
    thresholdDays,
    clearAfterDays,
    timeZone: 'UTC',
    owner: (segment) => (segment.id === 'faq' ? 'Ada' : null),
  });
}

const finding = (factor: number, minute: number): SeriesFinding => ({
  evidenceDays: 100 * factor,
  installationDays: factor * thresholdDays,
  learning: false,
  onset: { at: (minute - 10) * minuteMs, lower: (minute - 20) * minuteMs, upper: minute * minuteMs },
  effect: { value: 4, lower: 3.9, upper: 4.1, n: 100, baseline: 4.3 },
});

/** The life of one alert, as the documents tell it. */
interface Life {
  key: string;
  openedAt: number;
  status: 'firing' | 'recovering' | 'resolved';
  level: 'warning' | 'critical';
  noticed: boolean;
  confirmedAt: number | null;
  alsoIn: string[];
}

class Model {
  minute = 1_000;
  seq = 0;
  open: Life[] = [];
  /** Waits for the verdict of NPS, open or not. */
  unconfirmed: Life[] = [];
  expected: { change: string; life: Life; minute: number }[] = [];

  tell(change: AlertRecord['change'], life: Life): void {
    this.seq++;
    this.expected.push({ change, life: structuredClone(life), minute: this.minute });
  }
}

interface Real {
  book: AlertBook;
  state: Map<string, Uint8Array>;
  taken: AlertRecord[];
}

const factors = [0, 0.5, 1, 3, 10, 20, 100, 500];
const recoveries = [0, 0.03, 0.2, 0.5, 0.7, 1, 2];

/** One minute: some series are judged, in the order of segments. */
class Minute implements fc.Command<Model, Real> {
  readonly readings: readonly { segment: number; family: Family; factor: number; recovery: number }[];

  constructor(readings: Minute['readings']) {
    this.readings = [...readings].sort(
      (a, b) =>
        a.segment - b.segment || watched.indexOf(a.family as 'csat') - watched.indexOf(b.family as 'csat'),
    );
  }

  check = () => true;

  run(model: Model, { book, taken }: Real): void {
    model.minute++;
    for (const { segment, family, factor, recovery } of this.readings) {
      // Quiet series without an alert are not brought before the book.
      const open = book.isOpen(segment, family);
      expect(open).toBe(model.open.some((life) => life.key === keyOf(segment, family)));
      if (factor < 1 && !open) continue;
      const reading: Reading = {
        segment,
        family,
        installationDays: factor * thresholdDays,
        recoveryDays: recovery * clearAfterDays,
      };
      const verdict = book.judge(model.minute, reading, () => finding(factor, model.minute));
      expect(verdict).toEqual(judge(model, keyOf(segment, family), factor, recovery));
    }
    taken.push(...book.take());
  }

  toString = () => `minute(${JSON.stringify(this.readings)})`;
}

function judge(model: Model, key: string, factor: number, recovery: number) {
  const life = model.open.find((l) => l.key === key);
  if (!life) {
    const [segment, family] = key.split('/') as [string, string];
    // The oldest open alert of the measure that has a cell in common stands for all.
    const other = model.open.find((l) => {
      const [id, measure] = l.key.split('/') as [string, string];
      return measure === family && overlap(id, segment);
    });
    if (other?.alsoIn.includes(key)) return undefined;
    if (other) {
      other.alsoIn.push(key);
      model.tell('updated', other);
      return undefined;
    }
    const opened: Life = {
      key,
      openedAt: model.minute,
      status: 'firing',
      level: factor >= 10 ? 'critical' : 'warning',
      noticed: factor >= 100,
      confirmedAt: null,
      alsoIn: [],
    };
    model.open.push(opened);
    model.unconfirmed.push(opened);
    model.tell('opened', opened);
    return 'opened';
  }
  if (recovery >= 1) {
    life.status = 'resolved';
    model.open = model.open.filter((l) => l !== life);
    model.tell('resolved', life);
    return { resolved: [key, ...life.alsoIn] };
  }
  if (life.status === 'recovering') {
    if (recovery >= 0.05) return undefined;
    life.status = 'firing';
    model.tell('relapsed', life);
  } else if (recovery >= 0.5) {
    life.status = 'recovering';
    model.tell('recovering', life);
  } else if (life.level === 'warning' && factor >= 10) {
    life.level = 'critical';
    life.noticed = factor >= 100;
    model.tell('escalated', life);
  } else if (!life.noticed && factor >= 100) {
    life.noticed = true;
    model.tell('notice', life);
  }
  return undefined;
}

/** The process ends, and another goes on from what was stored. */
class Restart implements fc.Command<Model, Real> {
  check = () => true;

  run(_: Model, real: Real): void {
    for (const { key, value } of real.book.takeState()) {
      real.state.delete(key);
      if (value) real.state.set(key, value);
    }
    real.book = newBook();
    // The newest value of each key, in the order in which keys were written last.
    for (const [key, value] of real.state) real.book.restore(key, value);
  }

  toString = () => 'restart';
}

/** Sunday: NPS confirms some of those that wait, and gives up on others. */
class EndOfWeek implements fc.Command<Model, Real> {
  readonly verdicts: readonly ('confirm' | 'giveUp' | 'wait')[];

  constructor(verdicts: EndOfWeek['verdicts']) {
    this.verdicts = verdicts;
  }

  check = () => true;

  run(model: Model, { book, taken }: Real): void {
    model.minute++;
    const waiting = [...book.unconfirmed];
    expect(waiting.map((a) => `${a.segment}/${a.measure} ${a.openedAt}`)).toEqual(
      model.unconfirmed.map((l) => `${l.key} ${at(l.openedAt)}`),
    );
    for (const [i, life] of [...model.unconfirmed].entries()) {
      const verdict = this.verdicts[i % this.verdicts.length]!;
      if (verdict === 'wait') continue;
      model.unconfirmed = model.unconfirmed.filter((l) => l !== life);
      if (verdict === 'giveUp') book.giveUp(waiting[i]!.id);
      else {
        life.confirmedAt = model.minute;
        model.tell('nps_confirmed', life);
        book.confirm(model.minute, waiting[i]!.id);
      }
    }
    taken.push(...book.take());
  }

  toString = () => `endOfWeek(${this.verdicts})`;
}

const readings = fc.uniqueArray(
  fc.record({
    segment: fc.nat(segments.length - 1),
    family: fc.constantFrom(...watched),
    factor: fc.constantFrom(...factors),
    recovery: fc.constantFrom(0, 0, 0, ...recoveries),
  }),
  { selector: (r) => keyOf(r.segment, r.family), maxLength: 6 },
);
const verdict = fc.constantFrom('confirm' as const, 'giveUp' as const, 'wait' as const);
const commands = fc.commands(
  [
    readings.map((r) => new Minute(r)),
    fc.constant(new Restart()),
    fc.array(verdict, { minLength: 1, maxLength: 3 }).map((v) => new EndOfWeek(v)),
  ],
  { maxCommands: 60, size: 'max' },
);

test('alerts live as the documents say, over any restarts', () => {
  fc.assert(
    fc.property(commands, (sequence) => {
      const model = new Model();
      const real: Real = { book: newBook(), state: new Map(), taken: [] };
      fc.modelRun(() => ({ model, real }), sequence);
      const told = real.taken.map((a) => ({
        seq: a.seq,
        change: a.change,
        key: `${a.segment}/${a.measure}`,
        at: a.at,
        openedAt: a.openedAt,
        status: a.status,
        level: a.level,
        resolvedAt: a.resolvedAt,
        npsConfirmedAt: a.npsConfirmedAt,
        alsoIn: a.alsoIn,
      }));
      expect(told).toEqual(
        model.expected.map(({ change, life, minute }, i) => ({
          seq: i + 1,
          change,
          key: life.key,
          at: at(minute),
          openedAt: at(life.openedAt),
          status: life.status,
          level: life.level,
          resolvedAt: life.status !== 'resolved' ? null : expect.any(String),
          npsConfirmedAt: life.confirmedAt === null ? null : at(life.confirmedAt),
          alsoIn: life.alsoIn,
        })),
      );
    }),
    { numRuns: 1_000 },
  );
});

function opened(segment: number, minute: number): AlertRecord {
  const book = newBook();
  const reading = { segment, family: 'csat' as const, installationDays: 20, recoveryDays: 0 };
  book.judge(minute, reading, () => finding(20 / thresholdDays, minute));
  return book.take()[0]!;
}

test('an alert has the same id in a replay, and another for another segment or time', () => {
  expect(opened(1, 5_000).id).toBe(opened(1, 5_000).id);
  expect(new Set([opened(1, 5_000), opened(2, 5_000), opened(1, 5_001)].map((a) => a.id)).size).toBe(3);
});

test('an alert tells segment, owner, onset, effect and evidence', () => {
  expect(opened(3, 5_000)).toMatchObject({
    rule: 'evidence',
    segment: 'faq',
    segmentTitle: 'FAQ',
    measure: 'csat',
    owner: 'Ada',
    onset: { at: at(4_989), lower: at(4_979), upper: at(4_999) },
    effect: { value: 4, lower: 3.9, upper: 4.1, n: 100, baseline: 4.3 },
    installationDays: 20,
    sentence: expect.stringMatching(/^FAQ: CSAT fell from 4\.30 to 4\.00 \(3\.90–4\.10, n 100\)/),
  });
  expect(opened(1, 5_000).owner).toBeNull();
});
