import { ContentType } from '../../core/protocol.js';
import type { MessageOptions } from '../outgoing.js';

/** For receivers that are online now: not stored, not synchronised. Source: contract/v3/message.md. */
export const ONLINE_ONLY: MessageOptions = {
  history: false,
  persistent: false,
  senderSync: false,
  conversationUpdate: false,
};

/** Switches that are off for some content types whatever the sender says. Source: contract/messages.md section 4. */
const FORCED_OFF: Readonly<Record<number, readonly string[] | undefined>> = {
  [ContentType.typing]: [
    'history',
    'persistent',
    'senderSync',
    'conversationUpdate',
    'senderConversationUpdate',
    'unreadCount',
    'offlinePush',
  ],
  [ContentType.readReceipt]: ['conversationUpdate', 'senderConversationUpdate', 'unreadCount', 'offlinePush'],
  [ContentType.revoke]: ['unreadCount', 'offlinePush'],
};

/**
 * The options a message goes out with: the sender's, the switches its content type forces off, and, when the receiver wants
 * no alert, no offline push.
 */
export function effectiveOptions(
  given: MessageOptions | undefined,
  { contentType, quiet }: { contentType: number; quiet: boolean },
): MessageOptions | undefined {
  const forced = FORCED_OFF[contentType];
  if (!forced && !quiet) return given;
  const off = [...(forced ?? []), ...(quiet ? ['offlinePush'] : [])];
  return { ...given, ...Object.fromEntries(off.map((name) => [name, false])) };
}

/** Whether a message with these options is kept; else only who is online now gets it. */
export function isStored({ history = true }: MessageOptions = {}): boolean {
  return history;
}
