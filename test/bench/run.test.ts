import { describe, expect, it } from 'vitest';
import { optionsOf } from './run.ts';

describe('the command line of the speed benchmarks', () => {
  it('saves rows of the full form, and refuses to save those of the quick one', () => {
    expect(optionsOf(['--save', '--only', 'stage-a'])).toMatchObject({ save: true, only: 'stage-a' });
    expect(() => optionsOf(['--quick', '--save'])).toThrow(expect.objectContaining({ code: 'SEAM_CONFIG' }));
    expect(() => optionsOf(['--quick', '--save'])).toThrow(/--save keeps what the full form measured/);
  });
});
