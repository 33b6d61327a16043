import type { Actor } from '../core/actor.js';
import { ArgumentInvalid, NotPermitted } from '../core/errors.js';
import { GroupStatus, ReceiveOption, Role, SessionType } from '../core/protocol.js';
import type { GroupMember } from '../groups/group-member.entity.js';
import type { Group } from '../groups/group.entity.js';
import { NotInGroup } from '../groups/group.errors.js';
import { GroupMuted, ReceiverRefuses, SenderMuted, SessionTypeUnknown } from './message.errors.js';
import { MAX_CONTENT_BYTES, type SendMessage } from './outgoing.js';

/** A message of a kind that can be sent. @throws SessionTypeUnknown, ArgumentInvalid */
export function assertSendable(message: SendMessage): asserts message is SendMessage & { sessionType: SessionType } {
  const { sessionType, sendID, recvID, groupID, content } = message;
  if (sessionType !== SessionType.single && sessionType !== SessionType.group)
    throw new SessionTypeUnknown(sessionType);
  if (!sendID) throw new ArgumentInvalid('sendID is empty', 'sendID');
  if (sessionType === SessionType.single && !recvID) throw new ArgumentInvalid('recvID is empty', 'recvID');
  if (sessionType === SessionType.group && !groupID) throw new ArgumentInvalid('groupID is empty', 'groupID');
  if (Buffer.byteLength(content) > MAX_CONTENT_BYTES) {
    throw new ArgumentInvalid(`content must be at most ${MAX_CONTENT_BYTES} bytes`, 'content');
  }
}

/** Everybody writes in his own name; administrators in anybody's. @throws NotPermitted */
export function assertMaySendAs(actor: Actor, sendID: string): void {
  if (!actor.isAdmin && actor.userID !== sendID) throw new NotPermitted(`may not send as ${sendID}`);
}

/** Whether this member may write now. Source: contract/messages.md 5.2. @throws NotInGroup, SenderMuted, GroupMuted */
export function assertMayWrite(group: Group, sendID: string, member: GroupMember | undefined): void {
  if (!member) throw new NotInGroup(group.groupID, sendID);
  if (member.roleLevel === Role.owner) return;
  if (member.muteEndTime >= Date.now()) throw new SenderMuted(group.groupID, sendID);
  if (group.status === GroupStatus.muted && member.roleLevel !== Role.admin) throw new GroupMuted(group.groupID);
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
