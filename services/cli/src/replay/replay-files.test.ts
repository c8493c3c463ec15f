import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { describe, expect, it } from 'vitest';
import type { MappingModule } from '../mapping.ts';
import { LogTarget } from '../targets/log-target.ts';
import { closed, contents, openStore, temporaryFolder } from '../testing/store.ts';
import { type ReplayOptions, type ReplaySummary, replayFiles } from './replay-files.ts';

function file(text: string | Buffer, name = 'events.ndjson'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

const lines = (...events: unknown[]) =>
  events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))).join('\n');

function replay(
  log: EventLog,
  files: string[],
  options: Partial<ReplayOptions> = {},
): Promise<ReplaySummary> {
  const target = new LogTarget(log, 'the store');
  return replayFiles({
    files,
    mapping: undefined,
    target,
    history: false,
    allowedLatenessMs: 7 * dayMs,
    ...options,
  });
}

const reportProgress = (log: EventLog, watermark: string) => {
  const source = {
    source: 'interactions-0',
    state: 'active',
    watermark,
    events: 1,
    late: 0,
    duplicates: 0,
    dead: 0,
    lag: null,
  };
  const progress = {
    kind: 'progress',
    asOf: watermark,
    sources: [source],
    deadByReason: {},
    series: 0,
    falseAlarmsPer30Days: 2,
  };
  return log.append([{ topic: 'rates', key: '~progress', value: JSON.stringify(progress) }]);
};

describe('a replay', () => {
  it('sends the events of all files in order of event time, with the bytes that they have', async () => {
    const log = openStore();
    const [a, b, c] = ['a', 'b', 'c'].map((id, i) =>
      JSON.stringify(closed(id, `2026-03-0${3 - i}T10:00:00Z`)),
    );
    const summary = await replay(log, [file(`${a}\r\n\r\n${b}`), file(` ${c} `)]);
    expect((await contents(log, 'interactions')).map(({ text, key }) => [text, key])).toEqual([
      [` ${c} `, 'c'],
      [b, 'b'],
      [a, 'a'],
    ]);
    expect(summary).toMatchObject({
      files: 2,
      read: 3,
      sent: { interactions: 3 },
      from: '2026-03-01T10:00:00.000Z',
      to: '2026-03-03T10:00:00.000Z',
    });
  });

  it('gives the same through files as in memory', async () => {
    const events = Array.from({ length: 500 }, (_, i) => {
      const at = new Date(Date.UTC(2026, 2, 1) + ((i * 7_919) % 500) * 60_000);
      return closed(`i${i}`, at.toISOString());
    });
    const path = file(lines(...events));
    const [small, large] = [openStore(), openStore()];
    await replay(small, [path], { memoryBytes: 10_000 });
    await replay(large, [path]);
    const texts = async (log: EventLog) => (await contents(log, 'interactions')).map(({ text }) => text);
    expect(await texts(small)).toEqual(await texts(large));
    expect(await texts(small)).toHaveLength(500);
  });

  it('keeps what is no event as a dead letter, with bytes, reason and line, and goes on', async () => {
    const log = openStore();
    const score = {
      surveyId: 's',
      interactionId: 'a',
      customerId: null,
      instrument: 'csat',
      score: 9,
      answeredAt: '2026-03-01T10:00:00Z',
    };
    const answer = {
      specversion: '1.0',
      id: 's',
      source: '/test',
      type: 'seam.survey.answered.v1',
      data: score,
    };
    const path = file(
      lines('{"not', answer, closed('a', '2026-03-01T10:00:00Z'), 'x'.repeat(2_000_000), {
        ...answer,
        type: 'other',
      }),
    );
    const summary = await replay(log, [path]);
    expect(summary).toMatchObject({
      read: 5,
      sent: { interactions: 1 },
      deadLettered: { SEAM_NOT_JSON: 1, SEAM_SCORE_RANGE: 1, SEAM_EVENT_TOO_LARGE: 1, SEAM_UNKNOWN_TYPE: 1 },
    });
    const letters = await contents(log, 'dead-letters');
    expect(letters.map(({ headers }) => [headers['seam-offset'], headers['seam-code']])).toEqual([
      ['1', 'SEAM_NOT_JSON'],
      ['2', 'SEAM_SCORE_RANGE'],
      ['4', 'SEAM_EVENT_TOO_LARGE'],
      ['5', 'SEAM_UNKNOWN_TYPE'],
    ]);
    expect(letters[0]).toMatchObject({
      key: 'file:events.ndjson-1',
      text: '{"not',
      headers: { 'seam-source': 'file:events.ndjson' },
    });
    expect(letters[1]?.text).toBe(JSON.stringify(answer));
    expect(letters[2]?.headers['seam-found']).toContain('2000000 bytes');
    expect(letters[2]?.text).toHaveLength(512 * 1024);
  });

  it('leaves each dead letter once, however often the file is replayed', async () => {
    const log = openStore();
    const path = file('{"not\n{"neither');
    await replay(log, [path]);
    await replay(log, [path]);
    expect(await contents(log, 'dead-letters')).toHaveLength(2);
  });

  it('unpacks gzip, and says when a file is cut off', async () => {
    const packed = gzipSync(
      lines(...Array.from({ length: 200 }, (_, i) => closed(`i${i}`, '2026-03-01T10:00:00Z'))),
    );
    expect(await replay(openStore(), [file(packed, 'events.ndjson.gz')])).toMatchObject({
      sent: { interactions: 200 },
    });
    await expect(replay(openStore(), [file(packed.subarray(0, -20), 'cut.ndjson.gz')])).rejects.toMatchObject(
      {
        code: 'SEAM_CONFIG',
        message: expect.stringContaining('unexpected end of file'),
      },
    );
  });

  it('refuses, before anything is sent, to go further behind the watermark than is allowed', async () => {
    const log = openStore();
    await reportProgress(log, '2026-03-01T00:00:00.000Z');
    await reportProgress(log, '2026-03-20T00:00:00.000Z');
    const path = file(
      lines('{"not', closed('a', '2026-03-12T23:00:00Z'), closed('b', '2026-03-14T00:00:00Z')),
    );
    await expect(replay(log, [path])).rejects.toMatchObject({
      code: 'SEAM_REPLAY_BEHIND',
      message: expect.stringMatching(/^1 event\(s\) lie more than 7 d behind .*2026-03-20.*2026-03-12T23:00/),
    });
    expect(await contents(log, 'interactions', 'dead-letters')).toEqual([]);
    expect(await replay(log, [path], { history: true })).toMatchObject({ sent: { interactions: 2 } });
  });

  it('takes late events that are still allowed', async () => {
    const log = openStore();
    await reportProgress(log, '2026-03-20T00:00:00.000Z');
    expect(await replay(log, [file(lines(closed('a', '2026-03-13T00:00:00Z')))])).toMatchObject({
      sent: { interactions: 1 },
    });
  });

  it('judges without sending in a dry run', async () => {
    const path = file(lines('{"not', closed('a', '2026-03-12T23:00:00Z')));
    expect(await replay(openStore(), [path], { target: undefined })).toMatchObject({
      events: { interactions: 1 },
      sent: {},
      deadLettered: { SEAM_NOT_JSON: 1 },
      target: null,
    });
  });
});

