/** Who is acting: what a token says about its bearer, or what a host application says when it calls a service itself. */
export interface Actor {
  /** The acting user. */
  readonly userID: string;
  /** 1 iOS … 11 HarmonyOS, see {@link PLATFORM_NAMES}; 0 when a host application acts. */
  readonly platformID: number;
  /** True when the user is one of the configured administrators and the token says level 2. */
  readonly isAdmin: boolean;
}

/** The actor for a host application that calls services in process, on nobody's behalf: may do everything. */
export function systemActor(userID = ''): Actor {
  return { userID, platformID: 0, isAdmin: true };
}
