import { everyTokenFailure, type LegacyErrors, PARAMETER_ERROR } from './legacy-error.js';

const NO_PERMISSION = { http: 200, errCode: 801, errMsg: 'no permission' };
const DB_FAILED = { http: 200, errCode: 802, errMsg: 'db failed' };
const ARGS_FAILED = { http: 200, errCode: 803, errMsg: 'args failed' };
const STATUS_ABNORMAL = { http: 200, errCode: 804, errMsg: 'status is abnormal' };

/** What v2 answers unless an endpoint says otherwise. Source: contract/legacy/v2.md 0.3, contract/legacy/dialects.md 5. */
export const V2_ERRORS = {
  'args.invalid': PARAMETER_ERROR,
  'body.unreadable': PARAMETER_ERROR,
  'dialect.not-offered': PARAMETER_ERROR,
  'header.operation-id-missing': PARAMETER_ERROR,
  'secret.wrong': { http: 400, errCode: 401, errMsg: 'not authorized' },
  ...everyTokenFailure({ http: 400, errCode: 500 }),
  'caller.not-admin': NO_PERMISSION,
  'caller.not-permitted': NO_PERMISSION,
  'user.not-found': DB_FAILED,
  // The original says HTTP 500 too; a user's mistake is no server fault (docs/compatibility.md).
  'user.already-registered': { http: 200, errCode: 500, errMsg: 'user already registered' },
  'user.none-deleted': { http: 200, errCode: 201, errMsg: 'some uid deleted failed' },
  'user.not-an-admin-id': NO_PERMISSION,
  'user.id-not-found': DB_FAILED,
  'friend.self': ARGS_FAILED,
  'friend.owner-not-found': { http: 200, errCode: 802, errMsg: 'this user not exists,cant not add friend' },
  'friend.already-friends': DB_FAILED,
  'friend.request-handled': DB_FAILED,
  'black.self': ARGS_FAILED,
  'black.already-blocked': DB_FAILED,
  'group.not-found': DB_FAILED,
  'group.dismissed': STATUS_ABNORMAL,
  'group.owner-invalid': ARGS_FAILED,
  'group.owner-not-found': DB_FAILED,
  'group.kick-list-empty': ARGS_FAILED,
  'group.not-a-member': { http: 200, errCode: 202, errMsg: 'you are not in group' },
  'group.id-not-found': DB_FAILED,
  'group.id-taken': DB_FAILED,
  'group.request-handled': DB_FAILED,
  'message.session-type-unknown': { http: 200, errCode: 203, errMsg: 'unknown sessionType' },
  'message.content-type-unknown': { http: 400, errCode: 404, errMsg: 'contentType err' },
  'message.content-type-mismatch': { http: 400, errCode: 401 },
  'message.content-incomplete': { http: 400, errCode: 403 },
  'message.sender-blocked': { http: 200, errCode: 600, errMsg: 'in black list' },
  'message.receiver-refuses': { http: 200, errCode: 201, errMsg: 'message is not sent' },
  'message.sender-muted': STATUS_ABNORMAL,
  'message.group-muted': STATUS_ABNORMAL,
  'message.not-friends': { http: 200, errCode: 601, errMsg: 'not friends' },
  'message.already-revoked': ARGS_FAILED,
  'file.mismatch': ARGS_FAILED,
  'record.not-found': DB_FAILED,
  'list.missing': PARAMETER_ERROR,
  'caller.too-many-requests': { http: 200, errCode: 810 },
  'operation.vetoed': { http: 200, errCode: 809 },
  'service.unavailable': DB_FAILED,
  internal: { http: 500, errCode: 500, errMsg: 'internal error' },
} satisfies LegacyErrors;
