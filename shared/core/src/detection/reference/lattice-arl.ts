/**
 * Exact average run length from zero of the lattice Bernoulli CUSUM of Reynolds and Stoumbos (1999):
 * S ← max(0, S + (m − 1 after an event, −1 after none)), alarm at S ≥ H. Solves A(s) = 1 + p·A(s + m − 1) + (1 − p)·A(max(0, s − 1)) by elimination
 * from s = 0 up, in O(H·m).
 */
export function latticeArl(m: number, limit: number, p: number): number {
  const up = m - 1;
  // A(s) = constant[s] + Σ_j ahead[s][j]·A(s + 1 + j), j < up
  const constant = new Float64Array(limit);
  const ahead = Array.from({ length: limit }, () => new Float64Array(up));
  for (let s = 0; s < limit; s++) {
    const row = ahead[s]!;
    const below = s > 0 ? ahead[s - 1]! : undefined;
    let rhs = 1;
    // 1 minus what A(s − 1), or A(0) itself, brings back to s.
    let diagonal = p;
    if (below) {
      rhs += (1 - p) * constant[s - 1]!;
      diagonal = 1 - (1 - p) * below[0]!;
      for (let j = 1; j < up; j++) row[j - 1] = (1 - p) * below[j]!;
    }
    row[up - 1] = row[up - 1]! + p;
    constant[s] = rhs / diagonal;
    for (let j = 0; j < up; j++) row[j] = s + 1 + j < limit ? row[j]! / diagonal : 0;
  }
  const value = new Float64Array(limit);
  for (let s = limit - 1; s >= 0; s--) {
    let sum = constant[s]!;
    for (let j = 0; j < up && s + 1 + j < limit; j++) sum += ahead[s]![j]! * value[s + 1 + j]!;
    value[s] = sum;
  }
  return value[0]!;
}
