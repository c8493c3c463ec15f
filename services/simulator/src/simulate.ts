import { dayMs } from '@seamwatch/contracts/units.ts';
import { type Centre, openCentre } from './centre.ts';
import { EventBuilder, type SimulatedEvent } from './cloud-events.ts';
import { type Contact, drawContact, type Planned } from './contact.ts';
import { EventQueue } from './event-queue.ts';
import { drawOutcome, type Outcome } from './outcome.ts';
import { repeatWindowDays } from './population.ts';
import { keyOf } from './random.ts';
import { correlated, exponential, happens, logNormal, normal, pick } from './samplers.ts';
import type { Scenario } from './scenario.ts';
import { quarterMs } from './scenario-schema.ts';
import { drawSurveys } from './surveys.ts';

export interface Arrival {
  /** When the event reaches the log: its own time, or later where the scenario wants disorder or lateness. */
  arrivedMs: number;
  event: SimulatedEvent;
}

/**
 * The events of a scenario in the order in which they reach the log, which is that of event time unless the scenario
 * wants disorder. A pure function of the scenario: `to` only ends it, and without `to` it goes on for ever, so that
 * history and live are one stream. Memory is bounded by the open interactions, the repeats and answers to come (days
 * of them), and ten bytes a customer.
 */
export function* simulate(scenario: Scenario): Generator<SimulatedEvent, void, undefined> {
  for (const { event } of simulateArrivals(scenario)) yield event;
}

/** As `simulate`, with the time at which each event reaches the log. */
export function* simulateArrivals(scenario: Scenario): Generator<Arrival, void, undefined> {
  const simulation = new Simulation(scenario);
  const endMs = scenario.to ?? Infinity;
  for (let quarter = simulation.firstQuarter; quarter * quarterMs < endMs; quarter++) {
    simulation.planNewMatters(quarter);
    const untilMs = Math.min(endMs, (quarter + 1) * quarterMs);
    for (;;) {
      const nextMs = simulation.starts.nextMs;
      const readyMs = Math.min(nextMs, untilMs);
      while (simulation.arrivals.nextMs < readyMs) yield simulation.arrivals.pop()!;
      if (nextMs >= untilMs) break;
      simulation.begin(simulation.starts.pop()!);
    }
  }
}

type Start = (Planned & { kind: 'contact' }) | { kind: 'churn'; startMs: number; place: number };

