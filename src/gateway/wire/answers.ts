import { isNotificationChannel } from '../../core/ids.js';
import type { History, ReadStates } from '../../messaging/history/history.service.js';
import type { ShownMessage } from '../../messaging/history/shown-message.js';
import type { SentMessage } from '../../messaging/outgoing.js';
import { messageData } from '../../messaging/wire/message.view.js';

/** Answers to requests over sockets, as protobuf takes them. Source: contract/sdkws-wire.md sections 2 and 3. */

/** 1001. GetMaxSeqResp. */
export function newestSeqsView(seqs: ReadonlyMap<string, number>): object {
  return { maxSeqs: Object.fromEntries(seqs) };
}

/** 1002 and 1005. PullMessageBySeqsResp, GetSeqMessageResp. */
export function historiesView(histories: readonly History[]): object {
  const msgs: Record<string, object> = {};
  const notificationMsgs: Record<string, object> = {};
  for (const { conversationID, messages, isEnd, endSeq } of histories) {
    const map = isNotificationChannel(conversationID) ? notificationMsgs : msgs;
    map[conversationID] = { Msgs: messages.map(messageData), isEnd, endSeq };
  }
  return { msgs, notificationMsgs };
}

/** 1003. SendMsgResp. */
export function sentView({ serverMsgID, clientMsgID, sendTime }: SentMessage): object {
  return { serverMsgID, clientMsgID, sendTime };
}

/** 1006. GetConversationsHasReadAndMaxSeqResp. */
export function readStatesView({ states, pinned }: ReadStates): object {
  return {
    seqs: Object.fromEntries(
      states.map(({ conversationID, maxSeq, hasReadSeq, maxSeqTime }) => [
        conversationID,
        { maxSeq, hasReadSeq, maxSeqTime },
      ]),
    ),
    pinnedConversationIDs: pinned ?? [],
  };
}

/** 1007. GetLastMessageResp. */
export function lastMessagesView(messages: ReadonlyMap<string, ShownMessage>): object {
  return {
    msgs: Object.fromEntries([...messages].map(([conversationID, message]) => [conversationID, messageData(message)])),
  };
}
