import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { eachPrefetched } from '../bytes/prefetch.ts';
import type { OutRecord } from '../ports/event-log.ts';
import { otherVersion } from '../ports/state-errors.ts';
import { ChangeRecord } from './change-record.ts';
import type { Customers } from './customers.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { KnownCells } from './known-cells.ts';
import type { OpenHandoffs } from './open-handoffs.ts';
import { hashHalf, type RowKind, writeRowKey } from './row-key.ts';
import { RowSet } from './row-set.ts';
import type { SourceClock } from './source-clock.ts';
import type { Surveys } from './surveys.ts';

/** How all records of the changelog are laid out; the first did not say. */
const layout = 1;

interface State {
  partition: number;
  clocks: { readonly interactions: SourceClock; readonly surveys: SourceClock };
  deadByReason: Map<ErrorCode, number>;
  customers: Customers;
  index: InteractionIndex;
  surveys: Surveys;
  cells: KnownCells;
  handoffs: OpenHandoffs;
}

/**
 * The changelog of stage A: rows that changed since the last commit, newest value only.
 * Topic `journeys`: `c…` customers, `d…` cells, `h…` open handoffs, `~` clocks and positions.
 * Topic `outcomes`: `i…` interactions, `s…` surveys. The first letter and the keyed hash are the record key.
 */
export class Changes {
  readonly #state: State;
  readonly #customers = new RowSet();
  readonly #interactions = new RowSet();
  readonly #surveys = new RowSet();
  readonly #cells: number[] = [];
  readonly #handoffs = new Set<string>();
  readonly #gone: OutRecord[] = [];
  readonly #writer = new ByteWriter();
  /** Bytes of the key that was written last. */
  #keyBytes = 0;

  constructor(state: State) {
    this.#state = state;
  }

  customer(row: number): void {
    this.#customers.add(row);
  }
  interaction(row: number): void {
    this.#interactions.add(row);
  }
  survey(row: number): void {
    this.#surveys.add(row);
  }
  cell(id: number): void {
    this.#cells.push(id);
  }
  handoff(key: string): void {
    this.#handoffs.add(key);
  }

  customerGone(row: number): void {
    this.#customers.delete(row);
    const { customers } = this.#state;
    this.#tombstone('journeys', 'customer', customers.hi.get(row), customers.lo.get(row));
  }
  interactionGone(row: number): void {
    this.#interactions.delete(row);
    const { index } = this.#state;
    if (index.stored.get(row) === 0) return;
    this.#tombstone('outcomes', 'interaction', index.hi.get(row), index.lo.get(row));
  }
  surveyGone(row: number): void {
    this.#surveys.delete(row);
    const { hi, lo, stored } = this.#state.surveys.at(row);
    if (stored) this.#tombstone('outcomes', 'survey', hi, lo);
  }

