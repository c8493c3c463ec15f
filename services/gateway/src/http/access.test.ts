import { request } from 'node:http';
import { operations } from '@seamwatch/contracts/operations.ts';
import { expect, test } from 'vitest';
import { allTokens, gateway, http, tokens } from '../testing/gateway-fixture.ts';
import { closedEvent } from '../testing/records.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };
const signIn = (url: string, token: string, headers = {}) =>
  http(`${url}/v1/session`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ token }),
  });
const cookieOf = (headers: Headers) => ({ cookie: headers.get('set-cookie')!.split(';')[0]! });

/** As fetch, but with a Host header of choice. */
const withHost = (url: string, host: string, body: string) =>
  new Promise<number>((resolve, reject) => {
    const headers = {
      host,
      'content-type': 'application/x-ndjson',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${url}/v1/events`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end(body);
  });

test('with tokens set, nothing is read or posted without the right one', async () => {
  const { url } = await gateway({ settings: allTokens });
  for (const { method, path, access } of Object.values(operations)) {
    if (access === 'open' || access === 'metrics') continue;
    const address = url + path.replace('{id}', 'x');
    for (const headers of [{}, bearer('wrong-token-0123456789')]) {
      const answer = await http(address, { method, headers });
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect(answer.body.code).toBe('SEAM_UNAUTHORISED');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  }
  expect((await http(`${url}/v1/policy`, { headers: bearer(tokens.view) })).status).toBe(200);
  expect((await http(`${url}/v1/policy`, { headers: bearer(tokens.operator) })).status).toBe(200);
  expect((await http(`${url}/v1/policy`, { headers: bearer(tokens.ingest) })).status).toBe(401);
  const post = (token: string) =>
    http(`${url}/v1/events`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/x-ndjson' },
      body: JSON.stringify(closedEvent('1')),
    });
  expect((await post(tokens.ingest)).status).toBe(202);
  expect((await post(tokens.view)).status).toBe(401);
});

test('health, readiness and metrics need no token on loopback; behind a proxy metrics do', async () => {
  const { url } = await gateway({ settings: allTokens });
  expect((await http(`${url}/healthz`)).status).toBe(200);
  expect([200, 503]).toContain((await http(`${url}/readyz`)).status);
  expect((await http(`${url}/metrics`)).status).toBe(200);
  const forwarded = { 'x-forwarded-for': '203.0.113.7' };
  expect((await http(`${url}/metrics`, { headers: forwarded })).status).toBe(401);
  expect((await http(`${url}/metrics`, { headers: { ...forwarded, ...bearer(tokens.view) } })).status).toBe(
    200,
  );
});

test('a session signs in with a token, reads, and signs out', async () => {
  const { url } = await gateway({ settings: allTokens });
  expect((await http(`${url}/v1/session`)).body).toEqual({ role: null, mayRead: false });
  expect((await signIn(url, 'wrong-token-0123456789')).status).toBe(401);
  const signedIn = await signIn(url, tokens.view, { origin: url });
  expect(signedIn.body).toEqual({ role: 'view', mayRead: true });
  const cookie = cookieOf(signedIn.headers);
  expect((await http(`${url}/v1/overview`, { headers: cookie })).status).toBe(200);
  expect((await http(`${url}/v1/session`, { headers: cookie })).body).toEqual({
    role: 'view',
    mayRead: true,
  });
  const out = await http(`${url}/v1/session`, { method: 'DELETE', headers: cookie });
  expect(out.status).toBe(204);
  expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
});

test('a page of another origin can neither sign in nor post, whatever its cookie', async () => {
  const { url } = await gateway({ settings: allTokens });
  const evil = { origin: 'http://evil.example' };
  expect((await signIn(url, tokens.view, evil)).status).toBe(403);
  const cookie = cookieOf((await signIn(url, tokens.ingest)).headers);
  const post = (headers: Record<string, string>) =>
    http(`${url}/v1/events`, {
      method: 'POST',
      headers: { ...cookie, 'content-type': 'application/x-ndjson', ...headers },
      body: JSON.stringify(closedEvent('1')),
    });
  expect((await post(evil)).body).toMatchObject({ status: 403, code: 'SEAM_ORIGIN' });
  expect((await post({ origin: url })).status).toBe(202);
});

test('without a token, posting is open under a loopback name only', async () => {
  const { url, port } = await gateway();
  const event = JSON.stringify(closedEvent('1'));
  expect(await withHost(url, `localhost:${port}`, event)).toBe(202);
  expect(await withHost(url, `rebound.example:${port}`, event)).toBe(403);
});
