/** An estimate with its interval. NaN throughout where nothing was observed. */
export interface Estimate {
  value: number;
  lower: number;
  upper: number;
}
