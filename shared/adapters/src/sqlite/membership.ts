import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { StatementSync } from 'node:sqlite';
import type { SqliteStore } from './store.ts';

/** A member that has not been seen for this long has lost its units. */
const expiryMs = 8_000;
const seenEveryMs = 2_000;

/** A unit that this member has just got. */
export interface Taken {
  partition: number;
  epoch: number;
}

/**
 * Who owns which unit of a team (a group of participants), kept in the file. Each unit has an epoch that rises with every
 * new owner: a commit with an older one is refused, so that membership only has to be roughly right.
 */
export class Membership {
  readonly team: string;
  readonly #store: SqliteStore;
  readonly #member = randomUUID();
  readonly #epoch: StatementSync;
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(store: SqliteStore, team: string, units: number) {
    this.#store = store;
    this.team = team;
    this.#epoch = store.db.prepare('SELECT epoch FROM log_units WHERE team = ? AND partition = ?');
    store.transact(() => {
      const add = store.db.prepare('INSERT OR IGNORE INTO log_units (team, partition) VALUES (?, ?)');
      for (let partition = 0; partition < units; partition++) add.run(team, partition);
      this.#join(Date.now());
    });
  }

  /**
   * Tells that this member lives, and shares out the units: takes free ones up to an even share. Returns those taken, and
   * those of `running` that are no longer its own or more than its share.
   */
  balance(running: readonly number[]): { taken: Taken[]; surplus: number[] } {
    const nowMs = Date.now();
    const { db } = this.#store;
    const members = db
      .prepare('SELECT member, host, pid, seen_ms FROM log_members WHERE team = ?')
      .all(this.team);
    const dead = members.filter((m) => m.member !== this.#member && isDead(m, nowMs));
    const owners = db
      .prepare('SELECT partition, owner FROM log_units WHERE team = ? ORDER BY partition')
      .all(this.team);
    const share = Math.ceil(owners.length / Math.max(1, members.length - dead.length));
    const mine = owners.filter((u) => u.owner === this.#member).map((u) => u.partition as number);
    const lost = running.filter((partition) => !mine.includes(partition));
    const surplus = [...lost, ...mine.slice(share).filter((partition) => running.includes(partition))];
    const free = owners.some((u) => u.owner === null);
    const due = nowMs - this.#seenMs >= seenEveryMs;
    if (!due && dead.length === 0 && !(free && mine.length < share)) return { taken: [], surplus };

    return this.#store.transact(() => {
      this.#join(nowMs);
      for (const m of dead) this.#remove(m.member as string);
      return { taken: this.#take(share - mine.length), surplus };
    });
  }

  /** Gives a unit back, if it still is this member's. */
  release(partition: number): void {
    this.#store.transact(() =>
      this.#store.db
        .prepare('UPDATE log_units SET owner = NULL WHERE team = ? AND partition = ? AND owner = ?')
        .run(this.team, partition, this.#member),
    );
  }

  leave(): void {
    this.#store.transact(() => this.#remove(this.#member));
  }

  /** Epoch of the unit's present owner. */
  epoch(partition: number): number | undefined {
    return this.#epoch.get(this.team, partition)?.epoch as number | undefined;
  }

  #join(nowMs: number): void {
    this.#store.db
      .prepare(
        'INSERT INTO log_members (team, member, host, pid, seen_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen_ms = excluded.seen_ms',
      )
      .run(this.team, this.#member, hostname(), process.pid, nowMs);
    this.#seenMs = nowMs;
  }

  #remove(member: string): void {
    const { db } = this.#store;
    db.prepare('DELETE FROM log_members WHERE team = ? AND member = ?').run(this.team, member);
    db.prepare('UPDATE log_units SET owner = NULL WHERE team = ? AND owner = ?').run(this.team, member);
  }

  #take(count: number): Taken[] {
    if (count <= 0) return [];
    return this.#store.db
      .prepare(
        `UPDATE log_units SET owner = ?, epoch = epoch + 1 WHERE team = ? AND partition IN (
           SELECT partition FROM log_units WHERE team = ? AND owner IS NULL ORDER BY partition LIMIT ?
         ) RETURNING partition, epoch`,
      )
      .all(this.#member, this.team, this.team, count)
      .map((row) => ({ partition: row.partition as number, epoch: row.epoch as number }));
  }
}

/** A killed process is noticed at once, so that a restart need not wait for the expiry. */
function isDead(member: Record<string, unknown>, nowMs: number): boolean {
  if (nowMs - (member.seen_ms as number) > expiryMs) return true;
  if (member.host !== hostname()) return false;
  try {
    process.kill(member.pid as number, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
