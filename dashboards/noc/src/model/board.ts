import { type Measure, type Path, paths, type Tier, tiers } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';

export interface BoardTile {
  path: Path;
  segment: Segment | undefined;
}
export interface BoardTier {
  tier: Tier;
  /** The tier as a whole, whatever the path. */
  segment: Segment | undefined;
  tiles: BoardTile[];
}

export const tierTitles: Record<Tier, { title: string; about: string }> = {
  1: { title: 'Tier 1', about: 'AI should handle' },
  2: { title: 'Tier 2', about: 'people should handle' },
};
export const pathTitles: Record<Path, { title: string; about: string }> = {
  ai: { title: 'AI', about: 'AI only' },
  seam: { title: 'Seam', about: 'AI handed off to a person' },
  human: { title: 'Human', about: 'person only' },
};

/** Tiers × paths. A tile's segment is the one whose conditions are its tier and its path, and nothing else. */
export function seamBoard(segments: readonly Segment[]): BoardTier[] {
  return tiers.map((tier) => ({
    tier,
    segment: segments.find((s) => isExactly(s, { tier })),
    tiles: paths.map((path) => ({ path, segment: segments.find((s) => isExactly(s, { tier, path })) })),
  }));
}

/** Segments that the board does not show. */
export function otherSegments(segments: readonly Segment[]): Segment[] {
  const shown = new Set(
    seamBoard(segments).flatMap((row) => [row.segment, ...row.tiles.map((t) => t.segment)]),
  );
  return segments.filter((segment) => !shown.has(segment));
}

/** Measures of a tile, in the order in which they are shown. */
export function tileMeasures(path: Path): Measure[] {
  const all: Measure[] = ['repeat_contact', 'csat', 'nps', 'durable_resolution', 'claimed_resolution'];
  return path === 'seam' ? [...all, 'seam_abandonment', 'seam_wait_p50'] : all;
}

function isExactly(segment: Segment, where: Record<string, string>): boolean {
  const keys = Object.keys(segment.where);
  return (
    keys.length === Object.keys(where).length &&
    keys.every((key) => segment.where[key]?.length === 1 && segment.where[key][0] === where[key])
  );
}
