import type { Competitor } from './detectors.ts';

const perRow = 5;
const clock = 32;
const leastWindow = 10;
const leastPart = 5;

/**
 * ADWIN (Bifet, Gavaldà 2007) as stream libraries have it: an exponential histogram, cut where two parts of
 * the window differ, checked every 32 events. Alarms where the newer part is higher.
 */
export function adwin(delta: number): Competitor {
  /** Row r holds buckets of 2ʳ events, oldest first. */
  const rows: { sum: number; squares: number }[][] = [[]];
  let width = 0;
  let total = 0;
  let squares = 0;
  let seen = 0;

  function insert(event: number): void {
    rows[0]!.push({ sum: event, squares: 0 });
    if (width > 0) squares += ((event - total / width) ** 2 * width) / (width + 1);
    width++;
    total += event;
    for (let r = 0; r < rows.length && rows[r]!.length > perRow; r++) {
      const [a, b] = rows[r]!.splice(0, 2) as [
        { sum: number; squares: number },
        { sum: number; squares: number },
      ];
      if (r + 1 === rows.length) rows.push([]);
      const n = 2 ** r;
      rows[r + 1]!.push({
        sum: a.sum + b.sum,
        squares: a.squares + b.squares + (n / 2) * (a.sum / n - b.sum / n) ** 2,
      });
    }
  }

  function dropOldest(): void {
    const r = rows.length - 1;
    const oldest = rows[r]!.shift()!;
    const n = 2 ** r;
    width -= n;
    total -= oldest.sum;
    squares -= oldest.squares + ((oldest.sum / n - total / width) ** 2 * n * width) / (n + width);
    if (rows[r]!.length === 0) rows.pop();
  }

  /** Whether some cut tells two parts apart; 1 where the newer part is higher, −1 where lower. */
  function cut(): number {
    const variance = squares / width;
    const confidence = Math.log((2 * Math.log(width)) / delta);
    let n0 = 0;
    let sum0 = 0;
    for (let r = rows.length - 1; r >= 0; r--) {
      for (const bucket of rows[r]!) {
        n0 += 2 ** r;
        sum0 += bucket.sum;
        const n1 = width - n0;
        if (n1 < leastPart) return 0;
        if (n0 < leastPart) continue;
        const inverse = 1 / (n0 - leastPart + 1) + 1 / (n1 - leastPart + 1);
        const bound = Math.sqrt(2 * inverse * variance * confidence) + (2 / 3) * confidence * inverse;
        const difference = (total - sum0) / n1 - sum0 / n0;
        if (Math.abs(difference) > bound) return Math.sign(difference);
      }
    }
    return 0;
  }

  return {
    step(event) {
      insert(event);
      seen++;
      if (seen % clock !== 0 || width < leastWindow) return false;
      let higher = false;
      for (let sign = cut(); sign !== 0; sign = cut()) {
        if (sign > 0) higher = true;
        dropOldest();
      }
      return higher;
    },
  };
}
