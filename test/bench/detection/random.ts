/**
 * Seeded random numbers (sfc32) and the distributions that the simulations draw from. The same seed gives the
 * same stream.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** 32 random bits, 0 … 2³² − 1. */
  bits(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** In (0, 1). */
  uniform(): number {
    return (this.bits() + 0.5) / 4_294_967_296;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** By search from 0 in chunks: exact, O(np). */
  binomial(n: number, p: number): number {
    if (p > 0.5) return n - this.binomial(n, 1 - p);
    let sum = 0;
    for (let left = n; left > 0; left -= 500) sum += this.#smallBinomial(Math.min(left, 500), p);
    return sum;
  }

  #smallBinomial(n: number, p: number): number {
    if (p <= 0) return 0;
    const odds = p / (1 - p);
    let mass = (1 - p) ** n;
    let u = this.uniform();
    let k = 0;
    while (u > mass && k < n) {
      u -= mass;
      k++;
      mass *= (odds * (n - k + 1)) / k;
    }
    return k;
  }

  poisson(mean: number): number {
    let sum = 0;
    let left = mean;
    for (; left > 200; left -= 200) sum += this.#smallPoisson(200);
    return sum + this.#smallPoisson(left);
  }

  #smallPoisson(mean: number): number {
    let mass = Math.exp(-mean);
    let u = this.uniform();
    let k = 0;
    while (u > mass && k < 2_000) {
      u -= mass;
      k++;
      mass *= mean / k;
    }
    return k;
  }

  /** Marsaglia and Tsang; shape ≥ 1. */
  #gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(this.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  /** Beta with the given mean and standard deviation; sd < √(mean(1 − mean)/3). */
  beta(mean: number, sd: number): number {
    const size = (mean * (1 - mean)) / (sd * sd) - 1;
    const a = this.#gamma(Math.max(1, mean * size));
    const b = this.#gamma(Math.max(1, (1 - mean) * size));
    return a / (a + b);
  }

  /** Index drawn with the given probabilities. */
  pick(probabilities: ArrayLike<number>): number {
    let u = this.uniform();
    for (let i = 0; i < probabilities.length - 1; i++) {
      u -= probabilities[i]!;
      if (u < 0) return i;
    }
    return probabilities.length - 1;
  }
}
