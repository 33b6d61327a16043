import { systemActor } from '../../src/core/actor.js';
import { ImEvents } from '../../src/events/events.js';
import { MembersService } from '../../src/groups/members.service.js';
import type { Message } from '../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../src/messaging/message.events.js';
import { MessagesService } from '../../src/messaging/messages.service.js';
import type { SendMessage, SentMessage } from '../../src/messaging/outgoing.js';
import type { Im } from './im.js';

/** What tests of stored messages say and read. */
export interface HistoryTalk {
  /** A message to a user, or to the group when `to` is the ID of one that was made by `im.group`. */
  say(sendID: string, to: { recvID?: string; groupID?: string }, more?: Partial<SendMessage>): Promise<SentMessage>;
  /** A call in a user's name. */
  call(userID: string, path: string, body: object): Promise<any>;
  /** What a user is shown of a conversation: the PullMsgs, undefined when it is left out. */
  pull(userID: string, conversationID: string, range?: object): Promise<any>;
  /** The texts a user is shown, `-` for what is deleted. */
  texts(userID: string, conversationID: string): Promise<string[]>;
  /** Removes a member from a group. */
  kick(userID: string, groupID: string): Promise<unknown>;
  /** Notifications of a content type that were told since the last time, their tips unpacked. */
  heard(contentType: number): { message: Message; detail: any }[];
}

export function historyTalk(im: Im): HistoryTalk {
  const tokens = new Map<string, Promise<string>>();
  const told: Message[] = [];
  im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => void told.push(...messages));
  const tokenOf = (userID: string): Promise<string> => {
    if (!tokens.has(userID)) tokens.set(userID, userID === 'openIM123456' ? im.adminToken() : im.tokenOf(userID));
    return tokens.get(userID) as Promise<string>;
  };
  const talk: HistoryTalk = {
    say: (sendID, to, more = {}) =>
      im.get(MessagesService).send(systemActor(), {
        sendID,
        ...to,
        sessionType: to.groupID ? 3 : 1,
        contentType: 101,
        content: '{"content":"hi"}',
        ...more,
      }),
    call: async (userID, path, body) => (await im.v3(path, body, await tokenOf(userID))).body,
    async pull(userID, conversationID, range = { begin: 1, end: 1000, num: 1000 }) {
      const seqRanges = [{ conversationID, ...range }];
      const { data } = await talk.call(userID, '/msg/pull_msg_by_seq', { userID, seqRanges, order: 0 });
      return (data.msgs ?? data.notificationMsgs)?.[conversationID];
    },
    async texts(userID, conversationID) {
      const pulled = await talk.pull(userID, conversationID);
      return (pulled?.Msgs ?? []).map((message: any) =>
        message.status === 4 ? '-' : (unpacked(message).content ?? `${message.contentType}`),
      );
    },
    kick: (userID, groupID) => im.get(MembersService).kick(systemActor('openIM123456'), { groupID, userIDs: [userID] }),
    heard(contentType) {
      const messages = told.splice(0).filter((message) => message.contentType === contentType);
      return messages.map((message) => ({ message, detail: JSON.parse(JSON.parse(message.content).detail) }));
    },
  };
  return talk;
}

/** The content of a MsgData. */
export function unpacked({ content }: { content: string }): any {
  return JSON.parse(Buffer.from(content, 'base64').toString());
}

export const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
export const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
export const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
export const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });
