import { SeamError } from '@seamwatch/contracts/errors.ts';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { explain, UsageError } from './failure.ts';
import { prettyLines } from './pretty-lines.ts';
import { ProgressBar } from './progress-bar.ts';
import { span, table } from './text.ts';

describe('an error', () => {
  const error = new SeamError('SEAM_PORT_TAKEN', 'port 8787 is in use', { cause: new Error('EADDRINUSE') });

  it('is one line with its code', () => {
    expect(explain(error, false)).toBe('SEAM_PORT_TAKEN: port 8787 is in use');
    expect(explain(new UsageError('name a file'), false)).toBe('error: name a file');
    expect(explain(new TypeError('x is not a function'), false)).toBe(
      'SEAM_INTERNAL: x is not a function (--verbose shows where)',
    );
  });

  it('shows where it comes from when that is wanted', () => {
    expect(explain(error, true)).toMatch(
      /^SEAM_PORT_TAKEN: .*\n[\s\S]*\n {4}at .*\ncaused by Error: EADDRINUSE/m,
    );
  });
});

it('log lines on a terminal are short', () => {
  let text = '';
  const logger = pino(
    { base: { service: 'monitor' }, timestamp: pino.stdTimeFunctions.isoTime },
    prettyLines((line) => {
      text += line;
    }),
  );
  logger.warn({ code: 'SEAM_KAFKA_UNREACHABLE', attempt: 2 }, 'no broker answers');
  expect(text).toMatch(
    /^\d\d:\d\d:\d\d \S*warn \S* no broker answers {2}code=SEAM_KAFKA_UNREACHABLE {2}attempt=2\n$/,
  );
});

describe('a progress bar', () => {
  const drawn = (isTTY: boolean) => {
    let text = '';
    const write = (more: string | Uint8Array) => {
      text += more;
      return true;
    };
    const bar = new ProgressBar({ isTTY, columns: 60, write } as never);
    bar.show('reading', 0.5, '1,200 records');
    bar.end();
    return text;
  };

  it('is drawn on a terminal, and taken away at the end', () => {
    expect(drawn(true)).toBe(
      '\r\u001b[2Kreading [############............]  50 %  1,200 records  0 \r\u001b[2K',
    );
  });

  it('is silent elsewhere', () => {
    expect(drawn(false)).toBe('');
  });
});

it('tables align their columns, numbers to the right', () => {
  expect(
    table([
      ['read', 33344, 'rows'],
      ['sent', 7, ''],
    ]),
  ).toBe('read  33,344  rows\nsent       7');
});

it('spans are said in their two largest units', () => {
  expect([0, 999, 61_000, 90_000_000, -3_600_000].map(span)).toEqual([
    '0 s',
    '0 s',
    '1 min 1 s',
    '1 d 1 h',
    '1 h',
  ]);
});
