import { readVectors, runVector } from '../../../vectors.ts';
import { type Goal, row } from '../goal.ts';

interface Part {
  failed: number;
  vectors: number;
}

const ownFile = new URL('../../../vectors/fixture.json', import.meta.url).pathname;

/** Goal 13: reference vectors; those of the repository, and of the file that `SEAMWATCH_VECTORS` names. */
export const referenceVectors: Goal<{ file: string }, Part> = {
  id: 'vectors',
  tasks: () =>
    [ownFile, process.env.SEAMWATCH_VECTORS].filter((file) => file !== undefined).map((file) => ({ file })),
  run({ file }) {
    const vectors = readVectors(file);
    return { failed: vectors.filter((vector) => !runVector(vector).pass).length, vectors: vectors.length };
  },
  rows(parts, mode) {
    const failed = parts.reduce((sum, { part }) => sum + part.failed, 0);
    const vectors = parts.reduce((sum, { part }) => sum + part.vectors, 0);
    return [
      row('13', `reference vectors that fail, of ${vectors}`, { value: failed, se: 0 }, { max: 0 }, mode),
    ];
  },
};
