import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parsePolicy } from '@seamwatch/contracts/policy.ts';
import { readSettings, settingSchemas } from '@seamwatch/contracts/settings.ts';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

interface Service {
  image: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: (string | { type: string; source: string; target: string; read_only?: boolean })[];
  healthcheck?: { test: string[] };
  build?: { context: string; dockerfile: string };
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const infra = join(root, 'infra');
const text = readFileSync(join(infra, 'compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build);

/** `NAME=value` lines of `.env.example`. */
const example = readFileSync(join(infra, '.env.example'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => line.slice(0, line.indexOf('=')));

const filledIn = (value: string): string =>
  value.replace(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (whole, name: string, rest: string) =>
    whole.includes(':-') ? rest : name.endsWith('_TOKEN') ? 'a-token-of-16-characters' : 'x',
  );

test('the file is a valid Compose file', () => {
  const require = createRequire(import.meta.url);
  const schemaFile = join(
    dirname(require.resolve('docker-compose/package.json')),
    'schema/compose-spec.json',
  );
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0];
  // The specification names its draft with a letter too many.
  const draft7 = Object.assign(schema, { $schema: 'http://json-schema.org/draft-07/schema#' });
  const valid = z.fromJSONSchema(draft7);
  expect(valid.safeParse({ services: { a: { imagee: 'x' } } }).success).toBe(false);
  expect(valid.safeParse(compose).error?.issues ?? []).toEqual([]);
});

describe.each(services)('service %s', (_, service) => {
  test('has an image with a pinned version', () => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
  });

  test('waits only for services that are there, and in a way that they can fulfil', () => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[name];
      expect(other, name).toBeDefined();
      if (condition === 'service_healthy') expect(other?.healthcheck?.test[0]).toBe('CMD');
    }
  });

  test('publishes its ports on 127.0.0.1 only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('mounts named volumes that are declared, and files that are there, read-only', () => {
    for (const volume of service.volumes ?? []) {
      const { source, readOnly } =
        typeof volume === 'string'
          ? { source: volume.split(':')[0]!, readOnly: volume.endsWith(':ro') }
          : { source: volume.source, readOnly: volume.read_only };
      if (source.startsWith('.')) {
        expect(existsSync(join(infra, source)), source).toBe(true);
        expect(readOnly, source).toBe(true);
      } else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test('names only settings that exist, with values that they take', () => {
    const named = Object.entries(service.environment ?? {}).filter(([name]) => name.startsWith('SEAMWATCH_'));
    for (const [name] of named) expect(Object.keys(settingSchemas)).toContain(name);
    const env = Object.fromEntries(named.map(([name, value]) => [name, filledIn(value)]));
    readSettings({ ...env, ...(env.SEAMWATCH_HASH_KEY && { SEAMWATCH_HASH_KEY: 'x'.repeat(16) }) }, () => '');
  });
});

test.each(ours)('%s runs a command that the program has, from the one image', async (_, service) => {
  const { command = [], image, build } = service;
  const main = join(root, 'services/cli/src/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...command, '--help']);
  expect(stdout).toContain(`Usage: seamwatch ${command.filter((word) => /^[a-z]+$/.test(word)).join(' ')} `);
  expect([image, build]).toEqual([ours[0]?.[1].image, { context: '..', dockerfile: 'infra/Dockerfile' }]);
});

test('every variable that the file asks for is in .env.example, and every one there is used', () => {
  const asked = new Set(Array.from(text.matchAll(/\$\{(\w+)/g), ([, name]) => name!));
  expect(new Set(example)).toEqual(asked);
});

test('no secret has a value in the repository', () => {
  const lines = readFileSync(join(infra, '.env.example'), 'utf8').split('\n');
  for (const line of lines) if (/^\w*(TOKEN|PASSWORD|KEY)=/.test(line)) expect(line).toMatch(/=$/);
});

test('the policy beside it is valid', () => {
  const file = join(infra, 'policy/seamwatch.yaml');
  expect(parsePolicy(readFileSync(file, 'utf8'), file).falseAlarms.per30Days).toBe(2);
});

test('Grafana finds its datasource and dashboard where the provisioning files say', () => {
  const provisioning = join(root, 'dashboards/grafana/provisioning');
  const read = (name: string): unknown => parse(readFileSync(join(provisioning, name), 'utf8'));
  const { datasources } = read('datasources/influxdb.yaml') as {
    datasources: { url: string; jsonData: object; secureJsonData: object }[];
  };
  const { providers } = read('dashboards/seamwatch.yaml') as { providers: { options: { path: string } }[] };
  const grafana = compose.services.grafana;
  const named = Array.from(JSON.stringify(datasources).matchAll(/"\$(\w+)"/g), ([, name]) => name);
  expect(Object.keys(grafana?.environment ?? {})).toEqual(expect.arrayContaining(named));
  expect(named).toHaveLength(4);
  expect(grafana?.volumes).toContainEqual(`../dashboards/grafana/generated:${providers[0]?.options.path}:ro`);
});