  #tombstone(topic: 'journeys' | 'outcomes', kind: RowKind, hi: number, lo: number): void {
    this.#rowKey(kind, hi, lo);
    this.#gone.push(this.#record(topic, true));
  }

  /** Begins a record; its value, if any, is written behind the key. */
  #key(text: string): void {
    this.#keyBytes = this.#writer.ascii(text).length;
  }

  /** Begins the record of a row. */
  #rowKey(kind: RowKind, hi: number, lo: number): void {
    this.#keyBytes = writeRowKey(this.#writer, kind, hi, lo).length;
  }

  #record(topic: 'journeys' | 'outcomes', isTombstone: boolean): OutRecord {
    return new ChangeRecord(topic, this.#state.partition, this.#writer, this.#keyBytes, isTombstone);
  }

  /** Records of everything that changed; tombstones first, since a row number may be in use again. */
  take(): OutRecord[] {
    const { customers, index, surveys, cells, handoffs, clocks, deadByReason } = this.#state;
    const records = this.#gone.splice(0);
    const put = (topic: 'journeys' | 'outcomes', isTombstone = false) =>
      records.push(this.#record(topic, isTombstone));
    for (const id of this.#cells.splice(0)) {
      this.#key(`d${id}`);
      const text = cells.find(id);
      if (text !== undefined) this.#writer.text(text);
      put('journeys', text === undefined);
    }
    eachPrefetched(this.#customers.take(), [(row) => customers.newest.get(row)], (row) => {
      this.#rowKey('customer', customers.hi.get(row), customers.lo.get(row));
      customers.encode(row, this.#writer);
      put('journeys');
    });
    eachPrefetched(this.#interactions.take(), [(row) => index.customer.get(row)], (row) => {
      this.#rowKey('interaction', index.hi.get(row), index.lo.get(row));
      const customer = index.customer.get(row);
      const hash =
        customer < 0 ? undefined : { hi: customers.hi.get(customer), lo: customers.lo.get(customer) };
      index.encode(row, hash, this.#writer);
      index.stored.set(row, 1);
      put('outcomes');
    });
    eachPrefetched(this.#surveys.take(), [(row) => surveys.lo.get(row)], (row) => {
      const survey = surveys.at(row);
      this.#rowKey('survey', survey.hi, survey.lo);
      surveys.encode(row, this.#writer);
      survey.stored = true;
      put('outcomes');
    });
    for (const key of this.#handoffs) {
      this.#key(`h${key}`);
      const open = handoffs.get(key);
      if (open) this.#writer.int(open.minute).int(open.cell);
      put('journeys', open === undefined);
    }
    this.#key('~');
    clocks.interactions.encode(this.#writer);
    clocks.surveys.encode(this.#writer);
    this.#writer.int(deadByReason.size);
    for (const [code, count] of deadByReason) this.#writer.text(code).int(count);
    this.#writer.int(layout);
    put('journeys');
    this.#handoffs.clear();
    return records;
  }

  /**
   * Takes one record of the changelog; a key may come several times, the newest last. Throws `SEAM_STORE_VERSION` where another
   * version of Seamwatch wrote it.
   */
  restore(key: string, value: Uint8Array | null): void {
    const kind = key[0];
    const rest = key.slice(1);
    const { customers, index, surveys, cells, handoffs, clocks, deadByReason } = this.#state;
    if (kind === 'i') {
      const hi = hashHalf(key, 0);
      const lo = hashHalf(key, 1);
      const known = index.find(hi, lo);
      if (value === null) {
        if (known >= 0) index.remove(known);
        return;
      }
      const row = known >= 0 ? known : index.add(hi, lo);
      const customer = index.decode(row, new ByteReader(value));
      index.customer.set(row, customer ? customers.findOrAdd(customer.hi, customer.lo) : -1);
    } else if (kind === 's') {
      const hi = hashHalf(key, 0);
      const lo = hashHalf(key, 1);
      const known = surveys.find(hi, lo);
      if (known >= 0) surveys.remove(known);
      if (value !== null) surveys.add(surveys.decode(hi, lo, new ByteReader(value)));
    } else if (kind === 'c') {
      const hi = hashHalf(key, 0);
      const lo = hashHalf(key, 1);
      const row = customers.findOrAdd(hi, lo);
      if (value === null) customers.remove(row);
      else customers.decode(row, new ByteReader(value));
    } else if (value === null) {
      if (kind === 'h') handoffs.restore(rest, undefined);
      if (kind === 'd') cells.restore(Number(rest), undefined);
    } else if (kind === 'd') {
      cells.restore(Number(rest), new ByteReader(value).text());
    } else if (kind === 'h') {
      const from = new ByteReader(value);
      handoffs.restore(rest, { minute: from.int(), cell: from.int() });
    } else if (kind === '~') {
      const from = new ByteReader(value);
      clocks.interactions.decode(from);
      clocks.surveys.decode(from);
      for (let n = from.int(); n > 0; n--) deadByReason.set(from.text() as ErrorCode, from.int());
      if (!from.done && from.int() !== layout) throw otherVersion();
    }
  }

  /** After the last record: ties surveys to their interactions, or into the line that waits for one. */
  linkSurveys(): void {
    const { index, surveys } = this.#state;
    for (const row of surveys.rows()) {
      const survey = surveys.at(row);
      const interaction = index.find(survey.interactionHi, survey.interactionLo);
      if (interaction < 0) surveys.wait(row);
      else {
        survey.next = index.survey.get(interaction);
        index.survey.set(interaction, row);
      }
    }
  }
}