describe('a replay through a mapping', () => {
  const mapping: MappingModule = {
    timeZone: 'Europe/Berlin',
    default: (row, { event, localTime, line }) => {
      if (row.kind === 'noise') return 'skip';
      if (row.kind === 'odd') return { bad: 'an odd row' };
      const closedAt = localTime(row.at!);
      const { data } = closed(row.id!, closedAt);
      const one = event(`${row.id}/closed`, 'seam.interaction.closed.v1', data as never);
      return row.kind === 'wrong' ? { ...one, data: { line } } : row.kind === 'two' ? [one, 'skip'] : one;
    },
  };
  const rows = [
    'id,kind,at',
    'a,call,2026-07-01 12:00:00',
    'b,noise,',
    'c,odd,"x,y"',
    'd,call,yesterday',
    'e,wrong,2026-07-01 12:00:00',
    'f,two,2026-07-01 11:00:00',
    'short',
  ].join('\n');

  it('sends the events of its rows, and keeps the rows that it cannot map', async () => {
    const log = openStore();
    const summary = await replay(log, [file(rows, 'calls.csv')], { mapping });
    expect(summary).toMatchObject({
      read: 8,
      skipped: 2,
      sent: { interactions: 2 },
      deadLettered: { SEAM_REPLAY_ROW: 3, SEAM_WRONG_SHAPE: 1 },
      from: '2026-07-01T09:00:00.000Z',
    });
    const [first] = await contents(log, 'interactions');
    expect(JSON.parse(first!.text)).toMatchObject({
      id: 'f/closed',
      source: '/replay/calls.csv',
      time: '2026-07-01T09:00:00.000Z',
    });
    const letters = await contents(log, 'dead-letters');
    expect(letters.map(({ text, headers }) => [text, headers['seam-found']])).toEqual([
      ['c,odd,"x,y"', 'an odd row'],
      ['d,call,yesterday', '"yesterday" is no local time such as 1999-02-01 07:02:47'],
      ['e,wrong,2026-07-01 12:00:00', expect.stringContaining('expected string')],
      ['short', '1 fields, where the header has 3'],
    ]);
  });
});
