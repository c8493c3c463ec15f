import type { ConnectionStatus } from '@seamwatch/client/index.ts';
import type { EvidencePoint, RatePoint } from '@seamwatch/contracts/measures.ts';
import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import type { AlertRecord, RatesRecord, Segment } from '@seamwatch/contracts/records.ts';

/** For tests: records with only what matters said. */
export const aPoint = (changes: Partial<RatePoint> = {}): RatePoint => ({
  measure: 'repeat_contact',
  window: '7d',
  value: 0.15,
  lower: 0.14,
  upper: 0.16,
  n: 4_000,
  state: 'ok',
  ...changes,
});

export const someEvidence = (changes: Partial<EvidencePoint> = {}): EvidencePoint => ({
  measure: 'repeat_contact',
  direction: 'worse',
  days: 1,
  installationDays: 1,
  level: 'quiet',
  learning: false,
  onset: null,
  ...changes,
});

export const someRates = (segment: string, changes: Partial<RatesRecord> = {}): RatesRecord => ({
  kind: 'rates',
  segment,
  asOf: '2026-04-14T12:05:00.000Z',
  provisional: false,
  points: [aPoint()],
  ...changes,
});

export const aSegment = (id: string, where: Segment['where'] = {}, title = id): Segment => ({
  id,
  title,
  where,
});

export const anAlert = (changes: Partial<AlertRecord> = {}): AlertRecord =>
  alertRecord('2026-03-12T08:14:00.000Z', {
    segment: 'ai',
    segmentTitle: 'AI',
    measure: 'repeat_contact',
    onset: {
      at: '2026-03-03T00:00:00.000Z',
      lower: '2026-02-28T00:00:00.000Z',
      upper: '2026-03-04T00:00:00.000Z',
    },
    effect: { value: 0.184, lower: 0.176, upper: 0.192, n: 8_412, baseline: 0.151 },
    evidenceDays: 9_000,
    installationDays: 5_200,
    sentence: 'Repeat contact rose.',
    owner: 'Head of Service',
    ...changes,
  });

export const aConnection = (changes: Partial<ConnectionStatus> = {}): ConnectionStatus => ({
  state: 'live',
  since: 0,
  lastFrameAt: 0,
  liveEndedAt: null,
  failures: 0,
  retryAt: null,
  reason: null,
  unauthorised: false,
  ...changes,
});