/** What is under way: starts that are planned, and events that have been drawn and not yet arrived. */
class Simulation {
  readonly starts = new EventQueue<Start>();
  readonly arrivals = new EventQueue<Arrival>();
  readonly firstQuarter: number;
  private readonly firstMs: number;
  private readonly scenario: Scenario;
  private readonly centre: Centre;
  private readonly build: EventBuilder;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.centre = openCentre(scenario);
    this.build = new EventBuilder(scenario);
    this.firstMs = scenario.from - scenario.warmUpDays * dayMs;
    this.firstQuarter = Math.floor(this.firstMs / quarterMs);
    for (const { atMs, event } of this.build.changes(scenario)) {
      if (atMs >= scenario.from) this.arrivals.push(atMs, { arrivedMs: atMs, event });
    }
  }

  /** Plans the new matters of a quarter of an hour: a Poisson process at the rate of the hour. */
  planNewMatters(quarter: number): void {
    const { shape, planted, newMattersPerDay, drawsFromQuarter, random } = this.centre;
    const fromMs = quarter * quarterMs;
    const perMs = (newMattersPerDay / dayMs) * shape.at(fromMs) * planted.factor('volume', fromMs);
    if (perMs === 0) return;
    random.open(keyOf(this.scenario.seed, -2, quarter - drawsFromQuarter), 'arrivals');
    let afterMs = exponential(random) / perMs;
    for (let index = 0; afterMs < quarterMs; index++) {
      const startMs = fromMs + Math.floor(afterMs);
      if (startMs >= this.firstMs) this.plan({ startMs, quarter, index, repeat: 0 });
      afterMs += exponential(random) / perMs;
    }
  }

  begin(start: Start): void {
    if (start.kind === 'churn') this.churn(start.place, start.startMs);
    else this.interact(start);
  }

  private plan(planned: Planned): void {
    this.starts.push(planned.startMs, { kind: 'contact', ...planned });
  }

  private interact(planned: Planned): void {
    const contact = drawContact(this.centre, planned);
    const outcome = drawOutcome(this.centre, contact);
    if (contact.place !== undefined) this.goOn(contact, outcome, contact.place);
    if (outcome.closedMs >= this.scenario.from) this.tell(contact, outcome);
  }

  /** What a known customer does next: come back about it, or leave in silence, or neither. */
  private goOn(contact: Contact, outcome: Outcome, place: number): void {
    const { random, population, planted, shape, ageSums } = this.centre;
    const { repeat, churn, experience } = this.scenario;
    const { path, closedMs, traits } = outcome;
    const firstHandoff = outcome.handoffs[0];
    population.contacted(place, closedMs, firstHandoff && Date.parse(firstHandoff.at));

    random.open(contact.key, 'repeat');
    const p = planted.share('repeat_contact', repeat.share[path], traits, contact.startMs);
    if (happens(p, correlated(random, -outcome.experience, experience.repeat))) {
      random.open(contact.key, 'followUp');
      const age = pick(ageSums[path], random.uniform());
      const startMs = Math.floor(shape.momentWithin24Hours(closedMs + age * dayMs, random.uniform()));
      const { quarter, index } = contact.planned;
      const after = { place, category: contact.category, channel: contact.channel };
      this.plan({ startMs, quarter, index, repeat: contact.planned.repeat + 1, after });
      return;
    }
    random.open(contact.key, 'churn');
    const risk = Math.min(1, churn.share[path] * 4 * (contact.customer?.churnRisk ?? 0.25));
    if (happens(risk, correlated(random, -outcome.experience, experience.churn))) {
      const silenceMs = repeatWindowDays * dayMs;
      const startMs = closedMs + silenceMs + logNormal(churn.after - silenceMs + 1, 0.6, normal(random));
      this.starts.push(Math.ceil(startMs), { kind: 'churn', startMs: Math.ceil(startMs), place });
    }
  }

  /** The customer is gone, unless they have been in touch again in the meantime. */
  private churn(place: number, atMs: number): void {
    const { population } = this.centre;
    if (!population.isQuiet(place, atMs)) return;
    const event = this.build.customerChurned(population.id(place), atMs);
    if (atMs >= this.scenario.from) this.arrivals.push(atMs, { arrivedMs: atMs, event });
    population.replace(place);
  }

  private tell(contact: Contact, outcome: Outcome): void {
    const { build, scenario } = this;
    const surveys = drawSurveys(this.centre, contact, outcome);
    this.centre.random.open(contact.key, 'delivery');
    this.send(outcome.closedMs, build.interactionClosed(contact, outcome));
    for (const survey of surveys) {
      if (scenario.events.surveySent) this.send(survey.sentMs, build.surveySent(contact, survey));
      const { answer } = survey;
      if (answer) this.send(answer.atMs, build.surveyAnswered(contact, survey, answer));
    }
    if (!scenario.events.handedOff) return;
    outcome.handoffs.forEach((handoff, i) => {
      const atMs = Date.parse(handoff.at);
      if (atMs >= scenario.from) this.send(atMs, build.handedOff(contact, outcome, i));
    });
  }

  /** Lets an event arrive: at its time, or somewhat later. */
  private send(atMs: number, event: SimulatedEvent): void {
    const { outOfOrder, late } = this.scenario;
    let arrivedMs = atMs;
    if (outOfOrder.share > 0 || late.share > 0) {
      const { random } = this.centre;
      const u = random.uniform();
      const v = random.uniform();
      if (u < late.share) arrivedMs += Math.round(v * late.within);
      else if (u < late.share + outOfOrder.share) arrivedMs += Math.round(v * outOfOrder.within);
    }
    this.arrivals.push(arrivedMs, { arrivedMs, event });
  }
}
