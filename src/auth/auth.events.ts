/** The tokens of a user on a platform were ended; open connections there have to go. */
export class UserLoggedOut {
  constructor(
    readonly userID: string,
    readonly platformID: number,
  ) {}
}
