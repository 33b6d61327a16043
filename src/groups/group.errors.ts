import { ImError } from '../core/errors.js';

/** No group has this ID. */
export class GroupNotFound extends ImError {
  readonly code = 'group.not-found';
  constructor(readonly groupID: string) {
    super(`Group ${groupID} does not exist`);
  }
}

/** Groups that something else names are not there. Source: contract/v3/common.md section 5, code 1201. */
export class GroupIDsNotFound extends ImError {
  readonly code = 'group.id-not-found';
  constructor(readonly groupIDs: readonly string[]) {
    super(`not found group ${groupIDs.join(', ')}`);
  }
}

/** The group was dismissed: it is kept for its history only. */
export class GroupDismissed extends ImError {
  readonly code = 'group.dismissed';
  constructor(readonly groupID: string) {
    super(`Group ${groupID} was dismissed`);
  }
}

/** A new group wants exactly one owner. */
export class GroupOwnerInvalid extends ImError {
  readonly code = 'group.owner-invalid';
  constructor(owners: number) {
    super(`A group has exactly one owner, not ${owners}`);
  }
}

/** The owner of a new group is not registered. */
export class GroupOwnerNotFound extends ImError {
  readonly code = 'group.owner-not-found';
  constructor(readonly userID: string) {
    super(`Owner ${userID} does not exist`);
  }
}

/** Nobody was named to be removed. */
export class KickListEmpty extends ImError {
  readonly code = 'group.kick-list-empty';
  constructor() {
    super('Nobody to remove was named');
  }
}

/** The user is not in the group. */
export class NotInGroup extends ImError {
  readonly code = 'group.not-a-member';
  constructor(groupID: string, userID: string) {
    super(`User ${userID} is not a member of group ${groupID}`);
  }
}
