/** How much one caller may ask. 0 turns a limit off. */
export interface Limits {
  /**
   * REST operations a second of one address, twice as many at once. Who bears an administrator's token or knows the secret
   * is not counted. Default 0: behind one address there may be a whole company, or, where no proxy is trusted, everybody.
   */
  requestsPerSecondPerIP: number;
  /** REST operations a second of one user, twice as many at once; administrators are not counted. Default 300, as for a socket. */
  requestsPerSecondPerUser: number;
  /** Wrong secrets, and as many wrong tokens, that one address may show in a minute. Default 20. */
  failuresPerMinutePerIP: number;
  /**
   * New sockets a second of one address, twice as many at once. Default 0: after a restart all clients come back at once,
   * thousands of them behind the address of one provider or proxy.
   */
  connectionsPerSecondPerIP: number;
}

/** What a server for trying out has: whoever writes an AppServer is often wrong. */
export const NO_LIMITS: Limits = {
  requestsPerSecondPerIP: 0,
  requestsPerSecondPerUser: 0,
  failuresPerMinutePerIP: 0,
  connectionsPerSecondPerIP: 0,
};

export const DEFAULT_LIMITS: Limits = {
  requestsPerSecondPerIP: 0,
  requestsPerSecondPerUser: 300,
  failuresPerMinutePerIP: 20,
  connectionsPerSecondPerIP: 0,
};
