import type { Actor } from '../../core/actor.js';
import { NotPermitted } from '../../core/errors.js';
import { Role, SessionType } from '../../core/protocol.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import type { Conversation } from '../conversation.entity.js';
import type { Message } from '../message.entity.js';

/** Who acts and who wrote, as members of the group; undefined: not in it (any more). */
export interface Parties {
  userID: string;
  self: GroupMember | undefined;
  sender: GroupMember | undefined;
}

/**
 * Who may take a message from everybody: whoever wrote it; in a group also the owner, and administrators what ordinary or
 * former members wrote. Source: contract/messages.md section 8. @throws NotPermitted
 */
export function assertMayRevoke(
  actor: Actor,
  message: Pick<Message, 'sessionType' | 'sendID'>,
  { userID, self, sender }: Parties,
): void {
  if (actor.isAdmin) return;
  const own = message.sendID === userID;
  if (message.sessionType === SessionType.group) {
    if (!self) throw new NotPermitted('op user not in group');
    if (own || self.roleLevel === Role.owner) return;
    const ordinary = (sender?.roleLevel ?? Role.member) === Role.member;
    if (self.roleLevel === Role.admin && ordinary) return;
    throw new NotPermitted('no permission');
  }
  if (!own) throw new NotPermitted(`ownerUserID, ${message.sendID}=MISSING`);
}

/** What clearing a conversation for everybody rests on. */
export interface Standing {
  /** Who clears, as member of the group; undefined: not in it (any more). */
  self: GroupMember | undefined;
  /** IDs of chats that more than two users have. */
  shared: ReadonlySet<string>;
}

/**
 * Who may clear a conversation for everybody: in a group its owner and administrators, else either side, unless other users
 * have a chat of the same ID.
 */
export function mayClear(
  actor: Actor,
  { conversationID, conversationType }: Pick<Conversation, 'conversationID' | 'conversationType'>,
  { self, shared }: Standing,
): boolean {
  if (shared.has(conversationID)) return false;
  if (actor.isAdmin || conversationType !== SessionType.group) return true;
  return self !== undefined && self.roleLevel >= Role.admin;
}

/** As {@link mayClear}. @throws NotPermitted */
export function assertMayClear(
  actor: Actor,
  conversation: Pick<Conversation, 'conversationID' | 'conversationType'>,
  { self, shared }: Standing,
): void {
  if (mayClear(actor, conversation, { self, shared })) return;
  if (shared.has(conversation.conversationID)) throw new NotPermitted('others have a conversation of this ID');
  throw new NotPermitted(self ? 'no group owner or admin' : 'op user not in group');
}
