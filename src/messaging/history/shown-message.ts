import { ContentType, MessageStatus } from '../../core/protocol.js';
import type { Message, Revocation } from '../message.entity.js';

/** A message as one user is shown it: hidden, revoked or as it was written. Source: contract/messages.md 6.6. */
export type ShownMessage = Omit<Message, 'revocation'>;

/** What of a quoted message decides how the quote is shown. */
export type QuotedMessage = Pick<
  Message,
  'seq' | 'clientMsgID' | 'sendID' | 'senderNickname' | 'sendTime' | 'sessionType' | 'ex' | 'revocation'
>;

/** Stands where nothing is stored (any more): clients fill the gap with it. */
export function placeholder(conversationID: string, seq: number): ShownMessage {
  return {
    conversationID,
    seq,
    sendID: '',
    recvID: '',
    groupID: '',
    clientMsgID: '',
    serverMsgID: '',
    senderPlatformID: 0,
    senderNickname: '',
    senderFaceURL: '',
    sessionType: 0,
    msgFrom: 0,
    contentType: 0,
    content: '',
    sendTime: 0,
    createTime: 0,
    status: MessageStatus.deleted,
    options: '{}',
    offlinePushInfo: '',
    atUserIDList: '',
    attachedInfo: '',
    ex: '',
    isRead: false,
  };
}

/** A message its reader deleted for himself. */
export function hiddenMessage(message: Message): ShownMessage {
  return { ...message, content: '', status: MessageStatus.deleted };
}

/** A revoked message: who revoked it, instead of what it said. */
export function revokedMessage(message: Message): ShownMessage {
  return { ...message, contentType: ContentType.messageRevoked, content: revokedContent(message) };
}

/** MessageRevokedContent, in the envelope of notifications. Source: contract/messages.md 6.6. */
function revokedContent(message: QuotedMessage): string {
  const { userID, role, nickname, time } = JSON.parse(message.revocation) as Revocation;
  const detail = {
    revokerID: userID,
    revokerRole: role,
    clientMsgID: message.clientMsgID,
    revokerNickname: nickname,
    revokeTime: time,
    sourceMessageSendTime: message.sendTime,
    sourceMessageSendID: message.sendID,
    sourceMessageSenderNickname: message.senderNickname,
    sessionType: message.sessionType,
    seq: message.seq,
    ex: message.ex,
  };
  return JSON.stringify({ detail: JSON.stringify(detail) });
}

/** A message within another's content, in the form clients send it. */
interface Quotation {
  seq: number;
  clientMsgID?: unknown;
  [member: string]: unknown;
}

/** The message that a quote (114) quotes; undefined where it names no earlier message of its conversation. */
export function quotationOf({
  contentType,
  content,
  seq,
}: Pick<Message, 'contentType' | 'content' | 'seq'>): Quotation | undefined {
  if (contentType !== ContentType.quote) return undefined;
  const quotation = (parsed(content) as { quoteMessage?: Quotation | null } | undefined)?.quoteMessage;
  const quoted = typeof quotation === 'object' && quotation !== null ? quotation : undefined;
  return quoted && Number.isSafeInteger(quoted.seq) && quoted.seq > 0 && quoted.seq < seq ? quoted : undefined;
}

/**
 * A quote whose quoted message was revoked or deleted does not show it either. A quote that was forwarded from elsewhere
 * names a seq of another conversation, and is left as it is where the message there is another one.
 *
 * @param quoted the message at the quotation's seq, undefined when there is none any more
 */
export function withQuotation(message: Message, quotation: Quotation, quoted: QuotedMessage | undefined): ShownMessage {
  const other = quoted && quotation.clientMsgID && quotation.clientMsgID !== quoted.clientMsgID;
  if (other || (quoted && !quoted.revocation)) return message;
  // The text is in the element of its type as well.
  const rest = Object.entries(quotation).filter(([member]) => !member.endsWith('Elem'));
  const quoteMessage = {
    ...Object.fromEntries(rest),
    contentType: ContentType.messageRevoked,
    content: quoted ? revokedContent(quoted) : '{}',
  };
  return { ...message, content: JSON.stringify({ ...(parsed(message.content) as object), quoteMessage }) };
}

/** The content is the sender's: it may be anything. */
function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
