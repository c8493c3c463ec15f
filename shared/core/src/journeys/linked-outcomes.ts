import type { Instrument } from '@seamwatch/contracts/events.ts';
import { dayMs, type EventTimeMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { type Band, bandOf, type Earlier, type LinkedCounters } from '../cells/linked-counters.ts';

/** All that the linked counts of one interaction follow from. */
export interface LinkedFacts {
  closeMs: EventTimeMs;
  stamp: Minute;
  /** Is its customer known, so that a repeat would be seen? */
  identified: boolean;
  abandoned: boolean;
  /** Age in days at which the customer came back, or −1; and since when that is known. */
  repeatAge: number;
  repeatStamp: Minute;
  answers: readonly LinkedAnswer[];
}

export interface LinkedAnswer {
  instrument: Instrument;
  score: number;
  answeredMs: EventTimeMs;
  stamp: Minute;
}

/** `delta` for a counter of `minute`, which evidence may use from minute `stamp` on. */
export interface LinkedCount {
  minute: Minute;
  stamp: Minute;
  counter: number;
  delta: number;
}

const minuteOf = (ms: EventTimeMs): Minute => Math.floor(ms / minuteMs);

/**
 * What one interaction counts for among outcomes that are conditioned on each other (chain rule). Each fact is
 * conditioned on those that were known no later than itself, so that evidence never waits for what comes after, and
 * the order of reading shows in nothing: the sum of all counts up to a stamp depends only on the facts up to it.
 *
 * Order within a day of age: answers first, then the repeat contact.
 */
export function linkedCounts(facts: LinkedFacts, counters: LinkedCounters): LinkedCount[] {
  const { stamp, abandoned, repeatAge } = facts;
  const counts: LinkedCount[] = [];
  const minute = minuteOf(facts.closeMs);
  const repeatStamp = Math.max(stamp, facts.repeatStamp);
  const bands = new Array<Band>(counters.ages).fill(0);
  let hazards: HazardCount[] = [];
  let repeated = false;
  const settle = (at: Minute) => {
    if (!facts.identified) return;
    const next = hazardCounts(abandoned, bands, repeated ? repeatAge : -1, counters);
    for (const { counter, delta } of hazards) {
      const change = deltaOf(next, counter) - delta;
      if (change !== 0) counts.push({ minute, stamp: at, counter, delta: change });
    }
    for (const { counter, delta } of next) {
      if (delta !== 0 && !hazards.some((before) => before.counter === counter))
        counts.push({ minute, stamp: at, counter, delta });
    }
    hazards = next;
  };
  const repeat = () => {
    repeated = true;
    settle(repeatStamp);
  };
  settle(stamp);
  let last = { ms: Number.NEGATIVE_INFINITY, band: 0 as Band };
  for (const answer of inOrder(facts)) {
    const { instrument, score, answeredMs } = answer;
    const known = Math.max(stamp, answer.stamp);
    if (repeatAge >= 0 && !repeated && repeatStamp <= known) repeat();
    const age = Math.floor(Math.max(0, answeredMs - facts.closeMs) / dayMs);
    const earlier = { abandoned, band: last.band, repeated: repeated && repeatAge < age };
    const counter = counters.score(instrument, score, earlier);
    counts.push({ minute: minuteOf(answeredMs), stamp: known, counter, delta: 1 });
    if (answeredMs < last.ms) continue;
    last = { ms: answeredMs, band: bandOf(instrument, score) };
    bands.fill(last.band, age);
    settle(known);
  }
  if (repeatAge >= 0 && !repeated) repeat();
  return counts;
}

/** Answers in the order in which they became known, none before its interaction. */
function inOrder({ answers, stamp }: LinkedFacts): readonly LinkedAnswer[] {
  if (answers.length < 2) return answers;
  return [...answers].sort(
    (a, b) =>
      Math.max(stamp, a.stamp) - Math.max(stamp, b.stamp) ||
      a.answeredMs - b.answeredMs ||
      (a.instrument < b.instrument ? -1 : a.instrument > b.instrument ? 1 : a.score - b.score),
  );
}

/** At most a few for one interaction. */
interface HazardCount {
  counter: number;
  delta: number;
}

const deltaOf = (counts: readonly HazardCount[], counter: number): number =>
  counts.find((count) => count.counter === counter)?.delta ?? 0;

/** Who is at risk at each age in which context, until the repeat. */
function hazardCounts(
  abandoned: boolean,
  bands: readonly Band[],
  repeatAge: number,
  counters: LinkedCounters,
): HazardCount[] {
  const counts: HazardCount[] = [];
  const add = (counter: number, delta: number) => {
    const known = counts.find((count) => count.counter === counter);
    if (known) known.delta += delta;
    else counts.push({ counter, delta });
  };
  const at = (age: number): Earlier => ({ abandoned, band: bands[age]!, repeated: false });
  add(counters.joined(0, at(0)), 1);
  const until = repeatAge < 0 ? counters.ages - 1 : repeatAge;
  for (let age = 1; age <= until; age++) {
    if (bands[age] === bands[age - 1]) continue;
    add(counters.joined(age, at(age - 1)), -1);
    add(counters.joined(age, at(age)), 1);
  }
  if (repeatAge < 0) return counts;
  add(counters.failed(repeatAge, at(repeatAge)), 1);
  if (repeatAge + 1 < counters.ages) add(counters.joined(repeatAge + 1, at(repeatAge)), -1);
  return counts;
}

/** What to count for `after` to stand where `before` stood, from minute `from` on. */
export function linkedChanges(
  before: readonly LinkedCount[],
  after: readonly LinkedCount[],
  from: Minute,
): LinkedCount[] {
  const fresh = [...after];
  const changes: LinkedCount[] = [];
  const change = ({ minute, stamp, counter }: LinkedCount, delta: number) =>
    changes.push({ minute, stamp: Math.max(stamp, from), counter, delta });
  for (const old of before) {
    const same = fresh.findIndex(
      (each) =>
        each.stamp === old.stamp &&
        each.minute === old.minute &&
        each.counter === old.counter &&
        each.delta === old.delta,
    );
    if (same >= 0) fresh.splice(same, 1);
    else change(old, -old.delta);
  }
  for (const count of fresh) change(count, count.delta);
  return changes;
}
