import { expect, test } from 'vitest';
import { checkPolicy, defaultPolicy, parsePolicy } from './policy.ts';

test('an empty policy takes every default', () => {
  const policy = defaultPolicy();
  expect(policy.minimumN).toBe(20);
  expect(policy.time).toEqual({ outOfOrder: 30_000, allowedLateness: 7 * 86_400_000, idleAfter: 120_000 });
  expect(policy.tiers.escalatedWithin).toBe(90 * 86_400_000);
});

test('every error is listed at once, each with its line and path', () => {
  const { issues } = checkPolicy(`version: 1
timeZone: Mars/Olympus
time:
  outOfOrder: soon
thresholds:
  - id: csat-floor
    measure: csat
    segment: all
    below: 4.1
    window: 24h
    authoriser: COO
    action: pause
`);
  expect(issues.map((i) => [i.line, i.path])).toEqual([
    [2, 'timeZone'],
    [4, 'time.outOfOrder'],
    [6, 'thresholds.0.owner'],
  ]);
  expect(issues[2]?.message).toContain('without an owner is refused');
});

test('YAML that cannot be read is an error with its line', () => {
  expect(() => parsePolicy('version: 1\nname: "open', 'p.yaml')).toThrow(/SEAM_POLICY_INVALID|p\.yaml:2/);
});

test('an unknown key is named', () => {
  expect(checkPolicy('version: 1\nagentsReplaced: 400\n').issues[0]?.message).toContain('agentsReplaced');
});

test.each([
  ['UTC', 0],
  ['Europe/Zurich', 0],
  ['Asia/Kolkata', 0],
  ['Asia/Calcutta', 0],
  ['Europe/Nowhere', 1],
  ['+01:00', 1],
])('time zone %s gives %i errors', (timeZone, errors) => {
  expect(checkPolicy(`version: 1\ntimeZone: "${timeZone}"`).issues.length).toBe(errors);
});

test.each([
  ['- { id: all, where: { path: ai } }', 1],
  ['- { id: "path:ai", where: { path: ai } }', 1],
  ['- { id: chat, where: { channel: chat } }\n  - { id: chat, where: { channel: web } }', 1],
  ['- { id: chat, where: { channel: chat } }\n  - { id: web, where: { channel: web } }', 0],
])('segments %j give %i errors', (segments, errors) => {
  expect(checkPolicy(`version: 1\nsegments:\n  ${segments}`).issues.length).toBe(errors);
});
