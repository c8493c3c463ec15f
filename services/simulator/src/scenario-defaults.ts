/** A mid-sized European consumer company: what a scenario file leaves out. */
export const defaultWeek = {
  weekday: [
    0.1, 0.06, 0.05, 0.05, 0.07, 0.15, 0.4, 0.9, 1.7, 2.4, 2.7, 2.5, 1.9, 1.8, 2.2, 2.4, 2.3, 1.9, 1.5, 1.3,
    1.1, 0.8, 0.5, 0.25,
  ],
  saturday: [
    0.12, 0.08, 0.06, 0.05, 0.06, 0.1, 0.2, 0.4, 0.8, 1.2, 1.4, 1.4, 1.2, 1.1, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6,
    0.55, 0.45, 0.35, 0.2,
  ],
  sunday: [
    0.12, 0.08, 0.06, 0.05, 0.05, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8, 0.85, 0.8, 0.7, 0.7, 0.75, 0.8, 0.8, 0.75,
    0.7, 0.6, 0.5, 0.35, 0.2,
  ],
};

const easy = { low: 0.65, medium: 0.28, high: 0.07 };
const middling = { low: 0.3, medium: 0.5, high: 0.2 };
const hard = { low: 0.1, medium: 0.45, high: 0.45 };

export const defaultCategories = {
  status_inquiry: {
    share: 0.28,
    tier: 1,
    complexity: easy,
    emotion: 0.05,
    startsWithAi: 0.96,
    escalation: { low: 0.05, medium: 0.09, high: 0.2 },
  },
  simple_return: {
    share: 0.2,
    tier: 1,
    complexity: easy,
    emotion: -0.05,
    startsWithAi: 0.94,
    escalation: { low: 0.07, medium: 0.13, high: 0.25 },
  },
  account_lookup: {
    share: 0.14,
    tier: 1,
    complexity: easy,
    emotion: 0.05,
    startsWithAi: 0.95,
    escalation: { low: 0.04, medium: 0.08, high: 0.18 },
  },
  faq: {
    share: 0.14,
    tier: 1,
    complexity: { low: 0.85, medium: 0.13, high: 0.02 },
    emotion: 0.15,
    startsWithAi: 0.98,
    escalation: { low: 0.03, medium: 0.07, high: 0.15 },
  },
  technical_problem: {
    share: 0.1,
    tier: 1,
    complexity: middling,
    emotion: -0.15,
    startsWithAi: 0.85,
    escalation: { low: 0.1, medium: 0.19, high: 0.32 },
  },
  billing_dispute: {
    share: 0.07,
    tier: 2,
    complexity: middling,
    emotion: -0.3,
    startsWithAi: 0.45,
    escalation: { low: 0.22, medium: 0.34, high: 0.5 },
    decision: {
      kind: 'dispute_resolution',
      share: 0.7,
      adverse: 0.3,
      humanAvailable: 0.97,
      humanReviewed: 0.6,
    },
  },
  cancellation: {
    share: 0.05,
    tier: 2,
    complexity: middling,
    emotion: -0.25,
    startsWithAi: 0.3,
    escalation: { low: 0.25, medium: 0.38, high: 0.5 },
  },
  regulatory_complaint: {
    share: 0.02,
    tier: 2,
    complexity: hard,
    emotion: -0.5,
    startsWithAi: 0.12,
    escalation: { low: 0.4, medium: 0.55, high: 0.7 },
    decision: { kind: 'claim_denial', share: 0.5, adverse: 0.4, humanAvailable: 0.99, humanReviewed: 0.9 },
  },
} as const;

export const defaultChannels = {
  chat: { share: 0.5 },
  phone: { share: 0.28, responseOdds: 0.8 },
  messaging: { share: 0.15, waitFactor: 2 },
  email: { share: 0.07, waitFactor: 6, responseOdds: 0.7 },
};

export const defaultMarkets = {
  DE: { share: 0.45, languages: { de: 0.88, en: 0.12 } },
  FR: { share: 0.25, languages: { fr: 0.93, en: 0.07 } },
  GB: { share: 0.3, languages: { en: 1 } },
};

export const defaultValueBands = {
  low: { share: 0.4, annualValue: 120 },
  mid: { share: 0.42, annualValue: 420 },
  high: { share: 0.14, annualValue: 1_600 },
  top: { share: 0.04, annualValue: 7_500 },
};

/** Among the causes that can apply: a repeat contact only to repeats, emotion only where it is negative. */
export const defaultCauses = {
  customer_request: 0.34,
  policy: 0.16,
  low_confidence: 0.24,
  negative_emotion: 0.12,
  repeat_contact: 0.3,
  technical: 0.06,
};

/** Scores from the lowest up. NPS: AI 28, seam 14, human 34. */
export const defaultScores = {
  csat: {
    ai: [0.07, 0.09, 0.17, 0.35, 0.32],
    seam: [0.1, 0.13, 0.2, 0.32, 0.25],
    human: [0.05, 0.07, 0.15, 0.36, 0.37],
  },
  ces: {
    ai: [0.04, 0.05, 0.08, 0.13, 0.2, 0.25, 0.25],
    seam: [0.08, 0.09, 0.12, 0.17, 0.2, 0.19, 0.15],
    human: [0.04, 0.05, 0.08, 0.15, 0.22, 0.25, 0.21],
  },
  nps: {
    ai: [0.03, 0.01, 0.02, 0.03, 0.03, 0.05, 0.05, 0.12, 0.16, 0.2, 0.3],
    seam: [0.05, 0.02, 0.03, 0.04, 0.04, 0.07, 0.05, 0.12, 0.14, 0.18, 0.26],
    human: [0.02, 0.01, 0.01, 0.02, 0.02, 0.05, 0.05, 0.13, 0.17, 0.22, 0.3],
  },
};

/** How repeats within seven days spread over the days after the close. */
export const defaultRepeatAges = [0.34, 0.2, 0.14, 0.11, 0.08, 0.07, 0.06];
