import { groupBy } from '../../src/core/collections.js';
import { groupConversationID, singleConversationID } from '../../src/core/ids.js';
import { ContentType } from '../../src/core/protocol.js';
import type { GroupChanged, ListChanged, Operation, Registered } from './history.js';
import { pair, type Stored } from './stored.js';

/** Registrations, groups and lists against what is stored. */
export function* checkChanges(history: readonly Operation[], stored: Stored): Generator<string> {
  const tips = tipsOf(stored);
  yield* checkRegistered(
    history.filter((one) => one.kind === 'registered'),
    stored,
  );
  const groups = history.filter((one) => one.kind === 'group');
  for (const [groupID, changes] of groupBy(groups, (one) => one.groupID)) {
    const problem = checkGroup(groupID, changes, stored, tips);
    if (problem) yield problem;
  }
  yield* checkLists(
    history.filter((one) => one.kind === 'friends' || one.kind === 'blacks'),
    stored,
    tips,
  );
}

/** How many notifications of a content type a conversation has, by both. */
type Tips = (conversationID: string, contentType: number) => number;

function tipsOf({ messages }: Stored): Tips {
  const counts = new Map<string, number>();
  for (const { conversationID, contentType } of messages) {
    const key = `${conversationID} ${contentType}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (conversationID, contentType) => counts.get(`${conversationID} ${contentType}`) ?? 0;
}

/** All of a request, or none. */
function* checkRegistered(registered: readonly Registered[], { users }: Stored): Generator<string> {
  for (const { userIDs, outcome } of registered) {
    const there = userIDs.filter((userID) => users.has(userID)).length;
    const right = there === userIDs.length ? outcome !== 'refused' : there === 0 && outcome !== 'acknowledged';
    if (!right) yield `of ${userIDs.length} users from ${userIDs[0]} on (${outcome}), ${there} are there`;
  }
}

/** What tells of a change in the group's chat. */
const TIP: Readonly<Record<GroupChanged['change'], number>> = {
  created: ContentType.groupCreated,
  invited: ContentType.memberInvited,
  kicked: ContentType.memberKicked,
  quit: ContentType.memberQuit,
  dismissed: ContentType.groupDismissed,
};

/** The group is what the acknowledged changes made of it, or those and the last one, which is unknown. */
function checkGroup(groupID: string, changes: readonly GroupChanged[], stored: Stored, tips: Tips): string | undefined {
  const certain = changes.filter(({ outcome }) => outcome === 'acknowledged');
  const possible = [certain, changes.filter(({ outcome }) => outcome !== 'refused')];
  const actual = actualGroup(groupID, stored, tips);
  if (possible.some((applied) => expectedGroup(applied) === actual)) return undefined;
  const told = changes.map(({ change, outcome, userIDs }) => `${change} ${userIDs.join(',')} (${outcome})`).join('; ');
  return `group ${groupID} is ${actual}, after ${told}`;
}

/** A group, its members, the conversations they have, and what its chat tells, as text to compare. */
function shown(group: {
  status: 'none' | 'living' | 'dismissed';
  members: readonly string[];
  told: Readonly<Record<string, number>>;
  /** Whoever has been in it, and has its conversation. */
  conversations: readonly string[];
}): string {
  const { status, members, told, conversations } = group;
  return JSON.stringify({
    status,
    members: members.toSorted(),
    told: Object.keys(TIP).map((change) => told[change] ?? 0),
    conversations: conversations.toSorted(),
  });
}

function expectedGroup(applied: readonly GroupChanged[]): string {
  const members = new Set<string>();
  const ever = new Set<string>();
  const told: Record<string, number> = {};
  let status: 'none' | 'living' | 'dismissed' = 'none';
  for (const { change, userIDs } of applied) {
    told[change] = (told[change] ?? 0) + 1;
    if (change === 'created') status = 'living';
    if (change === 'created' || change === 'invited') for (const userID of userIDs) ever.add(userID);
    if (change === 'created' || change === 'invited') for (const userID of userIDs) members.add(userID);
    else if (change !== 'dismissed') for (const userID of userIDs) members.delete(userID);
    else {
      status = 'dismissed';
      members.clear();
    }
  }
  return shown({ status, members: [...members], told, conversations: [...ever] });
}

function actualGroup(groupID: string, { groups, members, conversations }: Stored, tips: Tips): string {
  const group = groups.get(groupID);
  const conversationID = groupConversationID(groupID);
  const begins = pair(groupID, '');
  const ends = pair('', conversationID);
  return shown({
    status: group ? (group.dismissed ? 'dismissed' : 'living') : 'none',
    members: [...members].filter((key) => key.startsWith(begins)).map((key) => key.slice(begins.length)),
    told: Object.fromEntries(Object.entries(TIP).map(([change, type]) => [change, tips(conversationID, type)])),
    conversations: [...conversations].filter((key) => key.endsWith(ends)).map((key) => key.slice(0, -ends.length)),
  });
}

/** Whoever was added is on the list unless he was removed; of one request all or none. New friends are told once. */
function* checkLists(changes: readonly ListChanged[], stored: Stored, tips: Tips): Generator<string> {
  const removals = new Map<string, ListChanged>();
  for (const one of changes) {
    if (one.change === 'added') continue;
    for (const userID of one.userIDs) removals.set(`${one.kind} ${pair(one.ownerUserID, userID)}`, one);
  }
  for (const { kind, ownerUserID, change, userIDs, outcome } of changes) {
    if (change === 'removed') continue;
    const name = `${kind} ${userIDs.join(', ')} of ${ownerUserID} (${outcome})`;
    const listed = userIDs.filter((userID) => stored[kind].has(pair(ownerUserID, userID)));
    const applied = outcome === 'acknowledged' || (outcome === 'unknown' && listed.length > 0);
    for (const userID of userIDs) {
      const there = listed.includes(userID);
      const removal = removals.get(`${kind} ${pair(ownerUserID, userID)}`)?.outcome;
      const right = removal === 'acknowledged' ? !there : there === applied || removal === 'unknown';
      if (!right)
        yield `${name}: ${userID} is ${there ? '' : 'not '}listed, and his removal ${removal ?? 'was not asked for'}`;
      if (kind === 'friends' && stored.friends.has(pair(userID, ownerUserID)) !== applied) {
        yield `${name}: ${userID} does ${applied ? 'not ' : ''}list ${ownerUserID}`;
      }
      const told = tips(singleConversationID(ownerUserID, userID), ContentType.friendApproved);
      if (kind === 'friends' && told !== Number(applied)) yield `${name}: ${userID} is told ${told} times`;
    }
  }
}
