/** Standard normal distribution, in double precision. */

/** P(Z ≤ z); relative error below 1e-12 in the left tail, absolute below 1e-15 elsewhere. */
export function normalCdf(z: number): number {
  const x = Math.abs(z);
  if (x < 3) return 0.5 + Math.sign(z) * density(x) * centralSeries(x);
  const tail = x > 38.5 ? 0 : density(x) * millsRatio(x);
  return z > 0 ? 1 - tail : tail;
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** (Φ(x) − ½)/φ(x) = x + x³/3 + x⁵/(3·5) + … (Abramowitz, Stegun 26.2.11). */
function centralSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; term > 1e-17 * sum; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum;
}

/** (1 − Φ(x))/φ(x) = 1/(x + 1/(x + 2/(x + 3/(x + …)))) (26.2.14), from the inside out. */
function millsRatio(x: number): number {
  let fraction = x;
  for (let k = 120; k > 0; k--) fraction = x + k / fraction;
  return 1 / fraction;
}

/** The z with P(Z ≤ z) = p, to 1e-12 in the left half; −∞ at 0, ∞ at 1, NaN outside. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
  if (p > 0.5) return -normalQuantile(1 - p);
  // Start within 4.5e-4 (Hastings, 26.2.23), then Halley steps, whose error is cubed each time.
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const error = (normalCdf(z) - p) / density(z);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}

/** z of a two-sided 95 % interval. */
export const z95 = 1.959963984540054;
