import type { Policy } from '@seamwatch/contracts/policy.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import { type Batch, type OutRecord, sourceName, type Unit } from '@seamwatch/core/ports/event-log.ts';
import { concatMap, finalize, from, lastValueFrom, map, takeWhile, tap } from 'rxjs';
import { type CommitPace, CommitTimer } from './commit-pace.ts';
import { HeldBack } from './held-back.ts';
import { SourceWatch } from './source-watch.ts';
import { Turn } from './turn.ts';

export interface StageOptions {
  policy: Policy;
  pace: CommitPace;
  now: () => number;
  signal: AbortSignal;
  /** Ends once everything in the log has been taken; for history. */
  untilEnd?: boolean;
  onCommit?: (progress: { stage: 'journeys' | 'segments'; records: number }) => void;
}

/** Stage A on one unit: events of partition p in, counts per cell and minute out. */
export async function journeysStage(
  unit: Unit,
  options: StageOptions & { hashKey: Uint8Array },
): Promise<void> {
  const { policy, now, signal } = options;
  const journeys = new Journeys({ partition: unit.partition, policy, hashKey: options.hashKey });
  for (const changelog of ['journeys', 'outcomes'] as const) {
    await unit.restore(changelog, (record) => journeys.restore(record.key, record.value));
  }
  const positions = journeys.restored();

  const clocks = new Map(
    unit.sources.map((s) => [sourceName(s), journeys.clocks[s.topic as 'interactions' | 'surveys']]),
  );
  const watch = new SourceWatch(clocks, policy.time.idleAfter, now);
  const held = new HeldBack(watch);
  const timer = new CommitTimer(options.pace, now);
  const turn = new Turn();
  const batches = unit.batches({
    positions,
    idlePollMs: 100,
    signal,
    wanted: (source) => held.wanted(source),
  });

  const apply = (batch: Batch) =>
    held.take(batch, ({ topic }, records, at) =>
      journeys.applyNext(topic as 'interactions' | 'surveys', records, at),
    );
  const commitWhenDue = async (records: number) => {
    const idle = !options.untilEnd && watch.declareIdle();
    if (timer.due(records, watch.allAtEnd, idle)) {
      const { rollups, deadLetters, changelog, positions: reached } = journeys.commit();
      const key = String(unit.partition);
      const out = rollups.map((value) => ({ topic: 'rollups', partition: 0, key, value }) as const);
      await unit.commit(([] as OutRecord[]).concat(out, deadLetters, changelog), reached);
    }
    options.onCommit?.({ stage: 'journeys', records });
    return !(options.untilEnd && watch.allAtEnd);
  };

  await lastValueFrom(
    from(turn.each(batches)).pipe(
      map(apply),
      concatMap(commitWhenDue),
      takeWhile((goOn) => goOn),
      tap(() => turn.done()),
      finalize(() => turn.end()),
    ),
    { defaultValue: false },
  );
}
