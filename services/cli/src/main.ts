#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Sources run as they are: the cache halves what a start costs.
enableCompileCache();
const { program } = await import('./program.ts');
const { run } = await import('./run.ts');

// The reader of a pipe may end first, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
const exitCode = await run(program, process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
