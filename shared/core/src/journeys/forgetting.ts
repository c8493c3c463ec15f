import type { CustomerForgotten } from '@seamwatch/contracts/forgetting.ts';
import { ByteWriter } from '../bytes/bytes.ts';
import type { SipHash } from '../hash/siphash.ts';
import type { Changes } from './changes.ts';
import type { Customers } from './customers.ts';
import type { Expiry } from './expiry.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { KnownCells } from './known-cells.ts';
import { removeInteraction } from './removal.ts';
import { hashHalf } from './row-key.ts';
import type { Surveys } from './surveys.ts';

interface State {
  hash: SipHash;
  customers: Customers;
  index: InteractionIndex;
  surveys: Surveys;
  changes: Changes;
  expiry: Expiry;
  cells: KnownCells;
}

/** How the changelog record of an interaction ends where it belongs to this customer. */
export const customerLink = (hi: number, lo: number): Uint8Array =>
  new ByteWriter().byte(1).int(hi).int(lo).take();

/**
 * Forgets a customer: its row, its interactions with their surveys, and surveys of its own that wait for an interaction.
 * Counts are anonymous sums and stay. Whatever the customer does later begins a new journey.
 */
export function forgetCustomer({ customer }: CustomerForgotten, state: State): void {
  const { customers, index, surveys, changes, expiry } = state;
  const hi = hashHalf(`c${customer}`, 0);
  const lo = hashHalf(`c${customer}`, 1);
  const found = customers.find(hi, lo);
  if (found >= 0) {
    for (let row = customers.newest.get(found); row >= 0; ) {
      const older = index.older.get(row);
      expiry.delete(row);
      removeInteraction(row, state);
      row = older;
    }
    changes.customerGone(found);
    customers.remove(found);
  }
  for (const row of [...surveys.waitingRows]) {
    const isOwn = surveys.at(row).pending.some(({ value }) => {
      const id = customerOf(value);
      if (id === undefined) return false;
      state.hash.text(id);
      return state.hash.hi === hi && state.hash.lo === lo;
    });
    if (!isOwn) continue;
    surveys.stopWaiting(row);
    changes.surveyGone(row);
    surveys.remove(row);
  }
}

/** The customer that a survey names, in structured mode or, without an envelope, in binary mode. */
function customerOf(value: Uint8Array): string | undefined {
  const event = JSON.parse(new TextDecoder().decode(value)) as {
    customerId?: unknown;
    data?: { customerId?: unknown };
  };
  const id = event.data?.customerId ?? event.customerId;
  return typeof id === 'string' ? id : undefined;
}
