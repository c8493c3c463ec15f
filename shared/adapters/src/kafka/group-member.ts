import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { assignUnits, type Claim } from './assignor.ts';
import type { KafkaCluster } from './cluster.ts';
import { codeOf, isPassing, kafkaCode, messageOf } from './errors.ts';
import type { LogSink } from './log-sink.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

const protocol = 'seamwatch-units';
const heartbeatMs = 1_000;
/** How long the others of the group have to come back after one has asked for a new round. */
const rebalanceMs = 30_000;
const retryMs = 500;

export interface GroupMemberOptions {
  /** Of its own: a join keeps the connection busy. */
  cluster: KafkaCluster;
  groupId: string;
  /** Topics with their prefix: unit p is partition p of each. */
  topics: readonly string[];
  units: number;
  /** A member that has not been heard of for this long has lost its units, in ms. */
  sessionMs: number;
  log: LogSink;
  /** The units that this member holds now. */
  held: () => readonly number[];
  /** Takes note of the units that it should hold. */
  assigned: (units: readonly number[]) => void;
}

/** Membership in a consumer group: joins, tells that it lives, joins again when others come or go, and leaves. */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  #member = '';
  #generation = -1;
  #rejoin = new AbortController();

  constructor(options: GroupMemberOptions) {
    this.#options = options;
  }

  /** Asks for a new round, because units held by this member have become free. */
  rejoin(): void {
    this.#rejoin.abort();
  }

  /** Resolves after `signal` aborts and the group was left. Throws where the group cannot be joined at all. */
  async run(signal: AbortSignal): Promise<void> {
    const { cluster, log, groupId, topics } = this.#options;
    // Where it fails, so does the join, which tells why and tries again.
    await cluster
      .connect()
      .then(() => cluster.useTopics(topics))
      .catch(() => {});
    while (!signal.aborted) {
      try {
        this.#rejoin = new AbortController();
        this.#options.assigned(await this.#join());
        await this.#stay(AbortSignal.any([signal, this.#rejoin.signal]));
      } catch (error) {
        const code = codeOf(error);
        if (code === kafkaCode.rebalanceInProgress) continue;
        if (code === kafkaCode.unknownMember || code === kafkaCode.illegalGeneration) {
          log.warn({ groupId }, 'the group has given up this member: joining again');
          this.#member = '';
          continue;
        }
        if (!isPassing(error)) throw error;
        log.warn({ groupId }, `the group's coordinator cannot be reached: ${messageOf(error)}`);
        await sleep(retryMs, undefined, { signal }).catch(() => {});
        await cluster.recover(error);
      }
    }
    await this.#leave();
  }

  async #join(): Promise<readonly number[]> {
    const { cluster, groupId, topics, sessionMs, held } = this.#options;
    const coordinator = await cluster.groupCoordinator(groupId);
    const claim = { units: held(), generation: this.#generation };
    const joined = await coordinator.joinGroup({
      groupId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: rebalanceMs,
      memberId: this.#member,
      groupProtocols: [
        {
          name: protocol,
          metadata: MemberMetadata.encode({
            version: 0,
            topics: [...topics],
            userData: Buffer.from(JSON.stringify(claim)),
          }),
        },
      ],
    });
    this.#member = joined.memberId;
    const leads = joined.leaderId === joined.memberId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      generationId: joined.generationId,
      memberId: joined.memberId,
      groupAssignment: leads ? this.#shareOut(joined.members) : [],
    });
    this.#generation = joined.generationId;
    return MemberAssignment.decode(memberAssignment)?.assignment[topics[0]!] ?? [];
  }

  /** Heartbeats until `until` aborts or the coordinator calls for a new round. */
  async #stay(until: AbortSignal): Promise<void> {
    const { cluster, groupId } = this.#options;
    for (;;) {
      await sleep(heartbeatMs, undefined, { signal: until }).catch(() => {});
      if (until.aborted) return;
      const coordinator = await cluster.groupCoordinator(groupId);
      await coordinator.heartbeat({ groupId, groupGenerationId: this.#generation, memberId: this.#member });
    }
  }

  async #leave(): Promise<void> {
    const { cluster, groupId } = this.#options;
    if (this.#member === '') return;
    try {
      const coordinator = await cluster.groupCoordinator(groupId);
      await coordinator.leaveGroup({ groupId, memberId: this.#member });
    } catch {
      // The session runs out by itself.
    }
  }

  #shareOut(members: readonly { memberId: string; memberMetadata: Buffer }[]) {
    const { topics, units } = this.#options;
    const claims = members.map(({ memberId, memberMetadata }) => claimOf(memberId, memberMetadata));
    return [...assignUnits(claims, units)].map(([memberId, assigned]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({
        version: 0,
        assignment: Object.fromEntries(topics.map((topic) => [topic, assigned])),
        userData: Buffer.alloc(0),
      }),
    }));
  }
}

function claimOf(member: string, metadata: Buffer): Claim {
  const text = MemberMetadata.decode(metadata)?.userData.toString() ?? '';
  const { units, generation } = JSON.parse(text) as Omit<Claim, 'member'>;
  return { member, units, generation };
}
