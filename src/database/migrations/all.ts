import { Foundation1700000000001 } from './0001-foundation.js';
import { Versions1700000000002 } from './0002-versions.js';
import { Users1700000000003 } from './0003-users.js';
import { Friends1700000000004 } from './0004-friends.js';
import { GroupRequests1700000000006 } from './0006-group-requests.js';
import { Sending1700000000007 } from './0007-sending.js';
import { History1700000000008 } from './0008-history.js';
import { Conversations1700000000009 } from './0009-conversations.js';
import { StorageAndThird1700000000010 } from './0010-storage-and-third.js';
import { MessagingIndexes1700000000012 } from './0012-messaging-indexes.js';
import { Statistics1700000000013 } from './0013-statistics.js';
import { MessageExpiry1700000000014 } from './0014-message-expiry.js';
import { SentRequests1700000000015 } from './0015-sent-requests.js';
import { AuditLog1700000000016 } from './0016-audit-log.js';
import { Nodes1700000000017 } from './0017-nodes.js';

/** Every migration, oldest first. A host with its own data source lists them beside its own. */
export const IM_MIGRATIONS = [
  Foundation1700000000001,
  Versions1700000000002,
  Users1700000000003,
  Friends1700000000004,
  GroupRequests1700000000006,
  Sending1700000000007,
  History1700000000008,
  Conversations1700000000009,
  StorageAndThird1700000000010,
  MessagingIndexes1700000000012,
  Statistics1700000000013,
  MessageExpiry1700000000014,
  SentRequests1700000000015,
  AuditLog1700000000016,
  Nodes1700000000017,
];
