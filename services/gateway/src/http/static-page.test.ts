import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allTokens, gateway, temporaryFolder } from '../testing/gateway-fixture.ts';

function build(folder: string, title = 'Seamwatch'): string {
  const page = join(folder, 'dist');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), `<!doctype html><title>${title}</title>`);
  writeFileSync(join(page, 'assets', 'index-Bx3f9_Qa.js'), `console.log('${'x'.repeat(2_000)}');`);
  writeFileSync(join(page, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(page, 'link.txt'));
  return page;
}

/** Sends the path as it is, where fetch would tidy it up. */
const raw = (port: number, path: string) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path }, (response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('error', reject);
    sent.end();
  });

test('the page is served with types, safe headers and the right caching, also before anybody signs in', async () => {
  const { url } = await gateway({ pageDir: build(temporaryFolder()), settings: allTokens });
  const index = await fetch(`${url}/`);
  expect(await index.text()).toContain('<title>Seamwatch</title>');
  expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(index.headers.get('cache-control')).toBe('no-cache');
  expect(index.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(index.headers.get('x-content-type-options')).toBe('nosniff');

  const again = await fetch(`${url}/`, { headers: { 'if-none-match': index.headers.get('etag')! } });
  expect([again.status, await again.text()]).toEqual([304, '']);

  const script = await fetch(`${url}/assets/index-Bx3f9_Qa.js`);
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('content-encoding')).toBe('gzip');
  expect(await script.text()).toContain('console.log');
  expect((await fetch(`${url}/icon.svg`)).headers.get('content-type')).toBe('image/svg+xml');
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/....//secret.txt',
  '//secret.txt',
  '/link.txt',
  '/assets',
  '/index.html%00.txt',
])('no path leads out of the folder: %s', async (path) => {
  const { port } = await gateway({ pageDir: build(temporaryFolder()) });
  const { status, body } = await raw(port, path);
  expect(status).toBe(404);
  expect(body).not.toContain('"secret"');
  expect(JSON.parse(body)).toMatchObject({ code: 'SEAM_NOT_FOUND' });
});

test('a page that is not built says how to build it, and appears once it is built', async () => {
  const folder = temporaryFolder();
  const { url } = await gateway({ pageDir: join(folder, 'dist') });
  const missing = await fetch(`${url}/`);
  expect(missing.status).toBe(503);
  expect(await missing.text()).toContain('npm run build:page');
  build(folder);
  expect((await fetch(`${url}/`)).status).toBe(200);
});
