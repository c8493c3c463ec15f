/** Moments of a sample; merges. */
export interface Sample {
  n: number;
  sum: number;
  squares: number;
}

export const sampleOf = (values: Iterable<number>): Sample => {
  const sample = { n: 0, sum: 0, squares: 0 };
  for (const value of values) {
    sample.n++;
    sample.sum += value;
    sample.squares += value * value;
  }
  return sample;
};

export const merged = (samples: readonly Sample[]): Sample =>
  samples.reduce((a, b) => ({ n: a.n + b.n, sum: a.sum + b.sum, squares: a.squares + b.squares }), {
    n: 0,
    sum: 0,
    squares: 0,
  });

/** A figure with its standard error. */
export interface Figure {
  value: number;
  se: number;
}

export function mean(sample: Sample): Figure {
  const value = sample.sum / sample.n;
  const variance = Math.max(0, sample.squares / sample.n - value * value);
  return { value, se: Math.sqrt(variance / Math.max(1, sample.n - 1)) };
}

export const meanOf = (values: Iterable<number>): Figure => mean(sampleOf(values));

export function share(hits: number, n: number): Figure {
  const value = hits / n;
  return { value, se: Math.sqrt(Math.max(value * (1 - value), 1 / n) / n) };
}

/** Median with its asymptotic standard error from order statistics. */
export function median(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const at = (q: number) => sorted[Math.max(0, Math.min(n - 1, Math.round(q)))]!;
  const spread = Math.sqrt(n) / 2;
  return { value: at((n - 1) / 2), se: (at(n / 2 + spread) - at(n / 2 - spread)) / 2 };
}

export const scaled = ({ value, se }: Figure, by: number): Figure => ({ value: value * by, se: se * by });

/** Mean of independent figures. */
export function average(figures: readonly Figure[]): Figure {
  const n = figures.length;
  return {
    value: figures.reduce((sum, f) => sum + f.value, 0) / n,
    se: Math.sqrt(figures.reduce((sum, f) => sum + f.se * f.se, 0)) / n,
  };
}

export const largest = (figures: readonly Figure[]): Figure =>
  figures.reduce((most, f) => (f.value > most.value ? f : most));
