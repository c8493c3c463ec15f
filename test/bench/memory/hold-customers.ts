/**
 * Holds customers in the way that it is told and prints the bytes that each takes. A process of its own for each turn:
 *
 *   node --expose-gc hold-customers.ts product|baseline COUNT
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { dayMs, minuteMs } from '@seamwatch/contracts/units.ts';
import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { Customers } from '@seamwatch/core/journeys/customers.ts';

/** What is remembered of a customer, as one would write it down first. */
interface PlainCustomer {
  newest: number;
  escalatedMs: number;
  lastSeenMs: number;
  churnedMs: number;
  aiInteractions: number;
  firstAiMs: number;
}

const fromMs = Date.UTC(2025, 0, 1);
const idOf = (n: number): string => `customer-${n}`;
/** A customer in five has escalated and one in twenty has churned; the others never. */
const firstMsOf = (n: number): number => fromMs + (n % 5_000_011) * 7;
const escalatedMsOf = (n: number): number => (n % 5 === 0 ? firstMsOf(n) + minuteMs : -Infinity);
const churnedMsOf = (n: number): number => (n % 20 === 0 ? firstMsOf(n) + 30 * dayMs : -Infinity);

function asObjects(count: number): Map<string, PlainCustomer> {
  const customers = new Map<string, PlainCustomer>();
  for (let n = 0; n < count; n++) {
    customers.set(idOf(n), {
      newest: n,
      escalatedMs: escalatedMsOf(n),
      lastSeenMs: firstMsOf(n),
      churnedMs: churnedMsOf(n),
      aiInteractions: 1,
      firstAiMs: firstMsOf(n),
    });
  }
  return customers;
}

function asColumns(count: number): Customers {
  const customers = new Customers();
  const hash = new SipHash(new Uint8Array(16));
  for (let n = 0; n < count; n++) {
    const { hi, lo } = hash.text(idOf(n));
    const row = customers.findOrAdd(hi, lo);
    customers.newest.set(row, n);
    customers.escalatedMs.set(row, escalatedMsOf(n));
    customers.churnedMs.set(row, churnedMsOf(n));
    customers.see(row, firstMsOf(n));
    customers.meetAi(row, firstMsOf(n));
  }
  return customers;
}

/** Memory of columns that were outgrown is given back in the background. */
async function bytesHeld(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [side, count] = [process.argv[2], Number(process.argv[3])];
const before = await bytesHeld();
const held = side === 'product' ? asColumns(count) : asObjects(count);
const bytes = (await bytesHeld()) - before;
if (held.size !== count) throw new Error(`${held.size} customers are held, where ${count} is right`);
console.log(bytes / count);
