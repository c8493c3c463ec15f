import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Runs a script (a file URL) in a process of its own and yields what it prints, line by line as JSON. Throws where it fails. */
export async function* linesOf(script: string, args: readonly string[]): AsyncGenerator<unknown> {
  const options = ['--expose-gc', '--max-old-space-size=8192'];
  const file = fileURLToPath(script);
  const child = spawn(process.execPath, [...options, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with code ${code}`);
}
