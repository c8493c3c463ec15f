import { setImmediate as breathe } from 'node:timers/promises';
import { hourMs } from '@seamwatch/contracts/units.ts';
import type { Batch, OutRecord, Unit } from '@seamwatch/core/ports/event-log.ts';
import { Segments } from '@seamwatch/core/segments/segments.ts';
import { concatMap, finalize, from, lastValueFrom, takeWhile, tap } from 'rxjs';
import { CommitTimer } from './commit-pace.ts';
import type { StageOptions } from './journeys-stage.ts';
import { Turn } from './turn.ts';

/** The running minute is shown at most this often, and where that is dear, so seldom that it takes a tenth of the time. */
const provisionalEveryMs = 50;
const provisionalSeldomMs = 1_000;
const provisionalShare = 0.1;
/** All rates are shown again this often, so that the log's retention never takes the newest of a quiet segment. */
const showAllEveryMs = 12 * hourMs;

/** Closing weeks of minutes takes a while, in which the process must go on telling its group that it lives. */
const breathEveryMs = 50;
/** Nor may it be taken for stuck, or begin anew each time that it is interrupted. */
const closingCommitMs = 5_000;
/** What waits for a commit is in memory: thousands of segments show so many characters within a second or two of work. */
const largestOut = 2 ** 25;

/** Stage B: counts of all partitions in; rates, days, alerts and evidence out. One instance is active, others stand by. */
export async function segmentsStage(
  unit: Unit,
  options: StageOptions & { partitions: number; ratesFrom?: number },
): Promise<void> {
  const { policy, now, signal, partitions, ratesFrom } = options;
  const segments = new Segments({ policy, partitions, ...(ratesFrom === undefined ? {} : { ratesFrom }) });
  await unit.restore('state', (record) => segments.restore(record.key, record.value));
  const positions = segments.restored();

  const timer = new CommitTimer(options.pace, now);
  const turn = new Turn();
  const batches = unit.batches({ positions, idlePollMs: 100, signal });
  let position = positions.get('rollups-0') ?? 0;
  let unshown = false;
  let nextShowMs = 0;
  let showCostMs = 0;
  let shownAllMs = now();

  const commit = async (more: OutRecord[] = []) => {
    const startMs = performance.now();
    const { records, positions: reached } = segments.commit();
    await unit.commit([...records, ...more], reached);
    timer.took(performance.now() - startMs);
  };
  const apply = async (batch: Batch) => {
    let breathMs = performance.now();
    let commitMs = breathMs;
    for (const record of batch.records) {
      for (const _ of segments.applying(record)) {
        if (performance.now() - breathMs < breathEveryMs) continue;
        await breathe();
        breathMs = performance.now();
        if (breathMs - commitMs < closingCommitMs && segments.outSize < largestOut) continue;
        await commit();
        commitMs = performance.now();
      }
    }
    position = (batch.records.at(-1)?.offset ?? position - 1) + 1;
    return { records: batch.records.length, atEnd: batch.records.length === 0 || position >= batch.end };
  };
  const mayShow = () => !options.untilEnd && performance.now() >= nextShowMs;
  const provisional = (): OutRecord[] => {
    const startMs = performance.now();
    const before = process.threadCpuUsage();
    const records = segments.provisional();
    const { user } = process.threadCpuUsage(before);
    // What it costs as a rule: once a minute everything is added up anew.
    showCostMs = 0.8 * showCostMs + 0.2 * (user / 1_000);
    const pauseMs = Math.max(provisionalEveryMs, showCostMs / provisionalShare);
    nextShowMs = startMs + Math.min(provisionalSeldomMs, pauseMs);
    unshown = false;
    return records;
  };
  const commitWhenDue = async ({ records, atEnd }: Awaited<ReturnType<typeof apply>>) => {
    const again = atEnd && !options.untilEnd && now() - shownAllMs > showAllEveryMs;
    if (again) {
      shownAllMs = now();
      segments.showAll();
    }
    unshown ||= records > 0 && !options.untilEnd;
    const shows = atEnd && unshown && mayShow();
    // At the end of the log it commits when it may show: a commit that shows nothing new would only hold up the next.
    const full = segments.outSize >= largestOut;
    if (timer.due(records, atEnd && (shows || !unshown), again || shows || full))
      await commit(shows ? provisional() : []);
    options.onCommit?.({ stage: 'segments', records });
    return !(options.untilEnd && atEnd);
  };

  await lastValueFrom(
    from(turn.each(batches)).pipe(
      concatMap(apply),
      concatMap(commitWhenDue),
      takeWhile((goOn) => goOn),
      tap(() => turn.done()),
      finalize(() => turn.end()),
    ),
    { defaultValue: false },
  );
}
