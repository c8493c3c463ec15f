import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Context, storeFile } from '../context.ts';
import { checkProgress } from './check-progress.ts';
import { type Finding, wrong } from './finding.ts';

const lowBytes = 1024 ** 3;

/** Can the embedded store be written, and by this version? Makes nothing. */
export async function checkStore({ settings }: Context, nowMs: number): Promise<Finding[]> {
  const file = resolve(storeFile(settings));
  let folder = dirname(file);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK);
  } catch (error) {
    return [
      wrong(
        'store',
        error,
        'give this user the right to write there, or set SEAMWATCH_DATA to another folder',
      ),
    ];
  }
  const findings: Finding[] = [];
  if (!existsSync(file)) {
    findings.push({ about: 'store', state: 'ok', found: `${file} will be made at the first start` });
  } else {
    try {
      const log = openSqliteEventLog({ file });
      try {
        findings.push({
          about: 'store',
          state: 'ok',
          found: `${file} can be written, and has this version's format`,
        });
        findings.push(...(await checkProgress(log, nowMs)));
      } finally {
        await log.close();
      }
    } catch (error) {
      findings.push(wrong('store', error, todoOf(error)));
    }
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < lowBytes) {
    const found = `only ${Math.round((bavail * bsize) / 1024 ** 2)} MB are free in ${folder}`;
    findings.push({
      about: 'store',
      state: 'warning',
      found,
      todo: 'free some, or set SEAMWATCH_DATA to another disk',
    });
  }
  return findings;
}

function todoOf(error: unknown): string {
  if (error instanceof SeamError && error.code === 'SEAM_STORE_BUSY')
    return 'end the other process, or wait for it';
  return 'use the program that wrote it, or another folder (SEAMWATCH_DATA)';
}
