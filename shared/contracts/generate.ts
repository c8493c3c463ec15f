import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { asyncApiDocument } from './src/asyncapi.ts';
import { policyJsonSchema } from './src/json-schemas.ts';
import { openApiDocument } from './src/openapi.ts';

/** Writes the documents that are made from the schemas; with `--check` fails where a file has drifted from them. */
const root = new URL('../../', import.meta.url);
const documents = {
  'docs/api/openapi.json': openApiDocument(),
  'docs/api/asyncapi.json': asyncApiDocument(),
  'docs/api/policy.schema.json': policyJsonSchema(),
};

function onDisk(file: string): unknown {
  try {
    return JSON.parse(readFileSync(new URL(file, root), 'utf8'));
  } catch {
    return undefined;
  }
}

const drifted = Object.entries(documents)
  .map(([file, document]) => ({ file, document: JSON.parse(JSON.stringify(document)) as unknown }))
  .filter(({ file, document }) => !isDeepStrictEqual(document, onDisk(file)));

if (process.argv.includes('--check')) {
  for (const { file } of drifted)
    console.error(`${file} differs from its schemas; run: node shared/contracts/generate.ts`);
  process.exitCode = drifted.length > 0 ? 1 : 0;
} else if (drifted.length > 0) {
  mkdirSync(new URL('docs/api/', root), { recursive: true });
  for (const { file, document } of drifted) {
    writeFileSync(new URL(file, root), `${JSON.stringify(document, null, 2)}\n`);
    console.log(`wrote ${file}`);
  }
  execFileSync('npx', ['biome', 'format', '--write', ...drifted.map((d) => d.file)], { cwd: root });
}
