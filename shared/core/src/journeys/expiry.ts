import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { eachPrefetched } from '../bytes/prefetch.ts';
import type { Changes } from './changes.ts';
import type { CustomerOrder } from './customer-order.ts';
import type { Customers } from './customers.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { KnownCells } from './known-cells.ts';
import type { OpenHandoffs } from './open-handoffs.ts';
import { removeInteraction } from './removal.ts';
import type { SourceClock } from './source-clock.ts';
import type { PendingRecord } from './survey-columns.ts';
import type { Surveys } from './surveys.ts';

/** A customer without contact for this long is forgotten, within a week. */
const customerExpiryMs = 400 * dayMs;
/** All customers are looked at for that, so not each day. */
const hoursBetweenLooks = 7 * 24;

const noRows = (): number[] => [];

interface State {
  clocks: { readonly interactions: SourceClock; readonly surveys: SourceClock };
  customers: Customers;
  index: InteractionIndex;
  surveys: Surveys;
  handoffs: OpenHandoffs;
  changes: Changes;
  order: CustomerOrder;
  cells: KnownCells;
  retentionMs: number;
  allowedLateness: number;
  /** Takes the records of a survey whose interaction stayed unknown. */
  bury: (record: PendingRecord) => void;
}

/** What is older than its retention leaves the memory of stage A, by event time. */
export class Expiry {
  readonly #state: State;
  /** Rows by the hour of their close. */
  readonly #byHour = new Map<number, number[]>();
  #expiredHour = Number.NEGATIVE_INFINITY;

  constructor(state: State) {
    this.#state = state;
  }

  /** A row that is to leave in its time. */
  add(row: number): void {
    getOrAdd(this.#byHour, this.#hourOf(row), noRows).push(row);
  }

  /** A row that leaves before its time: its number may be in use again. */
  delete(row: number): void {
    const hour = this.#hourOf(row);
    const rows = this.#byHour.get(hour)?.filter((other) => other !== row) ?? [];
    if (rows.length > 0) this.#byHour.set(hour, rows);
    else this.#byHour.delete(hour);
  }

  /** Goes on from the clocks as they were restored. */
  restored(): void {
    this.#expiredHour = this.#watermarkHour();
  }

  /** Once an hour of event time: what is older than its retention is forgotten, and surveys without interaction are buried. */
  run(): void {
    const { clocks, customers, surveys, handoffs, changes, allowedLateness } = this.#state;
    const hour = this.#watermarkHour();
    if (hour <= this.#expiredHour) return;
    const week = (at: number) => Math.floor(at / hoursBetweenLooks);
    const newWeek = week(hour) > week(this.#expiredHour);
    this.#expiredHour = hour;
    const keptFrom = this.#keptFromHour();
    for (const [closed, rows] of this.#byHour) {
      if (closed >= keptFrom) continue;
      eachPrefetched(rows, this.#reads, this.#forget);
      this.#byHour.delete(closed);
    }
    const { watermarkMs, openMinute } = clocks.interactions;
    for (const row of surveys.overdue(watermarkMs - allowedLateness)) this.#buryOrphan(row);
    for (const key of handoffs.olderThanADay(watermarkMs))
      if (handoffs.end(key, openMinute)) changes.handoff(key);
    if (!newWeek) return;
    for (const row of customers.unseenSince(watermarkMs - customerExpiryMs)) {
      changes.customerGone(row);
      customers.remove(row);
    }
  }

  #hourOf(row: number): number {
    return Math.floor(this.#state.index.closeMs.get(row) / hourMs);
  }

  #watermarkHour(): number {
    return Math.floor(this.#state.clocks.interactions.watermarkMs / hourMs);
  }

  /** Hour of close before which interactions are forgotten: surveys that are still to be read may speak of the later ones. */
  #keptFromHour(): number {
    const { interactions, surveys } = this.#state.clocks;
    const readMs = surveys.state === 'active' ? surveys.watermarkMs : Number.POSITIVE_INFINITY;
    return Math.floor((Math.min(interactions.watermarkMs, readMs) - this.#state.retentionMs) / hourMs);
  }

  #buryOrphan(row: number): void {
    const { surveys, changes, bury } = this.#state;
    for (const record of surveys.at(row).pending) bury(record);
    surveys.stopWaiting(row);
    changes.surveyGone(row);
    surveys.remove(row);
  }

  /** What forgetting a row will ask for; and what that leads to. */
  readonly #reads = [
    (row: number): number => {
      const { index, customers, surveys } = this.#state;
      const customer = index.customer.get(row);
      const survey = index.survey.get(row);
      return (
        index.slots.prefetch(index.lo.get(row)) ^
        (customer < 0 ? 0 : customers.newest.get(customer)) ^
        (survey < 0 ? 0 : surveys.lo.get(survey))
      );
    },
    (row: number): number => {
      const { index, customers, surveys } = this.#state;
      const customer = index.customer.get(row);
      const newest = customer < 0 ? row : customers.newest.get(customer);
      const survey = index.survey.get(row);
      return index.older.get(newest) ^ (survey < 0 ? 0 : surveys.slots.prefetch(surveys.lo.get(survey)));
    },
  ];

  readonly #forget = (row: number): void => {
    const { index, customers, changes, order } = this.#state;
    const customer = index.customer.get(row);
    if (customer >= 0) {
      if (
        index.escalatedMs.get(row) > customers.escalatedMs.get(customer) &&
        index.escalatedMs.get(row) !== 0
      ) {
        customers.escalatedMs.set(customer, index.escalatedMs.get(row));
        changes.customer(customer);
      }
      order.unlink(row);
    }
    removeInteraction(row, this.#state);
  };
}
