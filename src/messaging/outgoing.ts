import { conversationIDOf, newMessageID } from '../core/ids.js';
import { currentOperation, type Operation } from '../core/operation.js';
import { MessageFrom, MessageStatus, SessionType } from '../core/protocol.js';
import type { Message } from './message.entity.js';

/** Switches of a message; a missing one counts as true. Source: contract/messages.md section 4. */
export type MessageOptions = Readonly<Record<string, boolean>>;

/** What is shown to a receiver who is offline. */
export interface OfflinePushInfo {
  title: string;
  desc: string;
  ex: string;
  iOSPushSound?: string;
  iOSBadgeCount?: boolean;
  signalInfo?: string;
}

/** A message to send. */
export interface SendMessage {
  sendID: string;
  /** The peer of a single chat. */
  recvID?: string;
  /** The group. */
  groupID?: string;
  /** 1 single, 3 group, 4 from a notification account (content type 1400 alone). */
  sessionType: number;
  contentType: number;
  /** JSON text in the v3 form of the content type, at most {@link MAX_CONTENT_BYTES}. */
  content: string;
  /** Chosen by the sender, so that sending again answers the first message. Default: generated. */
  clientMsgID?: string;
  senderPlatformID?: number;
  senderNickname?: string;
  senderFaceURL?: string;
  /** 100 user (default), 200 system. */
  msgFrom?: number;
  options?: MessageOptions;
  offlinePushInfo?: OfflinePushInfo;
  atUserIDList?: readonly string[];
  /** Epoch milliseconds; default now. */
  sendTime?: number;
  /** Epoch milliseconds, the sender's clock; default now. */
  createTime?: number;
  attachedInfo?: string;
  ex?: string;
  /** The sender need not be registered: v1 never asked. */
  unregisteredSender?: boolean;
}

/** A message that was accepted. */
export interface SentMessage {
  conversationID: string;
  /** 0 when the message is not stored. */
  seq: number;
  clientMsgID: string;
  serverMsgID: string;
  /** Epoch milliseconds. */
  sendTime: number;
}

/** Longest content, in bytes of UTF-8. */
export const MAX_CONTENT_BYTES = 131_072;

/** A message on its way into the store. */
export interface OutgoingMessage {
  /** Complete but for its seq, which is 0 until it is stored. */
  message: Message;
  /** The ID was generated here a moment ago, so nobody can have stored it before. */
  fresh: boolean;
  /** `sendTime` was chosen by the sender and is kept; else it rises strictly in the conversation. */
  keepSendTime: boolean;
  /** What causes it; noted now, since the messages of many are stored together. */
  operation: Operation;
  /** Under what its sender may ask later whether it was sent. */
  receipt?: SendReceipt;
}

/** What `/msg/check_msg_is_send_success` is asked by. */
export interface SendReceipt {
  /** Who called. */
  userID: string;
  operationID: string;
}

/** Completes a message: conversation, IDs and times, and the operation that is under way. */
export function outgoing(message: SendMessage & { sessionType: SessionType }): OutgoingMessage {
  const now = Date.now();
  const { sendID, groupID = '', sessionType } = message;
  const recvID = sessionType === SessionType.group ? groupID : (message.recvID ?? '');
  const complete: Message = {
    conversationID: conversationIDOf({ sessionType, sendID, recvID, groupID }),
    seq: 0,
    sendID,
    recvID,
    groupID,
    clientMsgID: message.clientMsgID || newMessageID(),
    serverMsgID: newMessageID(),
    senderPlatformID: message.senderPlatformID ?? 0,
    senderNickname: message.senderNickname ?? '',
    senderFaceURL: message.senderFaceURL ?? '',
    sessionType,
    msgFrom: message.msgFrom ?? MessageFrom.user,
    contentType: message.contentType,
    content: message.content,
    sendTime: message.sendTime || now,
    createTime: message.createTime || now,
    status: MessageStatus.success,
    options: JSON.stringify(message.options ?? {}),
    offlinePushInfo: message.offlinePushInfo ? JSON.stringify(message.offlinePushInfo) : '',
    atUserIDList: message.atUserIDList?.length ? JSON.stringify(message.atUserIDList) : '',
    attachedInfo: message.attachedInfo ?? '',
    ex: message.ex ?? '',
    isRead: false,
    revocation: '',
  };
  return {
    message: complete,
    fresh: !message.clientMsgID,
    keepSendTime: Boolean(message.sendTime),
    operation: currentOperation(),
  };
}
