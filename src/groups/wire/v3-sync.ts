import { ID } from '../../dialects/common-fields.js';
import { Parts, Text, Uint64 } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import {
  type Changes,
  changesView,
  type FullIDs,
  fullIDsView,
  idHashIn,
  type KnownVersion,
  knownVersionOf,
} from '../../sync/views.js';
import type { KnownMembers, MemberChanges } from '../group-sync.service.js';
import type { GroupSummary } from '../groups.service.js';
import { SAMPLE_GROUP_ID } from './v1.js';
import { SAMPLE_GROUP, SAMPLE_MEMBER, shownMemberView } from './v3-queries.js';
import { groupInfoView } from './v3-views.js';

const SAMPLE_STAMP = { version: 7, versionID: '65f1c0a2e4b0c1d2e3f4a5b6' };
const SAMPLE_KNOWN = { ...SAMPLE_STAMP, version: 5 };
const SAMPLE_CHANGES = { ...SAMPLE_STAMP, full: false, delete: null, update: null };

/** The copy of a collection a client has; none when nothing is said. */
abstract class KnownVersionV3 {
  @Text({ need: 'optional', max: 255, example: SAMPLE_STAMP.versionID }) versionID: string = '';
  @Uint64({ example: 5 }) version?: unknown;

  protected known(): KnownVersion {
    return knownVersionOf(this);
  }
}

export class GetIncrementalJoinGroupsV3
  extends KnownVersionV3
  implements Wire<{ userID: string; known: KnownVersion }>
{
  @ID({ need: 'optional', example: 'openIM654321' }) userID: string = '';

  toInput(): { userID: string; known: KnownVersion } {
    return { userID: this.userID, known: this.known() };
  }
}

export const getIncrementalJoinGroupsV3: V3Speech<{ userID: string; known: KnownVersion }, Changes<GroupSummary>> = {
  request: GetIncrementalJoinGroupsV3,
  // The order of joined groups is no part of what is synchronised.
  answer: (changes) => ({ ...changesView(changes, groupInfoView), sortVersion: 0 }),
  sample: {
    request: { userID: 'openIM654321', ...SAMPLE_KNOWN },
    answer: v3Answer({ ...SAMPLE_CHANGES, insert: [SAMPLE_GROUP], sortVersion: 0 }),
  },
};

/** Of one group. Source: contract/sync.md section 1.3. */
function memberChangesView(changes: MemberChanges): object {
  return {
    ...changesView(changes, shownMemberView),
    group: changes.group ? groupInfoView(changes.group) : null,
    sortVersion: changes.delta.sortVersion,
  };
}

const SAMPLE_MEMBERS = { ...SAMPLE_CHANGES, insert: [SAMPLE_MEMBER], group: SAMPLE_GROUP, sortVersion: 0 };

export class GetIncrementalGroupMembersV3 extends KnownVersionV3 implements Wire<KnownMembers> {
  @ID({ need: 'optional', example: SAMPLE_GROUP_ID }) groupID: string = '';

  toInput(): KnownMembers {
    return { groupID: this.groupID, ...this.known() };
  }
}

export const getIncrementalGroupMembersV3: V3Speech<KnownMembers, MemberChanges> = {
  request: GetIncrementalGroupMembersV3,
  answer: memberChangesView,
  sample: { request: { groupID: SAMPLE_GROUP_ID, ...SAMPLE_KNOWN }, answer: v3Answer(SAMPLE_MEMBERS) },
};

export class GetIncrementalGroupMembersBatchV3 implements Wire<KnownMembers[]> {
  @ID({ need: 'optional', example: 'openIM654321', description: 'Ignored.' }) userID?: string;
  @Parts(() => GetIncrementalGroupMembersV3, { need: 'optional' }) reqList: GetIncrementalGroupMembersV3[] = [];

  toInput(): KnownMembers[] {
    return this.reqList.map((one) => one.toInput());
  }
}

export const getIncrementalGroupMembersBatchV3: V3Speech<KnownMembers[], Map<string, MemberChanges>> = {
  request: GetIncrementalGroupMembersBatchV3,
  // Written also when empty: clients iterate it unseen.
  answer: (changes) => ({
    respList: Object.fromEntries([...changes].map(([groupID, one]) => [groupID, memberChangesView(one)])),
  }),
  sample: {
    request: { userID: 'openIM654321', reqList: [{ groupID: SAMPLE_GROUP_ID, ...SAMPLE_KNOWN }] },
    answer: v3Answer({ respList: { [SAMPLE_GROUP_ID]: SAMPLE_MEMBERS } }),
  },
};

export class GetFullGroupMemberUserIDsV3 implements Wire<{ groupID: string; idHash: bigint }> {
  @Uint64({ example: 0 }) idHash?: unknown;
  @ID({ missing: 'groupID is empty', example: SAMPLE_GROUP_ID }) groupID: string;

  toInput(): { groupID: string; idHash: bigint } {
    return { groupID: this.groupID, idHash: idHashIn(this) };
  }
}

export const getFullGroupMemberUserIDsV3: V3Speech<{ groupID: string; idHash: bigint }, FullIDs> = {
  request: GetFullGroupMemberUserIDsV3,
  answer: (ids) => fullIDsView(ids, 'userIDs'),
  sample: {
    request: { groupID: SAMPLE_GROUP_ID, idHash: 0 },
    answer: v3Answer({ ...SAMPLE_STAMP, equal: false, userIDs: ['openIM654321', 'openIM123456'] }),
  },
};

export class GetFullJoinGroupIDsV3 implements Wire<{ userID: string; idHash: bigint }> {
  @Uint64({ example: 0 }) idHash?: unknown;
  @ID({ missing: 'userID is empty', example: 'openIM654321' }) userID: string;

  toInput(): { userID: string; idHash: bigint } {
    return { userID: this.userID, idHash: idHashIn(this) };
  }
}

export const getFullJoinGroupIDsV3: V3Speech<{ userID: string; idHash: bigint }, FullIDs> = {
  request: GetFullJoinGroupIDsV3,
  answer: (ids) => fullIDsView(ids, 'groupIDs'),
  sample: {
    request: { userID: 'openIM654321', idHash: 0 },
    answer: v3Answer({ ...SAMPLE_STAMP, equal: false, groupIDs: [SAMPLE_GROUP_ID] }),
  },
};
