import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { subprotocol } from '@seamwatch/contracts/frames.ts';
import { WebSocket } from 'ws';
import { frameOf, ratesOf } from './rates.ts';

const everyMs = 1_000;
const connectedAtOnce = 50;
/** Other frames are far smaller. */
const ratesBytes = frameOf(ratesOf(0)).length / 2;

export interface Measured {
  framesPerCpuSecond: number;
  p99Ms: number;
}

/** One server in a process of its own, and all its clients in this one. */
export class Side {
  readonly #child: ChildProcess;
  readonly #clients: WebSocket[] = [];
  readonly #latencies: number[] = [];
  #publishedMs = 0;
  #second = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async open(kind: 'product' | 'baseline', clients: number): Promise<Side> {
    const script = fileURLToPath(import.meta.resolve('./serve.ts'));
    const child = spawn(process.execPath, [script, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const side = new Side(child);
    while (side.#clients.length < clients) {
      const some = Math.min(connectedAtOnce, clients - side.#clients.length);
      await Promise.all(Array.from({ length: some }, () => side.#connect(Number(port))));
    }
    return side;
  }

  async #connect(port: number): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`, [subprotocol]);
    this.#clients.push(socket);
    socket.on('message', (data: Buffer) => {
      if (data.length > ratesBytes) this.#latencies.push(performance.now() - this.#publishedMs);
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe' }));
  }

  /** Rates each second. A gateway may join what a slow client gets late. */
  async measure(seconds: number): Promise<Measured> {
    await this.#publish();
    this.#latencies.length = 0;
    const before = await cpuSecondsOf(this.#child.pid!);
    for (let second = 0; second < seconds; second++) await this.#publish();
    const cpuSeconds = (await cpuSecondsOf(this.#child.pid!)) - before;
    const frames = this.#latencies.length;
    const ascending = this.#latencies.toSorted((a, b) => a - b);
    return { framesPerCpuSecond: frames / cpuSeconds, p99Ms: ascending[Math.floor(0.99 * frames)]! };
  }

  async #publish(): Promise<void> {
    this.#publishedMs = performance.now();
    this.#child.stdin?.write(`${this.#second++}\n`);
    await sleep(everyMs);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.terminate();
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

/** CPU time of all threads so far. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const spent = await Promise.all(
    threads.map(async (thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
  );
  return spent.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e9;
}
