import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import { ImEvents } from '../events/events.js';
import { OnImEvent } from '../events/on-im-event.js';
import { ChangeState, VersionLog, type VersionStamp } from '../sync/version-log.js';
import { UserLooksChanged } from '../users/user.events.js';
import type { GroupMember } from './group-member.entity.js';
import { GroupQueries } from './group-queries.service.js';
import { GroupRepository } from './group.repository.js';
import type { GroupSummary } from './groups.service.js';

/** A group in which a user shows by his profile, wholly or in part. */
export interface ProfileShown {
  summary: GroupSummary;
  member: GroupMember;
  /** The group's member log after the change. */
  stamp: VersionStamp;
}

/** The name or the avatar of a user changed, and with it how he shows in these groups. */
export class MemberProfileChanged {
  constructor(
    readonly actor: Actor,
    readonly userID: string,
    readonly shown: readonly ProfileShown[],
  ) {}
}

/** Sees to it that a new name or avatar reaches the groups in which the user has none of his own. Source: contract/sync.md 1.2. */
@Injectable()
export class MemberProfileChanges {
  constructor(
    private readonly events: ImEvents,
    private readonly versions: VersionLog,
    private readonly queries: GroupQueries,
    private readonly groups: GroupRepository,
  ) {}

  @OnImEvent(UserLooksChanged, { phase: 'in-transaction' })
  async note({ actor, userID }: UserLooksChanged): Promise<void> {
    const members = await this.groups.lockMembershipsByProfile(userID);
    if (members.length === 0) return;
    const groupIDs = members.map(({ groupID }) => groupID);
    const changes = groupIDs.map((ownerID) => ({ ownerID, elementIDs: [userID], state: ChangeState.update }));
    const stamps = await this.versions.record('group-members', changes);
    const found = await this.queries.summarizeAll(await this.queries.inOrder(groupIDs));
    const summaries = new Map(found.map((summary) => [summary.group.groupID, summary]));
    const shown = members.flatMap((member): ProfileShown[] => {
      const summary = summaries.get(member.groupID);
      const stamp = stamps.get(member.groupID);
      return summary && stamp ? [{ summary, member, stamp }] : [];
    });
    await this.events.publish(new MemberProfileChanged(actor, userID, shown));
  }
}
