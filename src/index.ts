/**
 * The public surface of openim-nest for host applications. Nothing inside imports this file.
 */

// Set up: the module and what it is told.
export { ImModule } from './im.module.js';
export type { ImModuleExtras, ImModuleOptions } from './im.module-definition.js';
export type { AdminAccount, ImOptions, MultiLoginPolicy } from './core/settings.js';
export type { Limits } from './core/limits.js';
export type { FileStorage, ObjectStorage, S3Storage } from './core/object-storage.js';

// Store: tables and migrations for a data source of the host's, and transactions shared with it.
export { IM_ENTITIES } from './entities.js';
export { IM_MIGRATIONS } from './database/migrations/all.js';
export { databaseOptions, imDataSource } from './database/data-source.js';
export { exclusively } from './database/exclusively.js';
export { EmbeddedSqlite } from './database/embedded-sqlite.js';
export { CommitUnanswered, isUnavailable } from './database/failures.js';
export { Transactions } from './database/transactions.js';

// Act: the services, and on whose behalf they are called.
export { type Actor, systemActor } from './core/actor.js';
export { Operation, within } from './core/operation.js';
export { AuthService, type Login } from './auth/auth.service.js';
export type { Profile } from './users/profile.js';
export { type NewUser, UsersService } from './users/users.service.js';
export { OnlineService, type OnlineStatus, type Subscribe } from './users/online.service.js';
export { ClientConfigService } from './users/client-config.service.js';
export { type CommandContent, CommandsService } from './users/commands.service.js';
export {
  type FindAccounts,
  type NewNotificationAccount,
  NotificationAccountsService,
} from './users/notification-accounts.service.js';
export { type FriendPair, FriendsService, type ImportFriends, type UpdateFriends } from './friends/friends.service.js';
export { FriendListsService, type ListedFriend, type UserRelation } from './friends/friend-lists.service.js';
export {
  type AnswerFriend,
  type AskFriend,
  FriendRequestsService,
  type RequestList,
} from './friends/friend-requests.service.js';
export { type BlackPair, BlacksService, type ListedBlack } from './friends/blacks.service.js';
export type { CreateGroup, Founder } from './groups/founding.js';
export { type DismissGroup, GroupsService, type GroupSummary, type SetGroupInfo } from './groups/groups.service.js';
export {
  type GroupUsers,
  MembersService,
  type MuteMember,
  type QuitGroup,
  type SetMemberInfo,
  type TransferGroup,
} from './groups/members.service.js';
export {
  type GroupAbstract,
  GroupQueries,
  type GroupSearch,
  type MemberSearch,
  type OwnedGroup,
  type ShownMember,
} from './groups/group-queries.service.js';
export {
  type AnswerGroupRequest,
  GroupRequests,
  type JoinGroup,
  type Proposal,
  type RequestPage,
  type RequestSearch,
  type ShownRequest,
} from './groups/group-requests.service.js';
export { AuditService } from './audit/audit.service.js';
export type { AuditFilter } from './audit/audit.repository.js';
export { MessagesService } from './messaging/messages.service.js';
export { ConversationsService, type DeleteConversations } from './messaging/conversations/conversations.service.js';
export {
  type ConversationFields,
  ConversationSettings,
  type SetConversations,
} from './messaging/conversations/conversation-settings.service.js';
export { type Activity, type ActivityQuery, type Growth, StatisticsService } from './statistics/statistics.service.js';
export {
  type AnswerBound,
  type AskReadStates,
  type History,
  HistoryService,
  type PullMessages,
  type PullSeqs,
  type ReadState,
  type ReadStates,
} from './messaging/history/history.service.js';
export type { SeqRange } from './messaging/history/readable.js';
export type { ShownMessage } from './messaging/history/shown-message.js';
export { RevocationsService, type RevokeMessage } from './messaging/history/revocations.service.js';
export { type MarkConversation, type MarkMessages, ReadStateService } from './messaging/history/read-state.service.js';
export {
  type ClearConversations,
  type DeleteMessages,
  type DeleteSync,
  DeletionService,
} from './messaging/history/deletion.service.js';
export type { MessageOptions, OfflinePushInfo, SendMessage, SentMessage } from './messaging/outgoing.js';
export { type Connection, type Connections, Presence } from './presence/presence.js';
export {
  type CompleteUpload,
  type InitiatedUpload,
  type InitiateUpload,
  StorageService,
} from './storage/storage.service.js';
export { FormsService, type InitiatedForm, type InitiateForm } from './storage/forms.service.js';
export { ObjectAccess } from './storage/object-access.js';
export {
  type Device,
  type FoundLog,
  type RegisterPushToken,
  type SetBadge,
  ThirdService,
  type UploadLogs,
} from './third/third.service.js';
export {
  type BatchSend,
  type BatchSent,
  type BusinessNotification,
  SendingService,
  type SimpleReply,
} from './messaging/sending/sending.service.js';
export { SendJob } from './messaging/sending/send-job.entity.js';
export { MessageSearchService, type SearchMessages } from './messaging/search/message-search.service.js';

