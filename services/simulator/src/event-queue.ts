/** A queue by time: a binary heap. Of equal times, what was pushed first comes out first. */
export class EventQueue<T> {
  private readonly heap: { timeMs: number; order: number; item: T }[] = [];
  private pushed = 0;

  get size(): number {
    return this.heap.length;
  }

  /** Time of the next item, or infinity. */
  get nextMs(): number {
    return this.heap[0]?.timeMs ?? Infinity;
  }

  push(timeMs: number, item: T): void {
    const { heap } = this;
    const entry = { timeMs, order: this.pushed++, item };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent]!;
      if (!before(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Takes out the next item; undefined where there is none. */
  pop(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last) return undefined;
    const size = heap.length;
    if (size === 0) return first.item;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && before(heap[child + 1]!, heap[child]!)) child++;
      const below = heap[child]!;
      if (!before(below, last)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
    return first.item;
  }
}

const before = (a: { timeMs: number; order: number }, b: { timeMs: number; order: number }): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.order < b.order);
