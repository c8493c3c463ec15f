import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Auth, addressedAsLoopback, isLoopback, sameOrigin } from './auth.ts';
import { allTokens, tokens } from './testing/gateway-fixture.ts';

const nothing = {
  SEAMWATCH_HOST: '127.0.0.1',
  SEAMWATCH_VIEW_TOKEN: undefined,
  SEAMWATCH_INGEST_TOKEN: undefined,
  SEAMWATCH_OPERATOR_TOKEN: undefined,
};
const day = 86_400_000;
const request = (headers: object) => ({ headers }) as IncomingMessage;
const bearer = (token: string) => request({ authorization: `Bearer ${token}` });
const cookieOf = (setCookie: string) => request({ cookie: `other=1; ${setCookie.split(';')[0]}` });

test('posting that is open to the network is refused at the start, with the way out', () => {
  const open = { ...nothing, SEAMWATCH_HOST: '0.0.0.0' };
  expect(() => new Auth(open, Date.now)).toThrow(expect.objectContaining({ code: 'SEAM_CONFIG' }));
  expect(() => new Auth(open, Date.now)).toThrow(/SEAMWATCH_INGEST_TOKEN/);
  expect(new Auth({ ...open, SEAMWATCH_INGEST_TOKEN: tokens.ingest }, Date.now).ingestIsOpen).toBe(false);
});

test.each([
  ['view', { read: true, ingest: false, change: false }],
  ['ingest', { read: false, ingest: true, change: true }],
  ['operator', { read: true, ingest: false, change: true }],
] as const)('the %s token may do what its role may', (role, expected) => {
  const auth = new Auth({ ...nothing, ...allTokens }, Date.now);
  const principal = auth.principal(bearer(tokens[role]));
  const may = {
    read: auth.mayDo('read', principal),
    ingest: auth.mayDo('ingest', principal),
    change: auth.mayDo('change', principal),
  };
  expect(may).toEqual(expected);
});

test('without tokens everything is open; a wrong token opens nothing that needs one', () => {
  const open = new Auth(nothing, Date.now);
  expect(open.mayDo('read', open.principal(request({})))).toBe(true);
  const closed = new Auth({ ...nothing, ...allTokens }, Date.now);
  const wrong = closed.principal(bearer(`${tokens.view}x`));
  expect(closed.mayDo('read', wrong) || closed.mayDo('ingest', wrong)).toBe(false);
});

test('a session survives a restart, lasts 400 days, and ends with its token', () => {
  let now = Date.UTC(2026, 2, 1);
  const settings = { ...nothing, ...allTokens };
  const cookie = new Auth(settings, () => now).openSession(new Set(['view']), false);
  expect(cookie).toContain('HttpOnly; SameSite=Strict');
  expect(cookie).not.toContain('Secure');
  expect(cookie).not.toContain(tokens.view);

  const restarted = new Auth(settings, () => now);
  expect(restarted.principal(cookieOf(cookie))).toEqual({ roles: new Set(['view']), via: 'session' });
  const rotated = new Auth({ ...settings, SEAMWATCH_VIEW_TOKEN: 'another-token-0123456' }, () => now);
  expect(rotated.principal(cookieOf(cookie)).roles).toEqual(new Set());
  const promoted = cookie.replace('=view.', '=operator.');
  expect(restarted.principal(cookieOf(promoted)).roles).toEqual(new Set());

  now += 401 * day;
  expect(restarted.principal(cookieOf(cookie)).roles).toEqual(new Set());
});

test('a session that is used is renewed after a month', () => {
  let now = Date.UTC(2026, 2, 1);
  const auth = new Auth({ ...nothing, ...allTokens }, () => now);
  const cookie = cookieOf(auth.openSession(new Set(['view']), true));
  now += 29 * day;
  expect(auth.renewal(cookie, true)).toBeUndefined();
  now += 2 * day;
  const renewed = auth.renewal(cookie, true)!;
  expect(renewed).toContain('; Secure');
  now += 399 * day;
  expect(auth.principal(cookieOf(renewed)).roles).toEqual(new Set(['view']));
});

test.each([
  [{}, true],
  [{ host: 'wall:8787', origin: 'http://wall:8787' }, true],
  [{ host: 'wall', origin: 'https://wall' }, true],
  [{ host: 'wall:8787', origin: 'http://evil.example' }, false],
  [{ host: 'wall:8787', origin: 'http://wall:9999' }, false],
  [{ host: 'wall:8787', origin: 'null' }, false],
])('a page of another origin is told apart (%o)', (headers, expected) => {
  expect(sameOrigin(request(headers))).toBe(expected);
});

test('loopback is recognised in all its spellings', () => {
  for (const host of ['localhost', '127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])
    expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', ''])
    expect(isLoopback(host)).toBe(false);
  expect(addressedAsLoopback(request({ host: '[::1]:8787' }))).toBe(true);
  expect(addressedAsLoopback(request({ host: 'localhost:8787' }))).toBe(true);
  expect(addressedAsLoopback(request({ host: 'rebound.example:8787' }))).toBe(false);
});
