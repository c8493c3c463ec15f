import { type Instrument, instruments, scoreRange } from '@seamwatch/contracts/events.ts';
import { minuteMs } from '@seamwatch/contracts/units.ts';
import type { Centre } from './centre.ts';
import type { Contact } from './contact.ts';
import type { Outcome } from './outcome.ts';
import { correlated, cumulative, logNormalBelow, normalCdf, pick, withOdds } from './samplers.ts';

export interface Survey {
  id: string;
  instrument: Instrument;
  sentMs: number;
  answer: { atMs: number; score: number } | undefined;
}

/** Draws the surveys after an interaction, and their answers. */
export function drawSurveys(centre: Centre, contact: Contact, outcome: Outcome): Survey[] {
  const surveys: Survey[] = [];
  for (const instrument of instruments) {
    const survey = drawSurvey(centre, contact, outcome, instrument);
    if (survey) surveys.push(survey);
  }
  return surveys;
}

function drawSurvey(
  { random, scenario, planted, channels, scoreShares }: Centre,
  contact: Contact,
  { path, traits, abandoned, claimedResolved, experience, closedMs }: Outcome,
  instrument: Instrument,
): Survey | undefined {
  const { responseOdds, delay, [instrument]: plan } = scenario.surveys;
  const { startMs } = contact;
  random.open(contact.key, instrument);
  if (random.uniform() >= plan.send[path]) return undefined;
  const sentMs = closedMs + Math.round((1 + 9 * random.uniform()) * minuteMs);
  const survey: Survey = { id: `${contact.id}/${instrument}`, instrument, sentMs, answer: undefined };

  const odds =
    channels[contact.channel]!.responseOdds *
    responseOdds[path] *
    (abandoned ? responseOdds.abandoned : 1) *
    (claimedResolved === false ? responseOdds.unresolved : 1);
  const response = planted.share('response_rate', withOdds(plan.response, odds), traits, startMs);
  if (random.uniform() >= response) return survey;

  const delayMs = logNormalBelow(random, delay.median, delay.sigma, delay.limit);
  const shares = planted.scores(instrument, scoreShares[instrument][path], traits, startMs);
  const rank = normalCdf(correlated(random, experience, scenario.experience.scores));
  survey.answer = {
    atMs: sentMs + Math.max(1_000, Math.round(delayMs)),
    score: scoreRange[instrument][0] + pick(cumulative(shares), rank),
  };
  return survey;
}
