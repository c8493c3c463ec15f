import { scoreRange } from '@seamwatch/contracts/events.ts';
import { dayMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { breachRules, type CohortLayout, type CounterLayout } from '../cells/counters.ts';
import { type Earlier, LinkedCounters } from '../cells/linked-counters.ts';
import { type InteractionIndex, outcome } from './interaction-index.ts';
import { type LinkedCount, type LinkedFacts, linkedChanges, linkedCounts } from './linked-outcomes.ts';
import type { RollupWriter } from './rollup.ts';
import type { Surveys } from './surveys.ts';

const minuteOf = (ms: number): Minute => Math.floor(ms / minuteMs);

/** Of an interaction that nobody has answered about. */
const unanswered = (abandoned: boolean): Earlier => ({ abandoned, band: 0, repeated: false });
const [stayed, abandoned] = [unanswered(false), unanswered(true)];

const noCounts: readonly LinkedCount[] = [];

/** What interactions and surveys add to the counters; with sign −1 the same is taken back. */
export class Contributions {
  readonly #to: RollupWriter;
  readonly #index: InteractionIndex;
  readonly #surveys: Surveys;
  readonly #layout: CounterLayout;
  readonly #linked: LinkedCounters;

  constructor(to: RollupWriter, index: InteractionIndex, surveys: Surveys, layout: CounterLayout) {
    this.#to = to;
    this.#index = index;
    this.#surveys = surveys;
    this.#layout = layout;
    this.#linked = new LinkedCounters(layout);
  }

  /** All that an interaction counts for, with its repeat and its surveys. */
  interaction(row: number, sign: 1 | -1, stamp: Minute, revision: boolean): void {
    const index = this.#index;
    const layout = this.#layout;
    const flags = index.flags.get(row);
    const group = this.#to.begin(index.cell.get(row), minuteOf(index.closeMs.get(row)), stamp, revision);
    group.add(layout.closed, sign);
    if (flags & outcome.aiStarted) group.add(layout.aiStarted, sign);
    if (flags & outcome.aiHandled) group.add(layout.aiHandled, sign);
    if (flags & outcome.escalated) {
      group.add(layout.escalated, sign).add(layout.escalatedBy + index.cause.get(row), sign);
      if (flags & outcome.loop) group.add(layout.loops, sign);
      if (flags & outcome.seamAbandoned) group.add(layout.seamAbandoned, sign);
      for (const bin of index.waits(row)) group.add(layout.wait + bin, sign);
    }
    if (flags & outcome.claimedKnown) group.add(layout.claimedKnown, sign);
    if (flags & outcome.claimedResolved) group.add(layout.claimedResolved, sign);
    if (flags & outcome.breach) {
      group.add(layout.breaches, sign);
      group.add(layout.breachBy + Math.min(index.rule.get(row), breachRules - 1), sign);
    }
    if (index.customer.get(row) >= 0) {
      group.add(layout.cohorts.all.entered, sign).add(layout.cohorts.sameMatter.entered, sign);
      if (flags & outcome.claimedResolved) group.add(layout.cohorts.resolved.entered, sign);
      if (index.survey.get(row) < 0) group.add(this.#linked.joined(0, this.#unanswered(row)), sign);
    }
    this.repeat(row, sign, stamp);
    for (const { delta, ...count } of this.#linkedCounts(row)) {
      const at = { ...count, delta: sign * delta, stamp: Math.max(count.stamp, stamp) };
      this.#count(row, at, revision);
    }
    for (let s = index.survey.get(row); s >= 0; s = this.#surveys.at(s).next)
      this.survey(row, s, sign, stamp, revision);
  }

  /** The repeat contact that an interaction is charged with, if any; dated at its own close. */
  repeat(row: number, sign: 1 | -1, stamp: Minute): void {
    const index = this.#index;
    const age = index.repeatAge.get(row);
    if (age < 0) return;
    const { all, resolved, sameMatter } = this.#layout.cohorts;
    const group = this.#to.begin(index.cell.get(row), minuteOf(index.closeMs.get(row)), stamp, false);
    group.add(all.events + age, sign);
    if (index.has(row, outcome.claimedResolved)) group.add(resolved.events + age, sign);
    if (index.has(row, outcome.sameMatter)) group.add(sameMatter.events + age, sign);
    if (index.survey.get(row) >= 0) return;
    const earlier = this.#unanswered(row);
    group.add(this.#linked.failed(age, earlier), sign);
    if (age + 1 < all.ages) group.add(this.#linked.joined(age + 1, earlier), -sign);
  }

  /** Counts anew what outcomes of an interaction are conditioned on each other, after `change` has made a fact known. */
  relink(row: number, stamp: Minute, change: () => void): void {
    if (this.#index.survey.get(row) < 0) {
      change();
      return;
    }
    const before = this.#linkedCounts(row);
    change();
    for (const count of linkedChanges(before, this.#linkedCounts(row), stamp)) this.#count(row, count, false);
  }

  readonly #unanswered = (row: number): Earlier =>
    this.#index.has(row, outcome.seamAbandoned) ? abandoned : stayed;

  #count(row: number, { minute, stamp, counter, delta }: LinkedCount, revision: boolean): void {
    this.#to.begin(this.#index.cell.get(row), minute, stamp, revision).add(counter, delta);
  }

  /** Of an interaction with surveys; the others are counted without this detour. */
  #linkedCounts(row: number): readonly LinkedCount[] {
    const index = this.#index;
    if (index.survey.get(row) < 0) return noCounts;
    const answers: LinkedFacts['answers'][number][] = [];
    for (let s = index.survey.get(row); s >= 0; s = this.#surveys.at(s).next) {
      const { instrument, score, answeredMs, answeredStamp } = this.#surveys.at(s);
      if (answeredMs !== undefined) answers.push({ instrument, score, answeredMs, stamp: answeredStamp });
    }
    const facts = {
      closeMs: index.closeMs.get(row),
      stamp: index.stamp.get(row),
      identified: index.customer.get(row) >= 0,
      abandoned: index.has(row, outcome.seamAbandoned),
      repeatAge: index.repeatAge.get(row),
      repeatStamp: index.repeatStamp.get(row),
      answers,
    };
    return linkedCounts(facts, this.#linked);
  }

  /** Counts a survey anew after `change` has made known that it was sent, or its `answer`. */
  surveyAgain(
    row: number,
    survey: number,
    stamp: Minute,
    { answer, change }: { answer: boolean; change: () => void },
  ): void {
    this.survey(row, survey, -1, stamp, false);
    // Nothing is conditioned on a question.
    if (answer) this.relink(row, stamp, change);
    else change();
    this.survey(row, survey, 1, stamp, false);
  }

  survey(row: number, survey: number, sign: 1 | -1, stamp: Minute, revision: boolean): void {
    const { instrument, score, sentMs, answeredMs, sentStamp, answeredStamp } = this.#surveys.at(survey);
    const cell = this.#index.cell.get(row);
    // Not before either source has passed it, whichever of the two comes first.
    const known = Math.max(stamp, this.#index.stamp.get(row));
    if (answeredMs !== undefined) {
      const bin = this.#layout.histogram(instrument).first + score - scoreRange[instrument][0];
      this.#to.begin(cell, minuteOf(answeredMs), Math.max(known, answeredStamp), revision).add(bin, sign);
    }
    if (sentMs === undefined) return;
    const cohort: CohortLayout = this.#layout.cohorts.surveys;
    const minute = minuteOf(sentMs);
    this.#to.begin(cell, minute, Math.max(known, sentStamp), false).add(cohort.entered, sign);
    if (answeredMs === undefined) return;
    const age = Math.floor(Math.max(0, answeredMs - sentMs) / dayMs);
    if (age >= cohort.ages) return;
    const both = Math.max(known, sentStamp, answeredStamp);
    this.#to.begin(cell, minute, both, false).add(cohort.events + age, sign);
  }
}
