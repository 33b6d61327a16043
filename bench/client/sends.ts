import { TEXT_SENT } from './messages.js';
import type { RestRequest } from './rest-request.js';

const TEXT = 101;
const SINGLE_CHAT = 1;
const GROUP_CHAT = 3;
const ANDROID = 2;

/** A text message in v3, to a user or into a group. */
export function v3Send(
  token: string,
  message: { sendID: string } & ({ recvID: string } | { groupID: string }),
): RestRequest {
  const sessionType = 'groupID' in message ? GROUP_CHAT : SINGLE_CHAT;
  const body = {
    ...message,
    senderPlatformID: ANDROID,
    sessionType,
    contentType: TEXT,
    content: { content: TEXT_SENT },
  };
  return { path: '/msg/send_msg', token, body: JSON.stringify(body) };
}

/** The same message in v1. */
export function v1Send(token: string, message: { sendID: string; recvID: string }): RestRequest {
  const body = {
    operationID: 'bench',
    ...message,
    senderPlatformID: ANDROID,
    sessionType: SINGLE_CHAT,
    contentType: TEXT,
    content: { text: TEXT_SENT },
  };
  return { path: '/manager/send_msg', token, body: JSON.stringify(body) };
}

/** The ID of the conversation of two users. */
export function chatOf(one: string, other: string): string {
  return `si_${[one, other].sort().join('_')}`;
}
