/**
 * Mergeable quantiles with a stated relative error (DDSketch: Masson, Rim, Lee 2019): value x falls into the bin
 * ⌈log_γ(x / floor)⌉, γ = (1 + α)/(1 − α), so that every value of a bin is within α of its middle. Bins are plain counts:
 * sketches are added, subtracted and stored like any other counter.
 */
export const sketch = {
  /** α: a quantile is within 1 % of the true one. */
  relativeError: 0.01,
  /** Waits up to this many ms count as zero. */
  floorMs: 100,
  /** Largest wait told apart: longer ones count as this long. */
  ceilingMs: 7 * 86_400_000,
} as const;

const gamma = (1 + sketch.relativeError) / (1 - sketch.relativeError);
const logGamma = Math.log(gamma);
export const sketchBins = Math.ceil(Math.log(sketch.ceilingMs / sketch.floorMs) / logGamma) + 1;

/** Bin of a duration in ms. */
export function sketchBin(ms: number): number {
  if (ms <= sketch.floorMs) return 0;
  const bin = Math.ceil(Math.log(ms / sketch.floorMs) / logGamma);
  return bin < sketchBins ? bin : sketchBins - 1;
}

/** The duration in ms that stands for a bin. */
export const sketchValue = (bin: number): number =>
  bin === 0 ? 0 : (sketch.floorMs * 2 * gamma ** bin) / (gamma + 1);

/**
 * The q-quantile (0 ≤ q ≤ 1, by rank ⌊q·(n − 1)⌋) of the counts `counts[offset …]`; null where they are all zero.
 */
export function sketchQuantile(counts: ArrayLike<number>, offset: number, q: number): number | null {
  let total = 0;
  for (let bin = 0; bin < sketchBins; bin++) total += counts[offset + bin]!;
  if (total <= 0) return null;
  const rank = Math.floor(q * (total - 1));
  let seen = 0;
  for (let bin = 0; bin < sketchBins; bin++) {
    seen += counts[offset + bin]!;
    if (seen > rank) return sketchValue(bin);
  }
  return sketchValue(sketchBins - 1);
}
