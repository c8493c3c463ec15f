import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from '../../stack/child-process.ts';
import { freePort } from '../../stack/free-port.ts';

const cli = fileURLToPath(new URL('../../../services/cli/src/main.ts', import.meta.url));
const startMs = 60_000;

export interface Roles {
  monitor: Child;
  gateway: Child;
  /** Of the gateway. */
  url: string;
  close(): Promise<void>;
}

/** Starts a monitor and a gateway, each in a process of its own, on topics that are there; resolves once the gateway is ready. */
export async function startRoles(options: {
  brokers: string[];
  prefix: string;
  /** As in a policy file. */
  policy: object;
  /** For the policy and the logs. */
  folder: string;
}): Promise<Roles> {
  const { brokers, prefix, policy, folder } = options;
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, JSON.stringify(policy));
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SEAMWATCH_KAFKA_BROKERS: brokers.join(','),
    SEAMWATCH_KAFKA_TOPIC_PREFIX: prefix,
    SEAMWATCH_POLICY: policyFile,
    SEAMWATCH_PORT: String(port),
  };
  const start = (role: string) =>
    startChild(process.execPath, [cli, role], { log: join(folder, `${role}.log`), cwd: folder, env });
  const [monitor, gateway] = await Promise.all([start('monitor'), start('gateway')]);
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    for (const role of [monitor, gateway]) role.signal('SIGTERM');
    await Promise.all([monitor.ended, gateway.ended]);
  };
  const deadline = performance.now() + startMs;
  while (!(await isReady(url))) {
    if (performance.now() > deadline) {
      await close();
      throw new Error('the gateway was not ready within a minute');
    }
    await sleep(100);
  }
  return { monitor, gateway, url, close };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
