import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachePath, makeOnce } from './cache.ts';
import { runChild } from './child-process.ts';
import { findProgram, requireTools, type Say, type Tool, toolEnvironment } from './tools.ts';

const run = promisify(execFile);

export const influxVersion = '2.7.12';

const orDocker =
  'Or run Docker, or give a server by SEAMWATCH_TEST_INFLUX_URL, SEAMWATCH_TEST_INFLUX_TOKEN and SEAMWATCH_TEST_INFLUX_ORG.';

const tools: Tool[] = [
  {
    name: 'go',
    packages: ['golang-go'],
    version: { args: ['version'], pattern: /go(\d+)\.(\d+)/, atLeast: [1, 23] },
    advice: `Install Go from https://go.dev/dl into /usr/local/go. ${orDocker}`,
  },
  {
    name: 'cargo',
    packages: ['cargo'],
    version: { args: ['--version'], pattern: /cargo (\d+)\.(\d+)/, atLeast: [1, 72] },
    advice: `Install Rust from https://rustup.rs. ${orDocker}`,
  },
  { name: 'cc', packages: ['gcc', 'libc6-dev'], advice: 'Run: apt-get install -y gcc libc6-dev' },
  { name: 'pkg-config', packages: ['pkg-config'], advice: 'Run: apt-get install -y pkg-config' },
];

// libflux (Rust, inside InfluxDB) turns warnings into errors, and newer compilers warn of more.
const rustcWrapper = `#!/bin/sh
case " $* " in *" --cap-lints"*) exec "$@" ;; *) exec "$@" --cap-lints allow ;; esac
`;

const pkgConfig = 'github.com/influxdata/pkg-config';

/** The path of an InfluxDB server, built from its Go module the first time: about 8 minutes on two cores. */
export async function influxServer(say: Say): Promise<string> {
  return makeOnce(cachePath(`influxd-${influxVersion}`, 'influxd'), async (partial) => {
    await requireTools(tools, say);
    const work = cachePath(`influxd-${influxVersion}`, 'build');
    const log = join(work, 'build.log');
    await mkdir(work, { recursive: true });
    await Promise.all(['go.mod', 'go.sum', 'build.log'].map((file) => rm(join(work, file), { force: true })));
    say(`building InfluxDB ${influxVersion}, once, about 8 minutes, log in ${log}`);
    await build(work, log, partial);
    await rm(work, { recursive: true, force: true });
  });
}

async function build(work: string, log: string, output: string): Promise<void> {
  const wrapper = join(work, 'rustc-without-lints');
  await writeFile(wrapper, rustcWrapper);
  await chmod(wrapper, 0o755);
  const env: NodeJS.ProcessEnv = {
    ...toolEnvironment(),
    // libflux is built inside Go's cache; a cache of its own can be deleted as a whole.
    GOCACHE: join(work, 'go-cache'),
    GOBIN: work,
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '1',
    RUSTC_WRAPPER: wrapper,
    ...(await activeRustToolchain()),
  };
  const go = (...args: string[]) => runChild('nice', ['go', ...args], { cwd: work, env, log });
  await go('mod', 'init', 'seamwatch.test/influxd');
  await go('get', '-tool', `github.com/influxdata/influxdb/v2/cmd/influxd@v${influxVersion}`);
  // A wrapper of InfluxData's that builds libflux with cargo when Go asks for it.
  const { stdout: version } = await run('go', ['list', '-m', '-f', '{{.Version}}', pkgConfig], {
    cwd: work,
    env,
  });
  await go('install', `${pkgConfig}@${version.trim()}`);
  env.PKG_CONFIG = join(work, 'pkg-config');
  await go(
    'build',
    '-trimpath',
    '-tags=sqlite_foreign_keys,sqlite_json',
    `-ldflags=-s -w -X main.version=v${influxVersion}`,
    `-o=${output}`,
    'github.com/influxdata/influxdb/v2/cmd/influxd',
  );
}

// Flux pins an old Rust in rust-toolchain.toml, which rustup would download; the one in use will do.
async function activeRustToolchain(): Promise<NodeJS.ProcessEnv> {
  const rustup = await findProgram('rustup');
  if (rustup === undefined) return {};
  const { stdout } = await run(rustup, ['show', 'active-toolchain'], { env: toolEnvironment() });
  return { RUSTUP_TOOLCHAIN: stdout.split(/\s/)[0] };
}
