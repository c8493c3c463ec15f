import { alertMeasures, type Signal } from '@seamwatch/contracts/measures.ts';
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
const watched = ['repeat_contact', 'csat', 'composite'] as const satisfies readonly Signal[];
const thresholdDays = 15;
const clearAfterDays = 30;
const at = (minute: number) => toRfc3339((minute + 1) * minuteMs);
const keyOf = (segment: number, measure: Signal) => `${segments[segment]!.id}/${measure}`;

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
  carriers: [],
});

/** The life of one alert, as the documents tell it. */
interface Life {
  key: string;
  openedAt: number;
  status: 'firing' | 'recovering' | 'resolved';
  level: 'warning' | 'critical';
  noticed: boolean;
  confirmedAt: number | null;
  verdict: AlertRecord['verdict'];
  alsoIn: string[];
  /** Key of the composite that it is part of. */
  partOf: string | null;
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
  readonly readings: readonly { segment: number; measure: Signal; factor: number; recovery: number }[];

  constructor(readings: Minute['readings']) {
    const order = (measure: Signal) => watched.indexOf(measure as 'csat');
    this.readings = [...readings].sort(
      (a, b) => a.segment - b.segment || order(a.measure) - order(b.measure),
    );
  }

  check = () => true;

  run(model: Model, { book, taken }: Real): void {
    model.minute++;
    for (const { segment, measure, factor, recovery } of this.readings) {
      // Quiet series without an alert are not brought before the book.
      const open = book.isOpen(segment, measure);
      expect(open).toBe(model.open.some((life) => life.key === keyOf(segment, measure)));
      if (factor < 1 && !open) continue;
      const reading: Reading = {
        segment,
        measure,
        installationDays: factor * thresholdDays,
        recoveryDays: recovery * clearAfterDays,
      };
      const verdict = book.judge(model.minute, reading, () => finding(factor, model.minute));
      expect(verdict).toEqual(judge(model, keyOf(segment, measure), factor, recovery));
    }
    taken.push(...book.take());
  }

  toString = () => `minute(${JSON.stringify(this.readings)})`;
}

function judge(model: Model, key: string, factor: number, recovery: number) {
  const life = model.open.find((l) => l.key === key);
  if (!life) {
    const [segment, measure] = key.split('/') as [string, string];
    const together = model.open.toSorted(byAge).filter((l) => {
      const [id] = l.key.split('/') as [string];
      return id === segment || overlap(id, segment);
    });
    const isOf = (l: Life, name: string) => l.key.endsWith(`/${name}`);
    // The oldest open alert that has a cell in common stands for all: of the measure, or of any for a composite.
    const other = together.find((l) => measure === 'composite' || isOf(l, measure));
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
      verdict: 'pending',
      alsoIn: [],
      partOf: together.find((l) => isOf(l, 'composite'))?.key ?? null,
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

/** Those of one minute by segment, then by measure. */
function byAge(a: Life, b: Life): number {
  const place = (key: string) => {
    const [id, measure] = key.split('/') as [string, 'csat'];
    return segments.findIndex((s) => s.id === id) * 100 + alertMeasures.indexOf(measure);
  };
  return a.openedAt - b.openedAt || place(a.key) - place(b.key);
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

type Said = 'date' | 'confirm' | 'deny' | 'settle' | 'wait';

/** Sunday: NPS dates or judges some of those that wait, and is done with others. */
class EndOfWeek implements fc.Command<Model, Real> {
  readonly said: readonly Said[];

  constructor(said: EndOfWeek['said']) {
    this.said = said;
  }

  check = () => true;

  run(model: Model, { book, taken }: Real): void {
    model.minute++;
    const waiting = [...book.unjudged];
    model.unconfirmed.sort(byAge);
    expect(waiting.map((a) => `${a.segment}/${a.measure} ${a.openedAt}`)).toEqual(
      model.unconfirmed.map((l) => `${l.key} ${at(l.openedAt)}`),
    );
    for (const [i, life] of [...model.unconfirmed].entries()) {
      const said = this.said[i % this.said.length]!;
      const { id } = waiting[i]!;
      if (said === 'wait') continue;
      if (said === 'settle') {
        model.unconfirmed = model.unconfirmed.filter((l) => l !== life);
        book.settle(id);
      } else if (said === 'date') {
        life.confirmedAt = model.minute;
        model.tell('nps_confirmed', life);
        book.addVerdict(model.minute, id, { npsConfirmedAt: at(model.minute) });
      } else {
        life.verdict = said === 'confirm' ? 'confirmed' : 'unconfirmed';
        model.tell('judged', life);
        book.addVerdict(model.minute, id, { verdict: life.verdict });
      }
    }
    taken.push(...book.take());
  }

  toString = () => `endOfWeek(${this.said})`;
}

/** The end of a day: what still fires is told anew. */
class EndOfDay implements fc.Command<Model, Real> {
  check = () => true;

  run(model: Model, { book, taken }: Real): void {
    model.minute++;
    for (const segment of segments.keys()) {
      for (const measure of watched) {
        book.refresh(model.minute, segment, measure, finding(1, model.minute));
        const life = model.open.find((l) => l.key === keyOf(segment, measure));
        if (life?.status === 'firing') model.tell('updated', life);
      }
    }
    taken.push(...book.take());
  }

  toString = () => 'endOfDay';
}

const readings = fc.uniqueArray(
  fc.record({
    segment: fc.nat(segments.length - 1),
    measure: fc.constantFrom(...watched),
    factor: fc.constantFrom(...factors),
    recovery: fc.constantFrom(0, 0, 0, ...recoveries),
  }),
  { selector: (r) => keyOf(r.segment, r.measure), maxLength: 6 },
);
const said = fc.constantFrom<Said>('date', 'confirm', 'deny', 'settle', 'wait');
const commands = fc.commands(
  [
    readings.map((r) => new Minute(r)),
    fc.constant(new Restart()),
    fc.constant(new EndOfDay()),
    fc.array(said, { minLength: 1, maxLength: 3 }).map((v) => new EndOfWeek(v)),
  ],
  { maxCommands: 60, size: 'max' },
);

test('alerts live as the documents say, over any restarts', () => {
  fc.assert(
    fc.property(commands, (sequence) => {
      const model = new Model();
      const real: Real = { book: newBook(), state: new Map(), taken: [] };
      fc.modelRun(() => ({ model, real }), sequence);
      const keys = new Map(real.taken.map((a) => [a.id, `${a.segment}/${a.measure}`]));
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
        verdict: a.verdict,
        alsoIn: a.alsoIn,
        partOf: keys.get(a.parent ?? '') ?? null,
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
          verdict: life.verdict,
          alsoIn: life.alsoIn,
          partOf: life.partOf,
        })),
      );
    }),
    { numRuns: 1_000 },
  );
});

function opened(segment: number, minute: number): AlertRecord {
  const book = newBook();
  const reading = { segment, measure: 'csat' as const, installationDays: 20, recoveryDays: 0 };
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
