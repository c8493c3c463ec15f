/** What a method gives, under the names that a vector's `expected` uses. */
export type Result = unknown;

export interface Comparison {
  /** Worst relative error over all expected numbers. */
  worst: number;
  /** Where something other than a number differs. */
  mismatch?: string;
}

/**
 * Holds `found` against every field that `expected` names; other fields of `found` do not matter. Numbers are
 * compared relative to the expected one, or absolutely where that is 0; counts, indices and nulls must be
 * equal. Sums that cancel (`observed_minus_expected`) are relative to one event.
 */
export function compare(expected: unknown, found: Result, path = ''): Comparison {
  if (typeof expected === 'number') return compareNumber(expected, found, path);
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) {
      return { worst: 0, mismatch: `${path}: ${JSON.stringify(found)} is no list of ${expected.length}` };
    }
    return worstOf(expected.map((value, i) => compare(value, found[i], `${path}[${i}]`)));
  }
  if (expected !== null && typeof expected === 'object') {
    const fields = (found ?? {}) as Record<string, unknown>;
    return worstOf(
      Object.entries(expected).map(([name, value]) =>
        compare(value, fields[name], path ? `${path}.${name}` : name),
      ),
    );
  }
  return Object.is(expected, found) ? { worst: 0 } : { worst: 0, mismatch: differs(path, expected, found) };
}

const exactFields = /(index|before|onset_at_crossing|^at|cohorts)(\[\d+])?$/;

function compareNumber(expected: number, found: unknown, path: string): Comparison {
  if (typeof found !== 'number' || Number.isNaN(found)) {
    return { worst: Infinity, mismatch: differs(path, expected, found) };
  }
  if (exactFields.test(path) && expected !== found) {
    return { worst: Infinity, mismatch: differs(path, expected, found) };
  }
  const error = Math.abs(expected - found);
  if (error === 0) return { worst: 0 };
  const magnitude = Math.abs(expected);
  const unit = path.includes('observed_minus_expected') ? Math.max(magnitude, 1) : magnitude || 1;
  return { worst: error / unit };
}

const differs = (path: string, expected: unknown, found: unknown): string =>
  `${path}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`;

function worstOf(parts: readonly Comparison[]): Comparison {
  const worst = parts.reduce((most, part) => Math.max(most, part.worst), 0);
  const mismatch = parts.find((part) => part.mismatch !== undefined)?.mismatch;
  return mismatch === undefined ? { worst } : { worst, mismatch };
}
