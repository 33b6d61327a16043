import { UserToken } from './access/user-token.entity.js';
import { Node } from './cluster/node.entity.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { Black } from './friends/black.entity.js';
import { FriendRequest } from './friends/friend-request.entity.js';
import { Friend } from './friends/friend.entity.js';
import { GroupMember } from './groups/group-member.entity.js';
import { GroupRequest } from './groups/group-request.entity.js';
import { Group } from './groups/group.entity.js';
import { ClosedConversation } from './messaging/closed-conversation.entity.js';
import { Conversation } from './messaging/conversation.entity.js';
import { HiddenMessage } from './messaging/history/hidden-message.entity.js';
import { Message } from './messaging/message.entity.js';
import { ReadPosition } from './messaging/read-position.entity.js';
import { SendJob } from './messaging/sending/send-job.entity.js';
import { SentRequests } from './messaging/sending/sent-requests.entity.js';
import { Sequence } from './messaging/sequence.entity.js';
import { StoredObject } from './storage/object.entity.js';
import { Upload } from './storage/upload.entity.js';
import { Change } from './sync/change.entity.js';
import { Version } from './sync/version.entity.js';
import { ClientConfig } from './users/client-config.entity.js';
import { UserCommand } from './users/command.entity.js';
import { AppBadge } from './third/app-badge.entity.js';
import { ClientLog } from './third/client-log.entity.js';
import { PushToken } from './third/push-token.entity.js';
import { User } from './users/user.entity.js';

/** Every entity. A host with its own data source lists them beside its own. */
export const IM_ENTITIES = [
  User,
  UserToken,
  Friend,
  FriendRequest,
  Black,
  Group,
  GroupMember,
  GroupRequest,
  Message,
  Sequence,
  Conversation,
  ClosedConversation,
  ReadPosition,
  HiddenMessage,
  Version,
  Change,
  SentRequests,
  SendJob,
  StoredObject,
  Upload,
  PushToken,
  AppBadge,
  ClientLog,
  UserCommand,
  ClientConfig,
  Node,
  AuditEntry,
];
