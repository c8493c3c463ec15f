import type { Attributes } from './cell.ts';

/** What an interaction is like that only the AI has handled. */
export const attributes: Attributes = {
  path: 'ai',
  category: 'faq',
  complexity: 'low',
  emotion: 'neutral',
  channel: 'chat',
  market: 'CH',
  language: 'de',
  valueBand: 'mid',
  modelVersion: 'm1',
};
