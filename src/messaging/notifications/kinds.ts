import { ContentType } from '../../core/protocol.js';

/** How a kind of notification is delivered unless the caller says otherwise. */
export interface NotificationKind {
  /** It is a message in the chat too, which users see. */
  chatCopy?: boolean;
  /** It is stored with a seq of its own, so that devices that are offline get it later. */
  reliable?: boolean;
  /** What is shown to a receiver who is offline; absent: nothing. */
  push?: { title: string; desc: string; ex: string };
}

const same = (text: string): NotificationKind['push'] => ({ title: text, desc: text, ex: text });
const ofGroup = (key: string): NotificationKind['push'] => ({
  title: `${key} title`,
  desc: `${key} desc`,
  ex: `${key} ext`,
});

/** Kinds that are more than a passing signal. Source: contract/notifications.md sections 2 and 3. */
export const NOTIFICATION_KINDS: Readonly<Record<number, NotificationKind>> = {
  [ContentType.friendApproved]: { chatCopy: true, push: same('Someone applies to add your friend application') },
  [ContentType.friendRejected]: { push: same('Someone rejected your friend application') },
  [ContentType.friendApplication]: { push: same('Somebody applies to add you as a friend') },
  [ContentType.groupCreated]: { chatCopy: true },
  [ContentType.joinGroupApplication]: { push: ofGroup('joinGroupApplication') },
  [ContentType.memberQuit]: { chatCopy: true },
  [ContentType.groupApplicationAccepted]: { push: ofGroup('groupApplicationAccepted') },
  [ContentType.groupApplicationRejected]: { push: ofGroup('groupApplicationRejected') },
  [ContentType.groupOwnerTransferred]: { chatCopy: true },
  [ContentType.memberKicked]: { chatCopy: true },
  [ContentType.memberInvited]: { chatCopy: true },
  [ContentType.memberEnter]: { chatCopy: true },
  [ContentType.groupDismissed]: { chatCopy: true },
  [ContentType.groupMemberMuted]: { chatCopy: true },
  [ContentType.groupMemberCancelMuted]: { chatCopy: true },
  [ContentType.groupMuted]: { chatCopy: true },
  [ContentType.groupCancelMuted]: { chatCopy: true },
  [ContentType.groupAnnouncement]: { chatCopy: true },
  [ContentType.groupName]: { chatCopy: true },
  [ContentType.conversationPrivateChat]: { chatCopy: true },
  [ContentType.messageRevoked]: { reliable: true },
  [ContentType.messagesDeleted]: { reliable: true },
  [ContentType.readReceipt]: { reliable: true },
};
