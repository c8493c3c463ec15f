/**
 * Exact average run length from zero of a CUSUM on a lattice (Reynolds, Stoumbos 1999): S ← max(0, S + up)
 * after an event, max(0, S − down) after none; alarm at S ≥ limit; whole numbers all. Solves A(s) = 1 + p·A(s
 * + up) + (1 − p)·A(max(0, s − down)) by banded elimination, in O(limit·up·down).
 */
export function latticeArl(up: number, down: number, limit: number, p: number): number {
  const width = up + down + 1;
  // Row s holds the coefficients of A(s − down) … A(s + up).
  const band = new Float64Array(limit * width);
  const right = new Float64Array(limit).fill(1);
  for (let s = 0; s < limit; s++) {
    const row = s * width + down - s;
    band[row + s] = 1;
    if (s + up < limit) band[row + s + up] = band[row + s + up]! - p;
    const below = Math.max(0, s - down);
    band[row + below] = band[row + below]! - (1 - p);
  }
  for (let s = 0; s < limit; s++) {
    const row = s * width + down - s;
    const last = Math.min(limit - 1, s + up);
    for (let r = s + 1; r <= Math.min(limit - 1, s + down); r++) {
      const other = r * width + down - r;
      const factor = band[other + s]! / band[row + s]!;
      if (factor === 0) continue;
      for (let c = s; c <= last; c++) band[other + c] = band[other + c]! - factor * band[row + c]!;
      right[r] = right[r]! - factor * right[s]!;
    }
  }
  for (let s = limit - 1; s >= 0; s--) {
    const row = s * width + down - s;
    let sum = right[s]!;
    for (let c = s + 1; c <= Math.min(limit - 1, s + up); c++) sum -= band[row + c]! * right[c]!;
    right[s] = sum / band[row + s]!;
  }
  return right[0]!;
}
