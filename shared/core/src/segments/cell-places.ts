import { Dictionary } from '../cells/cell.ts';
import type { SegmentRules } from './segment-rules.ts';
import type { StateLog } from './state-log.ts';

/** A number for all cells that belong to the same segments: of ten thousand cells some fifty, so that sums go by place. */
export type Place = number;

/** Cells by stage B's own numbers: which numbers the partitions have for them, and which segments they belong to. */
export class CellPlaces {
  readonly #rules: SegmentRules;
  readonly #cells = new Dictionary();
  /** Of each cell that has been counted. */
  readonly #places: (Place | undefined)[] = [];
  /** Segment numbers of each place, and the place of each such list. */
  readonly #segments: (readonly number[])[] = [];
  readonly #bySegments = new Map<string, Place>();
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
  readonly placeOf = (cell: number): Place => this.#places[cell]!;
  readonly segmentsOf = (cell: number): readonly number[] => this.segmentsAt(this.placeOf(cell));

  readonly segmentsAt = (place: Place): readonly number[] => this.#segments[place]!;

  isPlaced(cell: number): boolean {
    return this.#places[cell] !== undefined;
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
    for (const cell of cells) if (!this.isPlaced(cell)) fresh.add(cell);
    for (const cell of [...fresh].sort(this.#byKey)) {
      this.#place(cell);
      this.#changed.push(`d${cell}`);
    }
  }

  #place(cell: number): void {
    const segments = this.#rules.of(this.key(cell));
    const list = segments.join();
    let place = this.#bySegments.get(list);
    if (place === undefined) {
      place = this.#segments.push(segments) - 1;
      this.#bySegments.set(list, place);
      this.#changed.push(`g${place}`);
    }
    this.#places[cell] = place;
  }

  readonly #byKey = (a: number, b: number): number => (this.key(a) < this.key(b) ? -1 : 1);

  /** Changed keys: `d` cells, `g` places, `p` partitions' numbers of cells. */
  putState(log: StateLog): void {
    for (const key of this.#changed.splice(0)) {
      const rest = key.slice(1);
      log.put(key, (to) => {
        if (key[0] === 'd') to.text(this.key(Number(rest))).byte(this.isPlaced(Number(rest)) ? 1 : 0);
        else if (key[0] === 'g') for (const segment of this.segmentsAt(Number(rest))) to.int(segment);
        else to.int(this.of(...numbersOf(rest)));
        return true;
      });
    }
  }

  /**
   * After the segments are known again. Sums stay at the places that they were counted for; a cell that another policy puts
   * into other segments has another place from now on.
   */
  restore(log: StateLog): void {
    log.each('g', (place, from) => {
      const segments: number[] = [];
      while (!from.done) segments.push(from.int());
      this.#segments[Number(place)] = segments;
      this.#bySegments.set(segments.join(), Number(place));
    });
    const placed: number[] = [];
    log.each('d', (id, from) => {
      this.#cells.restore(Number(id), from.text());
      if (from.byte() === 1) placed.push(Number(id));
    });
    for (const cell of placed.sort(this.#byKey)) this.#place(cell);
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
