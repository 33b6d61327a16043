/** Users were imported as friends of one user. Only friendships that were new in at least one direction. */
export class FriendsImported {
  constructor(
    readonly ownerUserID: string,
    readonly friendUserIDs: readonly string[],
    readonly operatorUserID: string,
  ) {}
}

/** `ownerUserID` blocks `blackUserID` from now on. */
export class UserBlocked {
  constructor(
    readonly ownerUserID: string,
    readonly blackUserID: string,
  ) {}
}