// Connect: where the client SDKs' sockets come in.
export { Gateway } from './gateway/gateway.js';

// Watch: how the application is, and what it does, for routes of the host's.
export { ImHealth } from './observability/health.js';
export { ImMetrics } from './observability/metrics.js';

// Guard: the host's own routes, by the same tokens.
export { JwtAuthGuard } from './access/jwt-auth.guard.js';
export { AdminGuard } from './access/admin.guard.js';
export { CurrentActor } from './access/current-actor.js';
export { ImErrorFilter } from './access/im-error.filter.js';
export { TokensService } from './access/tokens.service.js';

// Listen: what happens, and what is about to.
export { BeforeIm, OnImEvent } from './events/on-im-event.js';
export { UsersDeleted, UsersRegistered, UsersRegistering, UserUpdated, UserUpdating } from './users/user.events.js';
export { UserLoggedOut } from './auth/auth.events.js';
export { FriendProfileChanged } from './friends/profile-changes.js';
export {
  FriendDeleted,
  FriendRemarkSet,
  FriendRemarkSetting,
  FriendRequestAgreed,
  FriendRequestAgreeing,
  FriendRequested,
  FriendRequesting,
  FriendRequestRefused,
  FriendsImported,
  FriendsImporting,
  FriendsUpdated,
  UserBlocked,
  UserBlocking,
  UserUnblocked,
} from './friends/friend.events.js';
export { MemberProfileChanged } from './groups/profile-changes.js';
export {
  GroupCreated,
  GroupCreating,
  GroupEnded,
  GroupInfoSet,
  GroupInfoSetting,
  GroupMuteSet,
  MemberInfoSetting,
  MemberMuteSet,
  MemberQuit,
  MembersInfoSet,
  MembersInvited,
  MembersInviting,
  MembersKicked,
  OwnerTransferred,
} from './groups/group.events.js';
export {
  GroupJoining,
  GroupJoinRequested,
  GroupRequestAnswered,
  MemberEntered,
} from './groups/group-requests.events.js';
export { ConversationsChanged, PrivateChatSwitched } from './messaging/conversation.events.js';
export { type AcceptedMessage, MessagesAccepted, MessageSending } from './messaging/message.events.js';
export {
  ConversationsCleared,
  MessageRevoked,
  MessagesDeleted,
  MessagesRead,
  ReadPositionMoved,
} from './messaging/history/history.events.js';

// Read: the entities behind it all.
export { User } from './users/user.entity.js';
export { UserCommand } from './users/command.entity.js';
export { ClientConfig } from './users/client-config.entity.js';
export { Friend } from './friends/friend.entity.js';
export { FriendRequest } from './friends/friend-request.entity.js';
export { Black } from './friends/black.entity.js';
export { Group } from './groups/group.entity.js';
export { GroupMember } from './groups/group-member.entity.js';
export { GroupRequest } from './groups/group-request.entity.js';
export { Message, type Revocation } from './messaging/message.entity.js';
export { Conversation } from './messaging/conversation.entity.js';
export { StoredObject } from './storage/object.entity.js';
export { PushToken } from './third/push-token.entity.js';
export { AppBadge } from './third/app-badge.entity.js';
export { ClientLog } from './third/client-log.entity.js';
export { AuditEntry } from './audit/audit-entry.entity.js';

// Fail: what services throw.
export {
  ArgumentInvalid,
  IM_ERROR_CODES,
  ImError,
  type ImErrorCode,
  NotPermitted,
  OperationVetoed,
} from './core/errors.js';
export { TooManyRequests } from './limits/limits.errors.js';
export { NoUserDeleted, UserAlreadyRegistered, UserNotFound } from './users/user.errors.js';
export {
  AlreadyBlocked,
  AlreadyFriends,
  CannotBefriendSelf,
  CannotBlockSelf,
  FriendOwnerNotFound,
  FriendRequestHandled,
} from './friends/friend.errors.js';
export { AlreadyInGroup, GroupRequestHandled, GroupRequestNotFound } from './groups/group-request.errors.js';
export {
  GroupDismissed,
  GroupIDsNotFound,
  GroupIDTaken,
  GroupNotFound,
  GroupOwnerInvalid,
  GroupOwnerNotFound,
  NotInGroup,
} from './groups/group.errors.js';
export { ConversationNotFound } from './messaging/conversations/conversation.errors.js';
export {
  GroupMuted,
  NotFriends,
  NotificationAccountUnknown,
  ReceiverRefuses,
  SenderBlocked,
  SenderMuted,
  SessionTypeUnknown,
} from './messaging/message.errors.js';
export { AlreadyRevoked } from './messaging/history/history.errors.js';
export { FileSizeMismatch, ObjectNotFound, UploadIncomplete } from './storage/storage.errors.js';

// Serve: bodies of any Content-Type, as v1 and v2 AppServers send them, in a host on Fastify.
export { acceptAnyContentType } from './server/http.js';

// The protocol's numbers.
export {
  AppLevel,
  ContentType,
  GroupStatus,
  PLATFORM_NAMES,
  ReceiveOption,
  Role,
  SessionType,
} from './core/protocol.js';
