import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { KafkaLogOptions } from '@seamwatch/adapters/kafka/kafka-event-log.ts';

/** A process that copies `interactions` to `rollups`, and what it said of its commits. */
export interface Owner {
  process: ChildProcess;
  commits: number;
  partitions: Set<string>;
}

/** Processes that take part in the group `journeys`, to be killed and frozen. */
export class Owners {
  readonly #options: KafkaLogOptions;
  readonly #recordsPerCommit: number;
  readonly #all: ChildProcess[] = [];

  constructor(options: KafkaLogOptions, recordsPerCommit: number) {
    this.#options = options;
    this.#recordsPerCommit = recordsPerCommit;
  }

  start(): Owner {
    const script = fileURLToPath(import.meta.resolve('@seamwatch/adapters/contract/committing-owner.ts'));
    const args = [script, JSON.stringify({ kafka: this.#options }), String(this.#recordsPerCommit)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#all.push(child);
    const owner: Owner = { process: child, commits: 0, partitions: new Set() };
    child.stdout.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').slice(0, -1)) {
        owner.commits++;
        owner.partitions.add(line.split(' ')[0]!);
      }
    });
    return owner;
  }

  killAll(): void {
    for (const child of this.#all) child.kill('SIGKILL');
  }
}
