/**
 * Who may call what, one row per v3 route. Rows stand in a file per feature beside this one; `authorization.e2e.ts` calls
 * every route as everybody and compares. A route of the server without a row fails the test.
 */

/** What is there when the routes are called: two users who are friends, their group, and somebody who has nothing to do with them. */
export interface World {
  /** The users' IDs are the names of the callers. */
  groupID: string;
  /** `si_member_owner`: the chat of the two friends `member` and `owner`, with the notice of their friendship, and messages 2 and 3 by `member`. */
  chatID: string;
  /** `sg_<groupID>`. */
  groupChatID: string;
  /** A text no other call used, for IDs of things to be created. */
  fresh: () => string;
}

/** Callers: all are registered. `member`, `groupAdmin` and `owner` are in the group, `stranger` is not. */
export const CALLERS = ['stranger', 'member', 'groupAdmin', 'owner', 'appAdmin'] as const;
export type CallerName = (typeof CALLERS)[number];

/** errCode of the answer; 0 is success. A list: any of them. */
export type Outcome = number | readonly number[];

export interface RouteRow {
  /** What a call is about: a valid body, in which `member` is who it is about where it is about one user. */
  body(world: World): object;
  /** Everybody alike, or by caller. */
  expect: Outcome | Record<CallerName, Outcome>;
  /** No token is asked for; a bad one does no harm. */
  open?: boolean;
  /** GET, or form of request the table cannot make: the reason, and the test that covers it instead. */
  elsewhere?: string;
}

/** Path without a leading slash → row. */
export type Routes = Record<string, RouteRow>;

/** ADMIN. */
export const ONLY_APP_ADMIN: RouteRow['expect'] = {
  stranger: 1002,
  member: 1002,
  groupAdmin: 1002,
  owner: 1002,
  appAdmin: 0,
};
/** SELF(member). */
export const ONLY_MEMBER_SELF: RouteRow['expect'] = {
  stranger: 1002,
  member: 0,
  groupAdmin: 1002,
  owner: 1002,
  appAdmin: 0,
};
/** MEMBER(group). */
export const ANY_MEMBER: RouteRow['expect'] = { stranger: 1002, member: 0, groupAdmin: 0, owner: 0, appAdmin: 0 };
/** GADMIN(group). */
export const GROUP_ADMINS: RouteRow['expect'] = { stranger: 1002, member: 1002, groupAdmin: 0, owner: 0, appAdmin: 0 };
/** ANY. */
export const EVERYBODY: RouteRow['expect'] = 0;
