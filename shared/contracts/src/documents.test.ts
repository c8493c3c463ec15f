import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asyncApiDocument } from './asyncapi.ts';
import { errorCodes } from './errors.ts';
import { policyJsonSchema } from './json-schemas.ts';
import { openApiDocument } from './openapi.ts';

const docs = (file: string) => readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');

test('docs/errors.md lists every error code once, with its meaning and a remedy', () => {
  const rows = [...docs('errors.md').matchAll(/^\| `(SEAM_\w+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  const listed = rows.map(([, code, meaning]) => [code, meaning]);
  expect(listed.toSorted()).toEqual(Object.entries(errorCodes).toSorted());
  for (const [, code, , remedy] of rows) expect(remedy?.length, code).toBeGreaterThan(10);
});

test.each([
  ['openapi.json', openApiDocument],
  ['asyncapi.json', asyncApiDocument],
  ['policy.schema.json', policyJsonSchema],
])('docs/api/%s is what the schemas say', (file, document) => {
  expect(JSON.parse(docs(`api/${file}`))).toEqual(JSON.parse(JSON.stringify(document())));
});

test.each([openApiDocument, asyncApiDocument])('every reference in the document has its target', (make) => {
  const document = JSON.parse(JSON.stringify(make()));
  const refs = new Set([...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((m) => m[1]!));
  expect(refs.size).toBeGreaterThan(10);
  for (const ref of refs) {
    const target = ref
      .split('/')
      .reduce<Record<string, unknown> | undefined>(
        (node, key) => node?.[key.replaceAll('~1', '/')] as Record<string, unknown> | undefined,
        document,
      );
    expect(target, ref).toBeDefined();
  }
});
