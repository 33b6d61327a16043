/** Something that must not be, made by SQL. */
export interface Breakage {
  /** The check that has to find it. */
  check: string;
  what: string;
  sql: string;
  /** A part of an example the check gives. */
  shows: string;
}

const token = "INSERT INTO im_user_tokens (tokenHash, userID) VALUES ('00', 'nobody')";
const team = "groupID = 'team'";
const annBob = "conversationID = 'si_ann_bob'";
const log = (collection: string, ownerID: string, elementID: string): string =>
  `collection = '${collection}' AND ownerID = '${ownerID}' AND elementID = '${elementID}'`;
const logged = (collection: string, ownerID: string): string =>
  `INSERT INTO im_version_changes (collection, ownerID, elementID, version, state) VALUES ('${collection}', '${ownerID}', 'nobody', 1, 1)`;

const broken = (check: string, what: string, sql: string, shows: string): Breakage => ({ check, what, sql, shows });

/** One or more for each check of stored data, in the world of `world.ts`. */
export const BREAKAGES: readonly Breakage[] = [
  broken(
    'users.administrators',
    'a user has made himself one',
    "UPDATE im_users SET appMangerLevel = 2 WHERE userID = 'ann'",
    'ann is not configured',
  ),
  broken(
    'users.administrators',
    'one is missing',
    "DELETE FROM im_users WHERE userID = 'openIMAdmin'",
    'openIMAdmin is missing',
  ),
  broken('users.tokens', 'one of nobody', token, '"nobody"'),
  broken(
    'users.token-states',
    'one of a state unknown',
    "UPDATE im_user_tokens SET state = 9 WHERE userID = 'ann'",
    'state 9',
  ),
  broken('users.commands', 'one of nobody', "UPDATE im_user_commands SET userID = 'nobody'", '"nobody"'),
  broken(
    'users.configs',
    'one of nobody',
    "UPDATE im_client_configs SET userID = 'nobody' WHERE userID = 'ann'",
    '"nobody"',
  ),
  broken('users.push-tokens', 'one of nobody', "UPDATE im_push_tokens SET userID = 'nobody'", '"nobody"'),
  broken('users.badges', 'one of nobody', "UPDATE im_app_badges SET userID = 'nobody'", '"nobody"'),

  broken('friends.users', 'a friend is gone', "DELETE FROM im_users WHERE userID = 'cid'", '"cid"'),
  broken(
    'friends.users',
    'of himself',
    "UPDATE im_friends SET friendUserID = 'ann' WHERE ownerUserID = 'ann' AND friendUserID = 'bob'",
    '"ann"',
  ),
  broken('friends.blacks', 'nobody is blocked', "UPDATE im_blacks SET blackUserID = 'nobody'", '"nobody"'),
  broken(
    'friends.requests',
    'from nobody',
    "UPDATE im_friend_requests SET fromUserID = 'nobody' WHERE fromUserID = 'dan'",
    '"nobody"',
  ),
  broken(
    'friends.answers',
    'agreed to never',
    "UPDATE im_friend_requests SET handleTime = 0 WHERE fromUserID = 'dan'",
    '"dan"',
  ),

  broken('groups.members', 'of no group', `DELETE FROM im_groups WHERE ${team}`, '"team"'),
  broken('groups.members', 'of one that is dismissed', `UPDATE im_groups SET status = 2 WHERE ${team}`, 'status 2'),
  broken(
    'groups.users',
    'nobody is one',
    `UPDATE im_group_members SET userID = 'nobody' WHERE ${team} AND userID = 'cid'`,
    '"nobody"',
  ),
  broken('groups.one-owner', 'one has two', `UPDATE im_group_members SET roleLevel = 100 WHERE ${team}`, 'owners 3'),
  broken(
    'groups.roles',
    'one has another role',
    `UPDATE im_group_members SET roleLevel = 7 WHERE ${team} AND userID = 'cid'`,
    'roleLevel 7',
  ),
  broken('groups.requests', 'of nobody', "UPDATE im_group_requests SET userID = 'nobody'", '"nobody"'),
  broken('groups.requests', 'to no group', "UPDATE im_group_requests SET groupID = 'none'", '"none"'),
  broken('groups.answers', 'handled never', 'UPDATE im_group_requests SET handleResult = 1', '"eve"'),

  broken(
    'conversations.named',
    'of others',
    `UPDATE im_conversations SET conversationID = 'si_bob_dan' WHERE ownerUserID = 'ann' AND ${annBob}`,
    '"si_bob_dan"',
  ),
  broken(
    'conversations.named',
    'of another group',
    "UPDATE im_conversations SET groupID = 'gone' WHERE ownerUserID = 'bob' AND conversationID = 'sg_team'",
    '"sg_team"',
  ),
  broken(
    'conversations.open-or-closed',
    'one is both',
    "INSERT INTO im_closed_conversations (conversationID, ownerUserID) VALUES ('si_ann_bob', 'ann')",
    '"si_ann_bob"',
  ),
  broken(
    'conversations.limits',
    'begins beyond the end',
    `UPDATE im_conversations SET minSeq = 99 WHERE ownerUserID = 'ann' AND ${annBob}`,
    'minSeq 99',
  ),
  broken(
    'conversations.limits',
    'ends beyond the end, closed',
    "UPDATE im_closed_conversations SET maxSeq = 99 WHERE ownerUserID = 'bob'",
    'maxSeq 99',
  ),
  broken(
    'conversations.both-users',
    'one has lost it',
    `DELETE FROM im_conversations WHERE ownerUserID = 'bob' AND ${annBob}`,
    'userID "bob"',
  ),
  broken(
    'conversations.members',
    'one has none',
    "DELETE FROM im_conversations WHERE ownerUserID = 'bob' AND conversationID = 'sg_team'",
    '"bob"',
  ),
  broken(
    'conversations.members',
    'one is limited as if he had left',
    "UPDATE im_conversations SET maxSeq = 1 WHERE ownerUserID = 'bob' AND conversationID = 'sg_team'",
    '"bob"',
  ),
  broken(
    'conversations.strangers',
    'who left has no limit',
    "UPDATE im_conversations SET maxSeq = 0 WHERE ownerUserID = 'dan' AND conversationID = 'sg_team'",
    '"dan"',
  ),
  broken(
    'conversations.strangers',
    'who never was in it would get it',
    "INSERT INTO im_closed_conversations (conversationID, ownerUserID) VALUES ('sg_team', 'eve')",
    '"eve"',
  ),

  broken('messages.counted', 'no counter', `DELETE FROM im_sequences WHERE ${annBob}`, '"si_ann_bob"'),
  broken('messages.counted', 'the counter fell', `UPDATE im_sequences SET maxSeq = 1 WHERE ${annBob}`, 'maxSeq 1'),
  broken('messages.dense', 'one is lost', `DELETE FROM im_messages WHERE ${annBob} AND seq = 2`, '"si_ann_bob"'),
  broken(
    'messages.in-time',
    'the clock of the conversation fell',
    `UPDATE im_sequences SET maxSeqTime = 1 WHERE ${annBob}`,
    '"si_ann_bob"',
  ),
  broken(
    'messages.horizon',
    'cleared beyond the end',
    `UPDATE im_sequences SET minSeq = maxSeq + 2 WHERE ${annBob}`,
    '"si_ann_bob"',
  ),
  broken(
    'messages.hidden',
    'before it was',
    "INSERT INTO im_hidden_messages (userID, conversationID, seq) VALUES ('ann', 'si_ann_bob', 99)",
    'seq 99',
  ),
  broken(
    'messages.read',
    'before it was',
    `UPDATE im_read_positions SET hasReadSeq = 99 WHERE userID = 'ann' AND ${annBob}`,
    'hasReadSeq 99',
  ),
  broken(
    'messages.read',
    'where nothing is',
    "INSERT INTO im_read_positions (userID, conversationID, hasReadSeq) VALUES ('ann', 'si_ann_zoe', 1)",
    '"si_ann_zoe"',
  ),

  broken(
    'versions.heads',
    'a change of tomorrow',
    `UPDATE im_version_changes SET version = 99 WHERE ${log('friends', 'ann', 'cid')}`,
    'version 99',
  ),
  broken(
    'versions.heads',
    'no version',
    "DELETE FROM im_versions WHERE collection = 'friends' AND ownerID = 'ann'",
    '"ann"',
  ),
  broken(
    'versions.documents',
    'no ID',
    "UPDATE im_versions SET versionID = '' WHERE collection = 'friends' AND ownerID = 'ann'",
    '"ann"',
  ),
  broken(
    'versions.friends',
    'inserted and not there',
    "DELETE FROM im_friends WHERE ownerUserID = 'ann' AND friendUserID = 'cid'",
    '"cid"',
  ),
  broken(
    'versions.friends',
    'there and deleted',
    `UPDATE im_version_changes SET state = 2 WHERE ${log('friends', 'ann', 'cid')}`,
    'isThere 1',
  ),
  broken(
    'versions.friends',
    'there and not logged',
    `DELETE FROM im_version_changes WHERE ${log('friends', 'ann', 'cid')}`,
    'isThere 1',
  ),
  broken('versions.blacks', 'inserted and not there', logged('blacks', 'ann'), '"nobody"'),
  broken(
    'versions.joined-groups',
    'there and deleted',
    `UPDATE im_version_changes SET state = 2 WHERE ${log('joined-groups', 'cid', 'team')}`,
    '"team"',
  ),
  broken('versions.group-members', 'updated and not there', logged('group-members', 'team'), '"nobody"'),
  broken(
    'versions.conversations',
    'there and not logged',
    `DELETE FROM im_version_changes WHERE ${log('conversations', 'ann', 'si_ann_bob')}`,
    '"si_ann_bob"',
  ),

  broken('jobs.states', 'more failed than were done', 'UPDATE im_jobs SET failed = done + 1', 'state "finished"'),
  broken('jobs.states', 'finished, and not ended', 'UPDATE im_jobs SET endTime = 0', 'state "finished"'),
  broken('jobs.receipts', 'cut off', "UPDATE im_sent_requests SET operationHashes = 'f00'", 'userID "'),

  broken('objects.names', 'under another hash', "UPDATE im_objects SET nameHash = '00'", '"00"'),
  broken('objects.contents', 'the file is not there', "UPDATE im_objects SET storageKey = 'elsewhere'", 'nameHash'),
  broken('objects.uploads', 'of no kind', "UPDATE im_uploads SET kind = 'other'", '"other"'),
];
