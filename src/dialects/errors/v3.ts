import type { ImError, ImErrorCode } from '../../core/errors.js';

/** How v3 answers a failure: a symbolic `errMsg`, and the detail in `errDlt`. */
export interface V3Error {
  errCode: number;
  errMsg: string;
  /** Fixed detail; absent: the failure's own sentence. */
  errDlt?: string | ((error: ImError) => string);
  /** HTTP status. Default 200. */
  http?: number;
}

/** What one endpoint answers differently. */
export type V3Exceptions = Partial<Record<ImErrorCode, V3Error>>;

const ARGS = { errCode: 1001, errMsg: 'ArgsError' };
const NO_PERMISSION = { errCode: 1002, errMsg: 'NoPermissionError' };
const NOT_FOUND = { errCode: 1004, errMsg: 'RecordNotFoundError' };

/** What v3 clients compare against. Source: contract/v3/common.md section 5. */
export const V3_ERRORS = {
  'args.invalid': ARGS,
  'body.unreadable': ARGS,
  'dialect.not-offered': ARGS,
  'header.operation-id-missing': ARGS,
  'secret.wrong': NO_PERMISSION,
  'token.missing': ARGS,
  'token.malformed': { errCode: 1503, errMsg: 'TokenMalformedError' },
  'token.bad-signature': { errCode: 1505, errMsg: 'TokenUnknownError' },
  'token.expired': { errCode: 1501, errMsg: 'TokenExpiredError' },
  'token.not-yet-valid': { errCode: 1504, errMsg: 'TokenNotValidYetError' },
  'token.kicked': { errCode: 1506, errMsg: 'TokenKickedError' },
  'token.not-in-store': { errCode: 1507, errMsg: 'TokenNotExistError' },
  'caller.not-admin': NO_PERMISSION,
  'caller.not-permitted': NO_PERMISSION,
  'caller.too-many-requests': { http: 429, errCode: 429, errMsg: 'too many requests, please try again later' },
  'user.not-found': NOT_FOUND,
  'user.already-registered': { errCode: 1102, errMsg: 'RegisteredAlreadyError', errDlt: 'userID registered already' },
  'user.none-deleted': NOT_FOUND,
  'user.not-an-admin-id': ARGS,
  'user.id-not-found': { errCode: 1101, errMsg: 'UserIDNotFoundError' },
  'friend.self': { errCode: 1301, errMsg: 'CanNotAddYourselfError' },
  'friend.owner-not-found': NOT_FOUND,
  'friend.already-friends': { errCode: 1304, errMsg: 'RelationshipAlreadyError' },
  'friend.request-handled': { errCode: 1305, errMsg: 'FriendRequestHandled' },
  'black.self': ARGS,
  'black.already-blocked': { errCode: 1003, errMsg: 'DuplicateKeyError' },
  'group.not-found': NOT_FOUND,
  'group.dismissed': { errCode: 1204, errMsg: 'DismissedAlreadyError' },
  'group.owner-invalid': ARGS,
  'group.owner-not-found': { errCode: 1101, errMsg: 'UserIDNotFoundError' },
  'group.kick-list-empty': ARGS,
  'group.not-a-member': { errCode: 1203, errMsg: 'NotInGroupYetError' },
  'group.id-not-found': { errCode: 1201, errMsg: 'GroupIDNotFoundError' },
  'group.id-taken': { errCode: 1202, errMsg: 'GroupIDExisted' },
  'group.request-handled': { errCode: 1206, errMsg: 'GroupRequestHandled' },
  'message.session-type-unknown': { ...ARGS, errDlt: 'unknown sessionType' },
  'message.content-type-unknown': ARGS,
  'message.content-type-mismatch': ARGS,
  'message.content-incomplete': ARGS,
  'message.sender-blocked': { errCode: 1302, errMsg: 'BlockedByPeer' },
  'message.receiver-refuses': { ...ARGS, errDlt: 'message is not sent' },
  'message.sender-muted': { errCode: 1402, errMsg: 'MutedInGroup' },
  'message.group-muted': { errCode: 1403, errMsg: 'MutedGroup' },
  'message.not-friends': { errCode: 1303, errMsg: 'NotPeersFriend' },
  'message.already-revoked': { errCode: 1404, errMsg: 'MsgAlreadyRevoke' },
  'file.mismatch': { errCode: 90007, errMsg: 'DataError' },
  'record.not-found': NOT_FOUND,
  'list.missing': ARGS,
  'operation.vetoed': NO_PERMISSION,
  'service.unavailable': { errCode: 500, errMsg: 'ServerInternalError' },
  internal: { errCode: 500, errMsg: 'ServerInternalError', errDlt: 'internal error' },
} satisfies Record<ImErrorCode, V3Error>;
