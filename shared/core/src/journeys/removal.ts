import type { Changes } from './changes.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { KnownCells } from './known-cells.ts';
import type { Surveys } from './surveys.ts';

/** Takes an interaction and its surveys out of memory and changelog; what they counted stays. Its customer's list is the caller's. */
export function removeInteraction(
  row: number,
  state: { index: InteractionIndex; surveys: Surveys; changes: Changes; cells: KnownCells },
): void {
  const { index, surveys, changes, cells } = state;
  for (let s = index.survey.get(row); s >= 0; ) {
    const next = surveys.next.get(s);
    changes.surveyGone(s);
    surveys.remove(s);
    s = next;
  }
  cells.leave(index.cell.get(row));
  changes.interactionGone(row);
  index.remove(row);
}
