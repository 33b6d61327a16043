import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { MAX_ID_LENGTH } from '../core/ids.js';
import {
  AppLevel,
  ContentType,
  GroupStatus,
  isNotificationType,
  ReceiveOption,
  Role,
  SessionType,
} from '../core/protocol.js';
import { hasMoreBytes, hasMoreCharacters } from '../core/text.js';
import type { GroupMember } from '../groups/group-member.entity.js';
import type { Group } from '../groups/group.entity.js';
import { NotInGroup } from '../groups/group.errors.js';
import type { User } from '../users/user.entity.js';
import { UserNotFound } from '../users/user.errors.js';
import {
  GroupMuted,
  NotFriends,
  NotificationAccountUnknown,
  ReceiverRefuses,
  SenderBlocked,
  SenderMuted,
  SessionTypeUnknown,
} from './message.errors.js';
import { MAX_CONTENT_BYTES, type SendMessage } from './outgoing.js';
import type { Relation } from './sending/relations.js';

/** A message of a kind that can be sent. @throws SessionTypeUnknown, ArgumentInvalid */
export function assertSendable(message: SendMessage): asserts message is SendMessage & { sessionType: SessionType } {
  const { sessionType, contentType, sendID, recvID, groupID, content } = message;
  if (!sendID) throw new ArgumentInvalid('sendID is empty', 'sendID');
  if (!content) throw new ArgumentInvalid('content is empty', 'content');
  if ((sessionType === SessionType.notification) !== (contentType === ContentType.oaNotification)) {
    throw new ArgumentInvalid('notification msg must have correct session type and content type', 'sessionType');
  }
  if (!SESSION_TYPES.has(sessionType)) throw new SessionTypeUnknown(sessionType);
  const inGroup = sessionType === SessionType.group;
  if (!inGroup && !recvID) throw new ArgumentInvalid('recvID is empty', 'recvID');
  if (inGroup && !groupID) throw new ArgumentInvalid('groupID is empty', 'groupID');
  // Nobody looks whether these exist, and they are stored.
  if (hasMoreCharacters(sendID, MAX_ID_LENGTH)) throw tooLong('sendID');
  if (sessionType === SessionType.notification && hasMoreCharacters(recvID ?? '', MAX_ID_LENGTH))
    throw tooLong('recvID');
  if (hasMoreBytes(content, MAX_CONTENT_BYTES)) {
    throw new ArgumentInvalid(`content must be at most ${MAX_CONTENT_BYTES} bytes`, 'content');
  }
}

const SESSION_TYPES: ReadonlySet<number> = new Set(Object.values(SessionType));

function tooLong(field: string): ArgumentInvalid {
  return new ArgumentInvalid(`${field} must be at most ${MAX_ID_LENGTH} characters`, field);
}

/** System accounts alone send as notification accounts do. @throws NotificationAccountUnknown, NotPermitted */
export function assertNotificationAccount(sendID: string, sender: User | undefined): void {
  if (!sender) throw new NotificationAccountUnknown(sendID);
  if (!isSystemAccount(sender)) throw new NotPermitted('notification messages cannot be sent for this ID');
}

/** Administrators and notification accounts: they write to everybody. */
function isSystemAccount(user: User | undefined): boolean {
  return user !== undefined && user.appMangerLevel >= AppLevel.admin;
}

/** Everybody writes in his own name; administrators in anybody's. @throws NotPermitted */
export function assertMaySendAs(actor: Actor, sendID: string): void {
  if (!actor.isAdmin && actor.userID !== sendID) throw new NotPermitted(`may not send as ${sendID}`);
}

/**
 * Clients act on what the server says of groups, friends and messages, so nobody says it in its place; content types of
 * notifications are left to administrators. The original let everybody, unchecked. @throws NotPermitted
 */
export function assertMaySendKind(actor: Actor, { contentType, options = {} }: SendMessage): void {
  const { isNotNotification = true } = options;
  if (!isNotNotification) throw new NotPermitted("notifications are the server's own");
  // 1400 has a rule of its own.
  if (actor.isAdmin || contentType === ContentType.oaNotification || !isNotificationType(contentType)) return;
  throw new NotPermitted(`messages of contentType ${contentType} are the server's own`);
}

/** Whether this member may write now. Source: contract/messages.md 5.2. @throws NotInGroup, SenderMuted, GroupMuted */
export function assertMayWrite(group: Group, sendID: string, member: GroupMember | undefined): void {
  if (!member) throw new NotInGroup(group.groupID, sendID);
  if (member.roleLevel === Role.owner) return;
  if (member.muteEndTime >= Date.now()) throw new SenderMuted(group.groupID, sendID);
  if (group.status === GroupStatus.muted && member.roleLevel !== Role.admin) throw new GroupMuted(group.groupID);
}

/**
 * Whether one user's message reaches another. Answers true when it is to come without an offline push. Source:
 * contract/messages.md 5.1. @throws UserNotFound, SenderBlocked, NotFriends, ReceiverRefuses
 */
export function assertReaches(
  { sendID, recvID = '', unregisteredSender = false }: SendMessage,
  { fromAdmin, sender, blocked, friend, receiver, recvMsgOpt }: Relation,
): boolean {
  if (!fromAdmin && !sender && !unregisteredSender) throw new UserNotFound(sendID);
  if (!fromAdmin && !isSystemAccount(sender)) {
    if (blocked) throw new SenderBlocked(sendID, recvID);
    if (!friend) throw new NotFriends(sendID, recvID);
  }
  if (!receiver) throw new UserNotFound(recvID);
  return assertReceives(recvID, receiver.globalRecvMsgOpt, recvMsgOpt);
}

/**
 * Whether the receiver takes the message: his global option first, then the one of this conversation. Answers true when it
 * is to come without an offline push. @throws ReceiverRefuses
 */
export function assertReceives(recvID: string, globalOption: number, conversationOption: number): boolean {
  for (const option of [globalOption, conversationOption]) {
    if (option === ReceiveOption.refuse) throw new ReceiverRefuses(recvID);
    if (option === ReceiveOption.withoutPush) return true;
  }
  return false;
}
