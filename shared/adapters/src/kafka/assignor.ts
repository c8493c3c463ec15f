/** A member of the group, with the units that it says it still holds, and since which generation. */
export interface Claim {
  member: string;
  units: readonly number[];
  generation: number;
}

/**
 * Shares units 0 … `count` − 1 out evenly. A member keeps what it holds, up to its share. A unit that is to move is given to
 * nobody while its holder still claims it: the holder lets go of it, joins again without it, and the next round gives it on.
 * So two members in good order never hold the same unit; against others there is the fencing of the transactional id.
 */
export function assignUnits(claims: readonly Claim[], count: number): Map<string, number[]> {
  const holders = holdersOf(claims, count);
  const held = (member: string) =>
    [...holders].filter(([, holder]) => holder === member).map(([unit]) => unit);
  // Those who hold most come first, so that the larger shares go where fewest units have to move.
  const members = claims
    .map(({ member }) => ({ member, units: held(member).sort((a, b) => a - b) }))
    .sort((a, b) => b.units.length - a.units.length || (a.member < b.member ? -1 : 1));
  const least = Math.floor(count / members.length);
  const larger = count % members.length;

  const assigned = new Map<string, number[]>();
  const room = new Map<string, number>();
  members.forEach(({ member, units }, rank) => {
    const share = least + (rank < larger ? 1 : 0);
    const kept = units.slice(0, share);
    assigned.set(member, kept);
    room.set(member, share - kept.length);
  });
  for (let unit = 0; unit < count; unit++) {
    if (holders.has(unit)) continue;
    const next = members.find(({ member }) => room.get(member)! > 0);
    if (!next) break;
    assigned.get(next.member)!.push(unit);
    room.set(next.member, room.get(next.member)! - 1);
  }
  return assigned;
}

/** Of two claims to one unit the later generation is right: the other member was thought dead in between. */
function holdersOf(claims: readonly Claim[], count: number): Map<number, string> {
  const holders = new Map<number, string>();
  const since = new Map<number, number>();
  for (const { member, units, generation } of claims) {
    for (const unit of units) {
      if (unit >= count || generation <= (since.get(unit) ?? Number.NEGATIVE_INFINITY)) continue;
      holders.set(unit, member);
      since.set(unit, generation);
    }
  }
  return holders;
}
