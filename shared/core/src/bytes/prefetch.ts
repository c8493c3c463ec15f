/** So many rows are read ahead: what they lead to has room in the cache of a core. */
export const mostAhead = 64;

const seen = new Int32Array(1);

/** Takes what was only read to be in the cache, so that no compiler leaves the reading out. */
export function keep(value: number): void {
  seen[0]! ^= value;
}

/**
 * Calls `use` for each row in order; some rows before, each of `reads` gets of the memory of the row, or of what the row leads to. A
 * read from memory takes as long as 200 steps of a program. One after the other they are each waited for; reads that do not depend
 * on each other are waited for together, and cost a sixth. What depends on another read is for the next of `reads`.
 */
export function eachPrefetched(
  rows: readonly number[],
  reads: readonly ((row: number) => number)[],
  use: (row: number) => void,
): void {
  for (let from = 0; from < rows.length; from += mostAhead) {
    const to = Math.min(from + mostAhead, rows.length);
    for (const read of reads) {
      let all = 0;
      for (let at = from; at < to; at++) all ^= read(rows[at]!);
      keep(all);
    }
    for (let at = from; at < to; at++) use(rows[at]!);
  }
}
