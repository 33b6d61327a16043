import { Injectable } from '@nestjs/common';
import { ArgumentInvalid } from '../core/errors.js';
import type { WireClass } from '../dialects/wire.js';
import { HistoryService } from '../messaging/history/history.service.js';
import { MessagesService } from '../messaging/messages.service.js';
import { ThirdService } from '../third/third.service.js';
import type { Connection } from './connection.js';
import { OnlineStatus } from './online-status.js';
import { Sessions } from './sessions.js';
import { historiesView, lastMessagesView, newestSeqsView, readStatesView, sentView } from './wire/answers.js';
import {
  LastMessagesAsked,
  MessageToSend,
  MovedTo,
  RangesAsked,
  ReadStatesAsked,
  SeqsAsked,
  SubscriptionsAsked,
} from './wire/requests.js';

/** A kind of request: its protobuf messages, and who answers it. */
export interface RequestKind<Input = any> {
  /** What it is called where it is counted. */
  readonly name: string;
  /** Name of its protobuf message. */
  readonly request: string;
  /** Name of the answer's; absent where it says no more than that it is done. */
  readonly response?: string;
  /** Members of the request. Absent: it has none that matter. */
  readonly wire?: WireClass<Input>;
  /** Answers the members of the response. */
  answer(from: Connection, input: Input): Promise<object | void>;
  /** The connection ends with the answer. */
  readonly last?: boolean;
}

/** Native clients take a frame of 1 MiB, which an answer in JSON fills with three quarters of that. Source: contract/gateway.md section 6. */
const BOUND = { maxBytes: 720 * 1024 } as const;

/** Every kind of request, by its number. Source: contract/gateway.md section 4. */
@Injectable()
export class RequestKinds {
  private readonly kinds: ReadonlyMap<number, RequestKind>;

  constructor(
    history: HistoryService,
    messages: MessagesService,
    third: ThirdService,
    sessions: Sessions,
    online: OnlineStatus,
  ) {
    this.kinds = new Map([
      [
        1001,
        kind({
          name: 'newest_seqs',
          request: 'GetMaxSeqReq',
          response: 'GetMaxSeqResp',
          answer: async ({ actor }) => newestSeqsView(await history.newestSeqs(actor, actor.userID)),
        }),
      ],
      [
        1002,
        kind({
          name: 'pull_by_range',
          request: 'PullMessageBySeqsReq',
          response: 'PullMessageBySeqsResp',
          wire: RangesAsked,
          answer: async ({ actor, userID }, asked) =>
            historiesView(await history.pull(actor, { ...asked, userID }, BOUND)),
        }),
      ],
      [
        1003,
        kind({
          name: 'send_message',
          request: 'MsgData',
          response: 'SendMsgResp',
          wire: MessageToSend,
          answer: async ({ actor }, message) => sentView(await messages.send(actor, message)),
        }),
      ],
      [
        1004,
        kind({
          name: 'send_signal',
          request: 'MsgData',
          response: 'SendMsgResp',
          answer: async () => {
            throw new ArgumentInvalid('signalling messages are not supported');
          },
        }),
      ],
      [
        1005,
        kind({
          name: 'pull_by_seqs',
          request: 'GetSeqMessageReq',
          response: 'GetSeqMessageResp',
          wire: SeqsAsked,
          answer: async ({ actor, userID }, asked) =>
            historiesView(await history.pullBySeqs(actor, { ...asked, userID }, BOUND)),
        }),
      ],
      [
        1006,
        kind({
          name: 'read_states',
          request: 'GetConversationsHasReadAndMaxSeqReq',
          response: 'GetConversationsHasReadAndMaxSeqResp',
          wire: ReadStatesAsked,
          answer: async ({ actor, userID }, asked) =>
            readStatesView(await history.readStates(actor, { ...asked, userID })),
        }),
      ],
      [
        1007,
        kind({
          name: 'last_messages',
          request: 'GetLastMessageReq',
          response: 'GetLastMessageResp',
          wire: LastMessagesAsked,
          answer: async ({ actor, userID }, conversationIDs) =>
            lastMessagesView(await history.pullLast(actor, { userID, conversationIDs }, BOUND)),
        }),
      ],
      [
        2003,
        kind({
          name: 'logout',
          request: 'DelUserPushTokenReq',
          answer: ({ actor, userID, platformID }) => third.removePushToken({ userID, platformID }, actor),
          last: true,
        }),
      ],
      [
        2004,
        kind({
          name: 'set_background',
          request: 'SetAppBackgroundStatusReq',
          wire: MovedTo,
          answer: async (from, isBackground) => sessions.moved(from, isBackground),
        }),
      ],
      [
        2005,
        kind({
          name: 'subscribe_online',
          request: 'SubUserOnlineStatus',
          response: 'SubUserOnlineStatusTips',
          wire: SubscriptionsAsked,
          answer: async (from, asked) => ({ subscribers: await online.subscribe(from, asked) }),
        }),
      ],
    ]);
  }

  /** What a request of this number is; undefined when the protocol has none. */
  of(reqIdentifier: number): RequestKind | undefined {
    return this.kinds.get(reqIdentifier);
  }
}

/** Lets the compiler find what `answer` is handed from the request's members. */
function kind<Input>(spec: RequestKind<Input>): RequestKind {
  return spec;
}
