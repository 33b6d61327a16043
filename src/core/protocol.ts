/** Numbers and names of the OpenIM protocol. Source: contract/v3/common.md section 10, contract/legacy/dialects.md 3.4, 4.2. */

/** Wire names of the platforms by their number. */
export const PLATFORM_NAMES: Readonly<Record<number, string>> = {
  1: 'IOS',
  2: 'Android',
  3: 'Windows',
  4: 'OSX',
  5: 'Web',
  6: 'MiniWeb',
  7: 'Linux',
  8: 'APad',
  9: 'IPad',
  10: 'Admin',
  11: 'HarmonyOS',
};

/** The platform an administrator's v3.8 token is issued for. */
export const ADMIN_PLATFORM_ID = 10;

/** Platform number of a wire name, undefined for an unknown one. */
export function platformIDOf(name: string): number | undefined {
  const found = Object.entries(PLATFORM_NAMES).find(([, known]) => known === name);
  return found && Number(found[0]);
}

/** `appMangerLevel` (sic) of a user. */
export const AppLevel = { user: 1, admin: 2, notificationAccount: 3 } as const;

/** 0 unknown, 1 male, 2 female. */
export const GENDERS = [0, 1, 2] as const;

/** `globalRecvMsgOpt` of a user and `recvMsgOpt` of a conversation. */
export const ReceiveOption = { receive: 0, refuse: 1, withoutPush: 2 } as const;

/** Stored role of a group member. v1 and v2 use numbers of their own, converted at the edge. */
export const Role = { owner: 100, admin: 60, member: 20 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** Stored status of a group. */
export const GroupStatus = { ok: 0, banned: 1, dismissed: 2, muted: 3 } as const;

/** `needVerification` of a group: whose joining is approved first. Who invites from rank is never asked. */
export const Verification = { applicants: 0, everybody: 1, nobody: 2 } as const;

/** How a member came into a group. */
export const JoinSource = { byAdmin: 1, invitation: 2, search: 3, qrCode: 4 } as const;

/** `handleResult` of a request. */
export const HandleResult = { pending: 0, accepted: 1, refused: -1 } as const;

/** How a friendship began. */
export const FriendSource = { imported: 1, application: 2 } as const;

/** What became of a request to be friends. */
export const FriendAnswer = { open: 0, agreed: 1, refused: -1 } as const;

/** Kind of a conversation. v1 and v2 also say 2 for a group; stored and sent on is always 3. */
export const SessionType = { single: 1, group: 3, notification: 4 } as const;
export type SessionType = (typeof SessionType)[keyof typeof SessionType];

/** `groupAtType` of a conversation: who was mentioned in it since its owner last opened it. */
export const AtType = { none: 0, me: 1, all: 2, allAndMe: 3, announcement: 4 } as const;

/** Among those a message mentions: everybody in the group. */
export const AT_ALL = 'AtAllTag';

/** Who wrote a message. */
export const MessageFrom = { user: 100, system: 200 } as const;

/** Life of a message. */
export const MessageStatus = { sending: 1, success: 2, failed: 3, deleted: 4, filtered: 5 } as const;

/** Content types this server treats by name; the complete list is contract/messages.md section 13. */
export const ContentType = {
  text: 101,
  picture: 102,
  voice: 103,
  video: 104,
  file: 105,
  at: 106,
  merger: 107,
  card: 108,
  location: 109,
  custom: 110,
  revoke: 111,
  legacyReadReceipt: 112,
  typing: 113,
  quote: 114,
  face: 115,
  advancedText: 117,
  markdown: 118,
  customWithoutConversation: 119,
  customOnlineOnly: 120,
  friendApproved: 1201,
  friendRejected: 1202,
  friendApplication: 1203,
  friendDeleted: 1205,
  friendRemarkSet: 1206,
  blackAdded: 1207,
  blackDeleted: 1208,
  friendInfoUpdated: 1209,
  friendsUpdated: 1210,
  conversationChanged: 1300,
  userInfoUpdated: 1303,
  oaNotification: 1400,
  groupCreated: 1501,
  groupInfoSet: 1502,
  joinGroupApplication: 1503,
  memberQuit: 1504,
  groupApplicationAccepted: 1505,
  groupApplicationRejected: 1506,
  groupOwnerTransferred: 1507,
  memberKicked: 1508,
  memberInvited: 1509,
  memberEnter: 1510,
  groupDismissed: 1511,
  groupMemberMuted: 1512,
  groupMemberCancelMuted: 1513,
  groupMuted: 1514,
  groupCancelMuted: 1515,
  groupMemberInfoSet: 1516,
  groupMemberToAdmin: 1517,
  groupMemberToOrdinary: 1518,
  groupAnnouncement: 1519,
  groupName: 1520,
  conversationPrivateChat: 1701,
  conversationsCleared: 1703,
  business: 2001,
  messageRevoked: 2101,
  messagesDeleted: 2102,
  readReceipt: 2200,
} as const;

/** Content types of server-made notifications: exempt from the checks of ordinary messages. */
export function isNotificationType(contentType: number): boolean {
  return contentType >= 1000 && contentType <= 5000;
}

/** Upper bound of any list in a request that has no tighter bound of its own. */
export const MAX_LIST = 50_000;
