import type { InteractionClosed, InteractionHandedOff } from '@seamwatch/contracts/events.ts';
import type { ClosedFacts } from '@seamwatch/contracts/facts.ts';
import type { Path, Tier } from '@seamwatch/contracts/measures.ts';
import { type CellAttribute, cellAttributes, type EmotionBand } from '@seamwatch/contracts/policy.ts';

/** The finest slice that is counted; its key lists the attributes in the order of `cellAttributes`. */
export type Cell = Readonly<Record<CellAttribute, string>>;

export const unknown = 'unknown';

/** −1 … 1 in three bands; a third each. */
export function emotionBand(emotion: number | undefined): EmotionBand {
  if (emotion === undefined) return unknown;
  if (emotion < -1 / 3) return 'negative';
  return emotion > 1 / 3 ? 'positive' : 'neutral';
}

/** What actually happened: AI only, handed off, or human only. */
export function pathOf(interaction: {
  startedWith: InteractionClosed['startedWith'];
  handoffs: readonly unknown[];
}): Path {
  if (interaction.startedWith === 'human') return 'human';
  return interaction.handoffs.length > 0 ? 'seam' : 'ai';
}

/** A cell before the policy has said its tier. */
export type Attributes = Omit<Cell, 'tier'>;

export function attributesOf(interaction: ClosedFacts): Attributes {
  return {
    path: pathOf(interaction),
    category: interaction.category,
    complexity: interaction.complexity ?? unknown,
    emotion: emotionBand(interaction.emotion),
    channel: interaction.channel,
    market: interaction.market ?? unknown,
    language: interaction.language ?? unknown,
    valueBand: interaction.valueBand ?? unknown,
    modelVersion: interaction.modelVersion ?? unknown,
  };
}

/** Of an interaction that is not closed yet, only as much as its handoff tells. */
export const attributesOfHandoff = (handoff: InteractionHandedOff): Attributes => ({
  path: 'seam',
  category: handoff.category ?? unknown,
  complexity: unknown,
  emotion: unknown,
  channel: handoff.channel ?? unknown,
  market: unknown,
  language: unknown,
  valueBand: unknown,
  modelVersion: unknown,
});

export const cellKey = (tier: Tier, a: Attributes): string =>
  `${tier}|${a.path}|${a.category}|${a.complexity}|${a.emotion}|${a.channel}|${a.market}|${a.language}|${a.valueBand}|${a.modelVersion}`;

export function parseCell(key: string): Cell {
  const parts = key.split('|');
  return Object.fromEntries(cellAttributes.map((name, i) => [name, parts[i] ?? unknown])) as Cell;
}

const categoryPlace = cellAttributes.indexOf('category');

/** As `parseCell` gives it, without the rest. */
export const categoryOf = (key: string): string =>
  key.split('|', categoryPlace + 1)[categoryPlace] ?? unknown;

/** Small numbers for texts, in order of first sight. Those of texts that were removed are used again. */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #texts: (string | undefined)[] = [];
  #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#texts.length;
      this.#texts[id] = text;
      this.#ids.set(text, id);
    }
    return id;
  }

  /** Numbers in use. */
  ids(): Iterable<number> {
    return this.#ids.values();
  }

  /** The text, or undefined where there is none. */
  find(id: number): string | undefined {
    return this.#texts[id];
  }

  text(id: number): string {
    const text = this.find(id);
    if (text === undefined) throw new RangeError(`no text has number ${id}`);
    return text;
  }

  remove(id: number): void {
    this.#drop(id);
    this.#free.push(id);
  }

  /** Puts a text back under the number that it had; undefined: there is none any more. */
  restore(id: number, text: string | undefined): void {
    this.#drop(id);
    if (text === undefined) return;
    this.#ids.set(text, id);
    this.#texts[id] = text;
  }

  /** After the last: numbers without a text are free. */
  restored(): void {
    this.#free = [...this.#texts.keys()].filter((id) => this.#texts[id] === undefined);
  }

  #drop(id: number): void {
    const text = this.#texts[id];
    if (text !== undefined && this.#ids.get(text) === id) this.#ids.delete(text);
    if (text !== undefined) this.#texts[id] = undefined;
  }
}
