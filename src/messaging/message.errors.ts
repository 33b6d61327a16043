import { ImError } from '../core/errors.js';

/** Neither a single chat nor a group. */
export class SessionTypeUnknown extends ImError {
  readonly code = 'message.session-type-unknown';
  constructor(sessionType: number) {
    super(`sessionType ${sessionType} is unknown`);
  }
}

/** The content type is not one that can be sent this way. */
export class ContentTypeUnknown extends ImError {
  readonly code = 'message.content-type-unknown';
  constructor(contentType: number) {
    super(`contentType ${contentType} is unknown`);
  }
}

/** A member of the content is of a type it cannot be. */
export class ContentMismatch extends ImError {
  readonly code = 'message.content-type-mismatch';
  constructor(member: string, expected: string) {
    super(`content.${member} must be ${expected}`);
  }
}

/** The content lacks a member its type needs. */
export class ContentIncomplete extends ImError {
  readonly code = 'message.content-incomplete';
  constructor(member: string) {
    super(`content.${member} is required`);
  }
}

/** The receiver has the sender on the black list. */
export class SenderBlocked extends ImError {
  readonly code = 'message.sender-blocked';
  constructor(sendID: string, recvID: string) {
    super(`User ${recvID} blocks ${sendID}`);
  }
}

/** The receiver takes no messages, from anybody or in this conversation. */
export class ReceiverRefuses extends ImError {
  readonly code = 'message.receiver-refuses';
  constructor(recvID: string) {
    super(`User ${recvID} does not receive messages here`);
  }
}

/** The sender is muted in the group. */
export class SenderMuted extends ImError {
  readonly code = 'message.sender-muted';
  constructor(groupID: string, sendID: string) {
    super(`User ${sendID} is muted in group ${groupID}`);
  }
}

/** Only the owner and administrators may write in the group now. */
export class GroupMuted extends ImError {
  readonly code = 'message.group-muted';
  constructor(groupID: string) {
    super(`Group ${groupID} is muted`);
  }
}

/** Only friends write to each other here, and the receiver does not list the sender. */
export class NotFriends extends ImError {
  readonly code = 'message.not-friends';
  constructor(sendID: string, recvID: string) {
    super(`User ${recvID} does not list ${sendID} as a friend`);
  }
}

/** A message of a notification account is sent by nobody who is registered. */
export class NotificationAccountUnknown extends ImError {
  readonly code = 'user.id-not-found';
  constructor(readonly userID: string) {
    super(`User ${userID} does not exist`);
  }
}
