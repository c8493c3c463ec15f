/**
 * The physical limit: exact mean delay, in events, of the CUSUM that is told p₁ in advance, at an average run
 * length of A without change; zero-state (the change is there from the start) and steady-state. Computed from
 * the Markov chain of the chart on a lattice finer than 3e-4.
 */
export interface Limit {
  p0: number;
  p1: number;
  zero: number;
  steady: number;
}

const limits: Readonly<Record<string, readonly Limit[]>> = {
  '1e5': [
    { p0: 0.1, p1: 0.115, zero: 3174.315571, steady: 2840.507053 },
    { p0: 0.1, p1: 0.13, zero: 1101.03291, steady: 1008.33001 },
    { p0: 0.1, p1: 0.16, zero: 367.220473, steady: 342.755253 },
    { p0: 0.15, p1: 0.165, zero: 4077.182012, steady: 3622.57827 },
    { p0: 0.15, p1: 0.18, zero: 1429.03799, steady: 1299.922045 },
    { p0: 0.15, p1: 0.21, zero: 474.089688, steady: 439.887607 },
    { p0: 0.2, p1: 0.215, zero: 4788.317466, steady: 4235.886449 },
    { p0: 0.2, p1: 0.23, zero: 1694.179856, steady: 1534.359885 },
    { p0: 0.2, p1: 0.26, zero: 561.547269, steady: 518.728536 },
  ],
  '1e7': [
    { p0: 0.1, p1: 0.115, zero: 6969.714906, steady: 6581.132454 },
    { p0: 0.1, p1: 0.13, zero: 2095.427427, steady: 1995.254944 },
    { p0: 0.1, p1: 0.16, zero: 633.933108, steady: 608.620332 },
    { p0: 0.15, p1: 0.165, zero: 9350.809851, steady: 8818.431319 },
    { p0: 0.15, p1: 0.18, zero: 2795.197571, steady: 2653.705768 },
    { p0: 0.15, p1: 0.21, zero: 832.434924, steady: 796.877698 },
    { p0: 0.2, p1: 0.215, zero: 11331.800268, steady: 10685.42119 },
    { p0: 0.2, p1: 0.23, zero: 3380.030851, steady: 3203.028131 },
    { p0: 0.2, p1: 0.26, zero: 998.401308, steady: 953.698102 },
  ],
};

export const limitsAt = (threshold: number): readonly Limit[] =>
  limits[threshold.toExponential().replace('+', '')] ?? [];
