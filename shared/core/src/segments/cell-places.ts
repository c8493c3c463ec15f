import { Dictionary } from '../cells/cell.ts';
import type { SegmentRules } from './segment-rules.ts';
import type { StateLog } from './state-log.ts';

/** Cells by stage B's own numbers: which numbers the partitions have for them, and which segments they belong to. */
export class CellPlaces {
  readonly #rules: SegmentRules;
  readonly #cells = new Dictionary();
  /** Segment numbers of each cell that has been counted. */
  readonly #segmentsOf: (number[] | undefined)[] = [];
  /** Stage B's number by partition and the partition's own number. */
  readonly #numbers: number[][];
  /** Keys of the state, as `putState` writes them. */
  #changed: string[] = [];

  constructor(rules: SegmentRules, partitions: number) {
    this.#rules = rules;
    this.#numbers = Array.from({ length: partitions }, () => []);
  }

  key(cell: number): string {
    return this.#cells.text(cell);
  }

  /** Of a cell that has been placed. */
  readonly segmentsOf = (cell: number): readonly number[] => this.#segmentsOf[cell]!;

  isPlaced(cell: number): boolean {
    return this.#segmentsOf[cell] !== undefined;
  }

  /** A partition uses a cell for the first time, under a number of its own. */
  meet(partition: number, id: number, key: string): void {
    const before = this.#cells.size;
    const cell = this.#cells.id(key);
    if (this.#cells.size > before) this.#changed.push(`d${cell}`);
    this.#numbers[partition]![id] = cell;
    this.#changed.push(`p${partition}-${id}`);
  }

  /** Number of a partition's cell. */
  of(partition: number, id: number): number {
    return this.#numbers[partition]![id]!;
  }

  /** New cells get their segments in the order of their keys when they first count, so that no order of sources shows in it. */
  place(cells: Iterable<number>): void {
    const fresh = new Set<number>();
    for (const cell of cells) if (!this.#segmentsOf[cell]) fresh.add(cell);
    for (const cell of [...fresh].sort(this.#byKey)) {
      this.#segmentsOf[cell] = this.#rules.of(this.key(cell));
      this.#changed.push(`d${cell}`);
    }
  }

  readonly #byKey = (a: number, b: number): number => (this.key(a) < this.key(b) ? -1 : 1);

  /** Changed keys: `d` cells, `p` partitions' numbers of them. */
  putState(log: StateLog): void {
    for (const key of this.#changed.splice(0)) {
      log.put(key, (to) => {
        if (key[0] === 'd') {
          const cell = Number(key.slice(1));
          to.text(this.key(cell)).byte(this.isPlaced(cell) ? 1 : 0);
        } else {
          to.int(this.of(...numbersOf(key.slice(1))));
        }
        return true;
      });
    }
  }

  /** After the segments are known again. */
  restore(log: StateLog): void {
    const placed: number[] = [];
    log.each('d', (id, from) => {
      this.#cells.restore(Number(id), from.text());
      if (from.byte() === 1) placed.push(Number(id));
    });
    for (const cell of placed.sort(this.#byKey)) this.#segmentsOf[cell] = this.#rules.of(this.key(cell));
    log.each('p', (rest, from) => {
      const [partition, id] = numbersOf(rest);
      this.#numbers[partition]![id] = from.int();
    });
  }
}

/** Key of a partition's own cell number: `partition-id`. */
const numbersOf = (key: string): [partition: number, id: number] => {
  const [partition, id] = key.split('-').map(Number);
  return [partition!, id!];
};
