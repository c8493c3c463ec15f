/** A distribution of survey scores, lowest first, as the simulations use it. */
export interface Scores {
  probabilities: readonly number[];
  /** Mean dissatisfaction, (best − score)/(best − worst). */
  m0: number;
  /** m₀(1 − m₀)/σ². */
  spread: number;
}

export function scoresOf(probabilities: readonly number[]): Scores {
  const best = probabilities.length - 1;
  const x = (j: number) => (best - j) / best;
  const m0 = probabilities.reduce((sum, p, j) => sum + p * x(j), 0);
  const variance = probabilities.reduce((sum, p, j) => sum + p * (x(j) - m0) ** 2, 0);
  return { probabilities, m0, spread: (m0 * (1 - m0)) / variance };
}

/** The exponential tilt of a distribution that gives mean dissatisfaction `m1`. */
export function tilted({ probabilities }: Scores, m1: number): Scores {
  const best = probabilities.length - 1;
  let [low, high] = [-20, 20];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (tilt(probabilities, best, middle).m0 < m1) low = middle;
    else high = middle;
  }
  return tilt(probabilities, best, low);
}

function tilt(probabilities: readonly number[], best: number, by: number): Scores {
  const weights = probabilities.map((p, j) => p * Math.exp((by * (best - j)) / best));
  const total = weights.reduce((a, b) => a + b, 0);
  return scoresOf(weights.map((w) => w / total));
}
