import type { Tier } from '@seamwatch/contracts/measures.ts';
import { type Attributes, categoryOf, Dictionary } from '../cells/cell.ts';
import { CellNumbers } from '../cells/cell-numbers.ts';
import { CellUse } from '../cells/cell-use.ts';

/**
 * The cells of one partition, by numbers of its own. A cell in which no interaction and no open handoff stands any more gives its
 * number back: model versions and categories come and go.
 */
export class KnownCells {
  readonly #texts = new Dictionary();
  readonly #numbers = new CellNumbers((key) => this.number(key));
  readonly #use = new CellUse();
  readonly #categories: (string | undefined)[] = [];
  readonly #changed: (cell: number, key: string | undefined) => void;

  /** `changed` is told of each new cell with its key, and of each that was forgotten without. */
  constructor(changed: (cell: number, key: string | undefined) => void) {
    this.#changed = changed;
  }

  /** The number of a cell, new or known. */
  of(tier: Tier, attributes: Attributes): number {
    return this.#numbers.of(tier, attributes);
  }

  /** The same, by its key. */
  number(key: string): number {
    const before = this.#texts.size;
    const cell = this.#texts.id(key);
    if (this.#texts.size > before) this.#changed(cell, key);
    return cell;
  }

  key(cell: number): string {
    return this.#texts.text(cell);
  }

  /** The key, or undefined where no cell has this number. */
  find(cell: number): string | undefined {
    return this.#texts.find(cell);
  }

  category(cell: number): string {
    const category = this.#categories[cell] ?? categoryOf(this.key(cell));
    this.#categories[cell] = category;
    return category;
  }

  /** An interaction or an open handoff stands in a cell from now on. */
  enter(cell: number): void {
    this.#use.enter(cell);
  }

  leave(cell: number): void {
    this.#use.leave(cell);
  }

  /** Only with a commit, since the counts of a rollup know a cell by its number. */
  forgetEmpty(): void {
    for (const cell of this.#use.takeEmpty()) {
      this.#numbers.forget(cell);
      this.#categories[cell] = undefined;
      this.#texts.remove(cell);
      this.#changed(cell, undefined);
    }
  }

  /** Puts a cell back under the number that it had; without a key: there is none any more. */
  restore(cell: number, key: string | undefined): void {
    this.#texts.restore(cell, key);
  }

  /** After the last, and after all that stand in cells have entered. */
  restored(): void {
    this.#texts.restored();
    this.#use.restored(this.#texts.ids());
  }
}
