import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closed, temporaryFolder } from './testing/store.ts';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the program as a user does, in a folder of its own and with no settings but these. */
function seamwatch(cwd: string, args: string[], settings: Record<string, string> = {}): Promise<Ended> {
  const { PATH, HOME, TMPDIR } = process.env;
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH, HOME, TMPDIR, ...settings } });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (text) => {
    ended.out += text;
  });
  child.stderr.on('data', (text) => {
    ended.err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...ended, code }));
  });
}

describe('the command line', { timeout: 60_000 }, () => {
  it('lists its commands, and describes each', async () => {
    const folder = temporaryFolder();
    const { code, out } = await seamwatch(folder, ['--help']);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z-]+) .*[a-z]/gm)].map(([, name]) => name!);
    expect(names).toEqual(
      expect.arrayContaining([
        'monitor',
        'gateway',
        'recorder',
        'simulate',
        'replay',
        'check',
        'topics',
        'doctor',
        'dead-letters',
        'forget',
      ]),
    );
    const helps = await Promise.all([
      seamwatch(folder, ['replay', '--help']),
      seamwatch(folder, ['topics', 'create', '--help']),
      seamwatch(folder, ['help', 'simulate']),
    ]);
    for (const help of helps)
      expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Usage: ') });
  });

  it('ends with 2 where the command line is wrong, and says what is possible', async () => {
    const folder = temporaryFolder();
    const wrong = [
      ['rewind'],
      ['replay'],
      ['replay', 'calls.csv'],
      ['replay', 'a.ndjson', '--to-store', '--to-kafka'],
      ['simulate', '--seed', 'many'],
      ['topics', 'create'],
      ['forget'],
      ['forget', '--customer', ''],
    ];
    for (const { code, out, err } of await Promise.all(wrong.map((args) => seamwatch(folder, args)))) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/^error: /);
    }
  });

  it('ends with 1 and one line where something fails, and shows where with --verbose', async () => {
    const folder = temporaryFolder();
    const [plain, verbose, setting] = await Promise.all([
      seamwatch(folder, ['replay', 'none.ndjson']),
      seamwatch(folder, ['replay', 'none.ndjson', '--verbose']),
      seamwatch(folder, ['doctor', '--json'], { SEAMWATCH_PROT: '1' }),
    ]);
    expect(plain).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^SEAM_CONFIG: none\.ndjson cannot be read: .*\n$/),
    });
    expect(verbose.err).toMatch(/\n {4}at /);
    expect(setting.code).toBe(1);
    expect(JSON.parse(setting.out)).toMatchObject({
      ok: false,
      findings: [
        {
          about: 'settings',
          state: 'wrong',
          found: expect.stringContaining('SEAMWATCH_PROT: no such setting'),
        },
      ],
    });
  });

  it('replays a file into the embedded store, and shows what it refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.env'), 'SEAMWATCH_DATA=kept-here\n');
    writeFileSync(
      join(folder, 'events.ndjson'),
      `${JSON.stringify(closed('a', '2026-03-01T10:00:00Z'))}\n{"not\n`,
    );
    const replayed = await seamwatch(folder, ['replay', 'events.ndjson']);
    expect(replayed).toMatchObject({ code: 0, err: '' });
    expect(replayed.out).toMatch(/^sent +1 {2}interactions 1; to the embedded store kept-here/m);
    expect(replayed.out).toMatch(/events\.ndjson:2 {2}SEAM_NOT_JSON/);
    const [listed, resent] = [
      await seamwatch(folder, ['dead-letters', 'list', '--json']),
      await seamwatch(folder, ['dead-letters', 'replay', '--json']),
    ];
    expect(JSON.parse(listed.out)).toMatchObject({
      total: 1,
      letters: [{ source: 'file:events.ndjson', value: '{"not' }],
    });
    expect(JSON.parse(resent.out)).toEqual({ sent: {}, stillBad: { SEAM_NOT_JSON: 1 } });
  });

  it('simulates the same bytes for the same seed', async () => {
    const folder = temporaryFolder();
    const span = ['--from', '2026-03-01', '--to', '2026-03-02', '--per-day', '200', '--out', '-'];
    const [one, same, other] = await Promise.all([
      seamwatch(folder, ['simulate', '--seed', '5', ...span]),
      seamwatch(folder, ['simulate', '--seed', '5', ...span]),
      seamwatch(folder, ['simulate', '--seed', '6', ...span]),
    ]);
    expect(one.out.split('\n').length).toBeGreaterThan(100);
    expect(same.out).toBe(one.out);
    expect(other.out).not.toBe(one.out);
    expect(one.err).toContain('to standard output');
  });
});

describe('check', { timeout: 60_000 }, () => {
  const check = (policy: string, ...args: string[]) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'seamwatch.yaml'), policy);
    return seamwatch(folder, ['check', ...args]);
  };

  it('lists every error of the policy with its line', async () => {
    const { code, out } = await check('version: 1\ntimeZone: Mars\nrepeat:\n  window: soon\n');
    expect(code).toBe(1);
    expect(out).toMatch(/^seamwatch\.yaml:2 {2}error {2}timeZone: not an IANA time zone$/m);
    expect(out).toMatch(/^seamwatch\.yaml:4 {2}error {2}repeat\.window: found "soon"/m);
    expect(out).toMatch(/^SEAM_POLICY_INVALID: 2 errors/m);
  });

  it('warns where success is measured by what can look well while customers leave', async () => {
    const policy = [
      'version: 1',
      'success:',
      '  primary: containment',
      '  target: 0.8',
      '  reviewAt: 2027-01-01',
      '  owner: Head of Service',
    ].join('\n');
    const { code, out } = await check(policy, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      errors: [],
      warnings: [
        { line: 3, path: 'success.primary', message: expect.stringContaining('gave up is contained') },
      ],
    });
    expect((await check(policy.replace('containment', 'durable_resolution'))).out).toBe(
      'seamwatch.yaml is valid\n',
    );
  });
});
