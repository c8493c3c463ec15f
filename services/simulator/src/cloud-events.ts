import type { CloudEvent } from '@seamwatch/contracts/cloudevents.ts';
import { eventTypes, type SeamEvent } from '@seamwatch/contracts/events.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { Contact } from './contact.ts';
import type { Outcome } from './outcome.ts';
import type { Scenario } from './scenario.ts';
import type { Survey } from './surveys.ts';

export type SimulatedEvent = CloudEvent & SeamEvent & { time: string };

/** Builds the events of one scenario. */
export class EventBuilder {
  private readonly source: string;

  constructor(scenario: Scenario) {
    this.source = `/simulator/${scenario.name}`;
  }

  private wrap(id: string, time: string, event: SeamEvent): SimulatedEvent {
    return {
      specversion: '1.0',
      id,
      source: this.source,
      type: event.type,
      time,
      datacontenttype: 'application/json',
      data: event.data,
    } as SimulatedEvent;
  }

  interactionClosed(contact: Contact, outcome: Outcome): SimulatedEvent {
    const { customer, home } = contact;
    const { traits } = outcome;
    const closedAt = toRfc3339(outcome.closedMs);
    return this.wrap(`${contact.id}/closed`, closedAt, {
      type: eventTypes.interactionClosed,
      data: {
        interactionId: contact.id,
        customerId: customer?.id ?? null,
        startedAt: toRfc3339(contact.startMs),
        closedAt,
        startedWith: outcome.path === 'human' ? 'human' : 'ai',
        handoffs: outcome.handoffs,
        category: traits.category,
        channel: traits.channel,
        market: home.market,
        language: home.language,
        complexity: contact.complexity,
        emotion: outcome.emotion,
        ...(customer && {
          customer: {
            valueBand: customer.valueBand,
            annualValue: customer.annualValue,
            churnRisk: customer.churnRisk,
          },
        }),
        ...(traits.modelVersion !== undefined && { modelVersion: traits.modelVersion }),
        claimedResolved: outcome.claimedResolved,
        abandoned: outcome.abandoned,
        turns: outcome.turns,
        handleTimeMs: outcome.handleTimeMs,
        ...(outcome.decision && { decision: outcome.decision }),
      },
    });
  }

  handedOff(contact: Contact, outcome: Outcome, index: number): SimulatedEvent {
    const { at, cause } = outcome.handoffs[index]!;
    return this.wrap(`${contact.id}/handoff-${index}`, at, {
      type: eventTypes.interactionHandedOff,
      data: {
        interactionId: contact.id,
        customerId: contact.customer?.id ?? null,
        at,
        cause,
        category: outcome.traits.category,
        channel: outcome.traits.channel,
      },
    });
  }

  surveySent(contact: Contact, survey: Survey): SimulatedEvent {
    const sentAt = toRfc3339(survey.sentMs);
    return this.wrap(`${survey.id}/sent`, sentAt, {
      type: eventTypes.surveySent,
      data: {
        surveyId: survey.id,
        interactionId: contact.id,
        customerId: contact.customer?.id ?? null,
        instrument: survey.instrument,
        sentAt,
      },
    });
  }

  surveyAnswered(contact: Contact, survey: Survey, answer: { atMs: number; score: number }): SimulatedEvent {
    const answeredAt = toRfc3339(answer.atMs);
    return this.wrap(`${survey.id}/answered`, answeredAt, {
      type: eventTypes.surveyAnswered,
      data: {
        surveyId: survey.id,
        interactionId: contact.id,
        customerId: contact.customer?.id ?? null,
        instrument: survey.instrument,
        score: answer.score,
        answeredAt,
      },
    });
  }

  customerChurned(customerId: string, atMs: number): SimulatedEvent {
    const churnedAt = toRfc3339(atMs);
    return this.wrap(`${customerId}/churned`, churnedAt, {
      type: eventTypes.customerChurned,
      data: { customerId, churnedAt },
    });
  }

  /** The changes that a scenario records, model releases among them, by time. */
  changes(scenario: Scenario): { atMs: number; event: SimulatedEvent }[] {
    const releases = scenario.models.flatMap(({ at, version, title }) =>
      at === undefined
        ? []
        : [
            {
              at,
              kind: 'model_release' as const,
              title: title ?? `Release of ${version}`,
              modelVersion: version,
            },
          ],
    );
    return [...releases, ...scenario.changes]
      .sort((a, b) => a.at - b.at)
      .map(({ at, ...change }, i) => {
        const changeId = `change-${i + 1}`;
        const time = toRfc3339(at);
        const data = { changeId, at: time, ...change };
        return { atMs: at, event: this.wrap(changeId, time, { type: eventTypes.changeRecorded, data }) };
      });
  }
}
