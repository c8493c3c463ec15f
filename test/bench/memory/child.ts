import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script (a file URL) in a process of its own and yields what it prints, line by line as JSON. For each line that is asked
 * for, the script gets an empty one on its standard input, which it may wait for. Throws where it fails.
 */
export async function* linesOf(
  script: string,
  args: readonly string[],
): AsyncGenerator<unknown, void, undefined> {
  const options = ['--expose-gc', '--max-old-space-size=8192'];
  const child = spawn(process.execPath, [...options, fileURLToPath(script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  // One that has ended takes no more.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  try {
    for (;;) {
      child.stdin.write('\n');
      const line = await lines.next();
      if (line.done) break;
      yield JSON.parse(line.value);
    }
  } finally {
    child.stdin.end();
  }
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`${script} ended with code ${code}`);
}
