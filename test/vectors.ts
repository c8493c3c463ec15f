import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { compare } from './vectors/compare.ts';
import { methods, type Vector } from './vectors/methods.ts';

export interface VectorResult {
  name: string;
  worst: number;
  pass: boolean;
  reason?: string;
}

/** Runs one vector. An unknown method, and whatever a method throws, is a failure. */
export function runVector(vector: Vector): VectorResult {
  const method = methods[vector.method];
  if (!method) {
    return { name: vector.name, worst: Infinity, pass: false, reason: `unknown method: ${vector.method}` };
  }
  try {
    const { worst, mismatch } = compare(vector.expected, method(vector));
    const pass = mismatch === undefined && worst <= vector.rtol;
    const reason = mismatch ?? (pass ? undefined : `allowed is ${vector.rtol}`);
    return { name: vector.name, worst, pass, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    return { name: vector.name, worst: Infinity, pass: false, reason: String(error) };
  }
}

/** Vectors of a file. Throws where it holds none. */
export function readVectors(file: string): Vector[] {
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors?: Vector[] };
  if (!Array.isArray(vectors) || vectors.length === 0) throw new Error(`${file} holds no vectors`);
  return vectors;
}

function main(file: string | undefined): number {
  if (file === undefined) {
    console.error('usage: npm run -s vectors -- FILE');
    return 2;
  }
  let vectors: Vector[];
  try {
    vectors = readVectors(file);
  } catch (error) {
    console.error(`no vectors in ${file}: ${(error as Error).message}`);
    return 2;
  }
  let failed = 0;
  for (const vector of vectors) {
    const { name, worst, pass, reason } = runVector(vector);
    if (!pass) failed++;
    const error = worst.toExponential(1).padStart(9);
    console.log(`${name.padEnd(32)} ${error}  ${pass ? 'pass' : 'FAIL'}${reason ? `  ${reason}` : ''}`);
  }
  return failed > 0 ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv[2]);
}
