/**
 * Which operations are noted when an administrator or an AppServer calls them: all that change something, but for messages.
 * An operation nobody thought of is noted.
 */
export function isAudited(path: string): boolean {
  return ISSUING.has(path) || !(SENDING.has(path) || READING.test(path));
}

/** Read by their names, but give out tokens. */
const ISSUING: ReadonlySet<string> = new Set(['auth/get_user_token', 'auth/get_admin_token']);

/** An AppServer sends thousands a second, and each message tells itself who sent it and when. */
const SENDING: ReadonlySet<string> = new Set([
  'manager/send_msg',
  'msg/send_msg',
  'msg/batch_send_msg',
  'msg/send_simple_msg',
  'msg/send_business_notification',
]);

const READING =
  /^(statistics|jssdk)\/|\/(get|search|pull|page|is|check|account|newest|parse|access|part|subscribe)(_|$)|_get(_all)?$|\/auth_sign$/;
