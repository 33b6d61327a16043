import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { SessionType } from './protocol.js';

/** Longest userID, groupID: characters (Unicode code points). Source: contract/legacy/dialects.md 3.1. */
export const MAX_ID_LENGTH = 64;

/** Byte order of UTF-8, which is what the protocol sorts user IDs by. JavaScript's own differs beyond the BMP only. */
export function byBytes(a: string, b: string): number {
  if (/[\ud800-\udfff]/.test(a + b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : Number(a > b);
}

/** `si_<a>_<b>`, user IDs sorted by bytes. Source: contract/messages.md section 3. */
export function singleConversationID(a: string, b: string): string {
  return `si_${[a, b].sort(byBytes).join('_')}`;
}

/** `sg_<groupID>`. */
export function groupConversationID(groupID: string): string {
  return `sg_${groupID}`;
}

/** `sn_<a>_<b>`: chat with a notification account. */
export function notificationConversationID(a: string, b: string): string {
  return `sn_${[a, b].sort(byBytes).join('_')}`;
}

/** `n_<a>_<b>` or `n_<groupID>`: where notifications about a conversation go. Source: contract/messages.md section 3. */
export function notificationChannelID(conversationID: string): string {
  return `n${conversationID.slice(conversationID.indexOf('_'))}`;
}

/** True for a channel of notifications, which no user has in his list. */
export function isNotificationChannel(conversationID: string): boolean {
  return conversationID.startsWith('n_');
}

/** True for the chat of a group. */
export function isGroupConversation(conversationID: string): boolean {
  return conversationID.startsWith('sg_');
}

/** The conversation a message belongs to. */
export function conversationIDOf(message: {
  sessionType: SessionType;
  sendID: string;
  recvID: string;
  groupID: string;
}): string {
  switch (message.sessionType) {
    case SessionType.group:
      return groupConversationID(message.groupID);
    case SessionType.notification:
      return notificationConversationID(message.sendID, message.recvID);
    default:
      return singleConversationID(message.sendID, message.recvID);
  }
}

/**
 * 32 lower-case hex digits, the form of message IDs: 12 of the time, then 80 random bits. Later ones sort behind earlier
 * ones, so that an index grows at its end. Source: contract/messages.md section 2.
 */
export function newMessageID(): string {
  const random = randomUUID();
  // The 13th and the 17th digit of a UUID are not random.
  return Date.now().toString(16).padStart(12, '0') + random.slice(0, 8) + random.slice(24);
}

/** 32 lower-case hex digits: the documented v1 form of a group ID. */
export function newHexGroupID(): string {
  return randomBytes(16).toString('hex');
}

/** Up to ten decimal digits: the v2 and v3 form of a group ID. */
export function newDecimalGroupID(): string {
  return String(randomInt(1_000_000_000, 4_294_967_296));
}

/** Ten decimal digits, the first of them not 0: the ID of an account that did not choose one. */
export function newDecimalUserID(): string {
  return String(randomInt(1_000_000_000, 10_000_000_000));
}
