import { getOrAdd } from '../bytes/get-or-add.ts';

/** Rows in groups, which are numbered in the order of their first rows. */
export interface Groups {
  /** Group of each row. */
  of: Int32Array;
  /** First row of each group. */
  firsts: readonly number[];
}

/** Rows with the same values of some attributes share an effect. */
export interface Term extends Groups {
  /** Positions in the key. */
  attributes: readonly number[];
  /** The rows of the first group, of the second, …; and where those of each group end. */
  rows: Int32Array;
  ends: Int32Array;
}

/** Each attribute alone, then the first two together, the first three, … and all of them. */
export function nestedTerms(attributes: number): number[][] {
  const positions = Array.from({ length: attributes }, (_, i) => i);
  const singles = attributes > 1 ? positions.map((i) => [i]) : [];
  return [...singles, ...positions.slice(1).map((i) => positions.slice(0, i + 1))];
}

/**
 * Groups rows by the attributes of each term; once, for rows that are fitted several times. `keys`: attribute values
 * of each row, all of the same length.
 */
export function designOf(
  keys: readonly (readonly string[])[],
  terms: readonly (readonly number[])[],
): Term[] {
  const columns = new Map<number, Groups>();
  const column = (attribute: number) =>
    getOrAdd(columns, attribute, () => grouped(keys.map((key) => key[attribute])));
  return terms.map((attributes) => {
    const groups = attributes.map(column).reduce(crossed);
    return { attributes, ...groups, ...rowsByGroup(groups) };
  });
}

/** Rows with the same label are a group. */
export function grouped(labels: ArrayLike<unknown>): Groups {
  const numbers = new Map<unknown, number>();
  const of = new Int32Array(labels.length);
  const firsts: number[] = [];
  for (let row = 0; row < labels.length; row++) {
    let group = numbers.get(labels[row]);
    if (group === undefined) {
      group = firsts.push(row) - 1;
      numbers.set(labels[row], group);
    }
    of[row] = group;
  }
  return { of, firsts };
}

const crossed = (a: Groups, b: Groups): Groups =>
  grouped(new Float64Array(a.of).map((group, row) => group * b.firsts.length + b.of[row]!));

/** Counting sort. */
function rowsByGroup({ of, firsts }: Groups): Pick<Term, 'rows' | 'ends'> {
  const ends = new Int32Array(firsts.length);
  for (const group of of) ends[group] = ends[group]! + 1;
  for (let group = 1; group < ends.length; group++) ends[group] = ends[group]! + ends[group - 1]!;
  const next = ends.slice();
  const rows = new Int32Array(of.length);
  for (let row = of.length - 1; row >= 0; row--) {
    const group = of[row]!;
    next[group] = next[group]! - 1;
    rows[next[group]!] = row;
  }
  return { rows, ends };
}
