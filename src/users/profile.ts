/** Members of a profile that can be set; what is left out is "", 0 or, in an update, unchanged. */
export interface Profile {
  nickname?: string;
  faceURL?: string;
  gender?: number;
  phoneNumber?: string;
  /** Set together with `birthSeconds`: see `birth.ts`. */
  birthText?: string;
  birthSeconds?: number;
  email?: string;
  ex?: string;
  globalRecvMsgOpt?: number;
}

/** Whose profile changes, and to what. */
export interface UpdateUser {
  userID: string;
  profile: Profile;
  /** An ordinary caller changes his own profile whoever he names, as v1 had it; else he is refused. */
  ordinaryCallersOwn?: boolean;
}
