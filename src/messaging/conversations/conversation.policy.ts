import { ArgumentInvalid } from '../../core/errors.js';
import { groupConversationID, notificationConversationID, singleConversationID } from '../../core/ids.js';
import { SessionType } from '../../core/protocol.js';

/** The old kind of group conversation: it can be named, but nothing can be sent to it. */
export const LEGACY_GROUP = 2;

/** Which conversation is meant: its kind, and the peer or the group. */
export interface ConversationName {
  conversationID: string;
  /** 1 single, 2 old group, 3 group, 4 notification account. */
  conversationType: number;
  /** The peer, "" in a group. */
  userID: string;
  /** The group, "" outside. */
  groupID: string;
}

/**
 * The ID belongs to the kind and to these users or this group: nobody opens a conversation that is none of his.
 * Source: contract/messages.md section 3. @throws ArgumentInvalid
 */
export function assertNamesConversationOf(ownerUserID: string, name: ConversationName): void {
  if (name.conversationID !== conversationIDWith(ownerUserID, name)) {
    throw new ArgumentInvalid('conversationID does not fit conversationType, userID and groupID', 'conversationID');
  }
}

function conversationIDWith(ownerUserID: string, { conversationType, userID, groupID }: ConversationName): string {
  switch (conversationType) {
    case SessionType.single:
      return singleConversationID(ownerUserID, userID);
    case LEGACY_GROUP:
      return `g_${groupID}`;
    case SessionType.group:
      return groupConversationID(groupID);
    case SessionType.notification:
      return notificationConversationID(ownerUserID, userID);
    default:
      throw new ArgumentInvalid('conversationType is invalid', 'conversationType');
  }
}
