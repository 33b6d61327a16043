import { ContentType } from '../../core/protocol.js';

/** What a push to an offline receiver says. */
export interface PushText {
  title: string;
  desc: string;
  ex: string;
}

/** How a kind of notification is delivered unless the caller says otherwise. */
export interface NotificationKind {
  /** It is a message in the chat too, which users see. */
  chatCopy?: boolean;
  /** It is stored with a seq of its own, so that devices that are offline get it later. */
  reliable?: boolean;
  /** It is pushed to who is offline. */
  offlinePush?: boolean;
  /** Carried along whether or not it is pushed. Absent: empty. */
  text?: PushText;
}

/** The original's wording, mistakes included: AppServers may compare it. */
const saying = (text: string): PushText => ({ title: text, desc: text, ex: text });
const ofGroup = (key: string): PushText => ({ title: `${key} title`, desc: `${key} desc`, ex: `${key} ext` });

export const NO_TEXT: PushText = { title: '', desc: '', ex: '' };

/** Kinds that are more than a passing signal, or have a text. Source: contract/notifications.md sections 2 and 3. */
export const NOTIFICATION_KINDS: Readonly<Record<number, NotificationKind>> = {
  [ContentType.friendApproved]: {
    chatCopy: true,
    offlinePush: true,
    text: saying('Someone applies to add your friend application'),
  },
  [ContentType.friendRejected]: { offlinePush: true, text: saying('Someone rejected your friend application') },
  [ContentType.friendApplication]: { offlinePush: true, text: saying('Somebody applies to add you as a friend') },
  [ContentType.friendDeleted]: { text: saying('deleted a friend') },
  [ContentType.friendRemarkSet]: { text: saying("Your friend's profile has been changed") },
  [ContentType.blackAdded]: { text: saying('blocked a user') },
  [ContentType.blackDeleted]: { text: saying('Remove a blocked user') },
  [ContentType.friendInfoUpdated]: { text: saying('friend info updated') },
  [ContentType.friendsUpdated]: { text: saying('friend info updated') },
  [ContentType.conversationChanged]: { text: saying('conversation changed') },
  [ContentType.userInfoUpdated]: { text: saying('userInfo updated') },
  [ContentType.groupCreated]: { chatCopy: true, text: ofGroup('create group') },
  [ContentType.groupInfoSet]: { text: ofGroup('groupInfoSet') },
  [ContentType.joinGroupApplication]: { offlinePush: true, text: ofGroup('joinGroupApplication') },
  [ContentType.memberQuit]: { chatCopy: true, text: ofGroup('memberQuit') },
  [ContentType.groupApplicationAccepted]: { offlinePush: true, text: ofGroup('groupApplicationAccepted') },
  [ContentType.groupApplicationRejected]: { offlinePush: true, text: ofGroup('groupApplicationRejected') },
  [ContentType.groupOwnerTransferred]: { chatCopy: true, text: ofGroup('groupOwnerTransferred') },
  [ContentType.memberKicked]: { chatCopy: true, text: ofGroup('memberKicked') },
  [ContentType.memberInvited]: { chatCopy: true, text: ofGroup('memberInvited') },
  [ContentType.memberEnter]: { chatCopy: true, text: ofGroup('memberEnter') },
  [ContentType.groupDismissed]: { chatCopy: true, text: ofGroup('groupDismissed') },
  [ContentType.groupMemberMuted]: { chatCopy: true, text: ofGroup('groupMemberMuted') },
  [ContentType.groupMemberCancelMuted]: { chatCopy: true, text: ofGroup('groupMemberCancelMuted') },
  [ContentType.groupMuted]: { chatCopy: true, text: ofGroup('groupMuted') },
  [ContentType.groupCancelMuted]: { chatCopy: true, text: ofGroup('groupCancelMuted') },
  [ContentType.groupMemberInfoSet]: { text: ofGroup('groupMemberInfoSet') },
  [ContentType.groupAnnouncement]: { chatCopy: true, text: ofGroup('groupInfoSetAnnouncement') },
  [ContentType.groupName]: { chatCopy: true, text: ofGroup('groupInfoSetName') },
  [ContentType.conversationPrivateChat]: { chatCopy: true, text: saying('burn after reading') },
  [ContentType.messageRevoked]: { reliable: true },
  [ContentType.messagesDeleted]: { reliable: true },
  [ContentType.readReceipt]: { reliable: true },
};
