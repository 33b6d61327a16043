import { ArgumentInvalid } from '../../core/errors.js';
import { isStorable } from '../../core/text.js';
import { ID } from '../../dialects/common-fields.js';
import { Anything, Flag, Int, Part, Parts, SeqList, Text, TextList } from '../../dialects/fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { AskReadStates, PullMessages, PullSeqs } from '../../messaging/history/history.service.js';
import type { MessageOptions, OfflinePushInfo, SendMessage } from '../../messaging/outgoing.js';
import { MAX_SUBSCRIPTIONS } from '../../presence/subscriptions.js';

/**
 * Members of the requests that come over sockets, as protobuf knows them. Whose they are is never read: a connection asks
 * for its own user. Source: contract/gateway.md section 4, contract/sdkws-wire.md sections 2 and 3.
 */

/** Bounds of a range may be the largest of 64 bits, which means to the end. Rounding does no harm: no seq is near. */
const BOUND = { min: -(2 ** 63), max: 2 ** 63, need: 'optional' } as const;

/** A time in milliseconds up to the year 9999; what is larger was meant in other units. */
const TIME = { need: 'optional', min: 0, max: 253_402_300_799_999 } as const;

/** Most conversations of a request, ranges of a pull, and seqs of a conversation. Clients ask for a hundred messages at a time. */
const MAX_CONVERSATIONS = 10_000;
const MAX_RANGES = 1_000;
const MAX_SEQS = 10_000;

/** 0 ascending, 1 descending: which end `isEnd` is about. */
const ORDER = { need: 'optional', values: [0, 1] } as const;

export class SeqRangeAsked {
  @ID({ need: 'optional' }) conversationID: string = '';
  @Int(BOUND) begin: number = 0;
  @Int(BOUND) end: number = 0;
  @Int(BOUND) num: number = 0;
}

/** 1002. */
export class RangesAsked implements Wire<Omit<PullMessages, 'userID'>> {
  @Parts(() => SeqRangeAsked, { need: 'optional', max: MAX_RANGES }) seqRanges: SeqRangeAsked[] = [];
  @Int(ORDER) order?: number;

  toInput(): Omit<PullMessages, 'userID'> {
    return { ranges: this.seqRanges, descending: this.order === 1 };
  }
}

export class ConversationSeqsAsked {
  @ID({ need: 'optional' }) conversationID: string = '';
  @SeqList({ need: 'optional', max: MAX_SEQS }) seqs: number[] = [];
}

/** 1005. */
export class SeqsAsked implements Wire<Omit<PullSeqs, 'userID'>> {
  @Parts(() => ConversationSeqsAsked, { need: 'optional', max: MAX_RANGES }) conversations: ConversationSeqsAsked[] =
    [];
  @Int(ORDER) order?: number;

  toInput(): Omit<PullSeqs, 'userID'> {
    return { conversations: this.conversations, descending: this.order === 1 };
  }
}

/** 1006. */
export class ReadStatesAsked implements Wire<Omit<AskReadStates, 'userID'>> {
  @TextList({ need: 'optional', max: MAX_CONVERSATIONS }) conversationIDs: string[] = [];
  @Flag() returnPinned?: boolean;

  toInput(): Omit<AskReadStates, 'userID'> {
    return { conversationIDs: this.conversationIDs, withPinned: this.returnPinned ?? false };
  }
}

/** 1007. */
export class LastMessagesAsked implements Wire<string[]> {
  @TextList({ need: 'optional', max: MAX_CONVERSATIONS }) conversationIDs: string[] = [];

  toInput(): string[] {
    return this.conversationIDs;
  }
}

/** 2004. */
export class MovedTo implements Wire<boolean> {
  @Flag() isBackground?: boolean;

  toInput(): boolean {
    return this.isBackground ?? false;
  }
}

/** 2005. */
export class SubscriptionsAsked implements Wire<{ add: string[]; remove: string[] }> {
  @TextList({ need: 'optional', max: MAX_SUBSCRIPTIONS }) subscribeUserID: string[] = [];
  @TextList({ need: 'optional' }) unsubscribeUserID: string[] = [];

  toInput(): { add: string[]; remove: string[] } {
    return { add: this.subscribeUserID, remove: this.unsubscribeUserID };
  }
}

export class OfflinePushInfoGiven {
  @Text({ need: 'optional', max: 1024 }) title?: string;
  @Text({ need: 'optional', max: 4096 }) desc?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Text({ need: 'optional', max: 255 }) iOSPushSound?: string;
  @Flag() iOSBadgeCount?: boolean;
  @Text({ need: 'optional', max: 4096 }) signalInfo?: string;

  toInput(): OfflinePushInfo {
    const { title = '', desc = '', ex = '', iOSPushSound = '', iOSBadgeCount = false, signalInfo = '' } = this;
    return { title, desc, ex, iOSPushSound, iOSBadgeCount, signalInfo };
  }
}

/** Longest text of a message besides its content, in bytes. */
const TEXT = { need: 'optional', maxBytes: 65_536 } as const;

/** Most users a message mentions. */
const MAX_MENTIONED = 2_000;

/** Switches a message may carry: those of the protocol, and some to come. */
const MAX_OPTIONS = 20;
const OPTION = /^[A-Za-z]{1,32}$/;

/** 1003: what of MsgData the sender decides. Source: contract/messages.md section 1. */
export class MessageToSend implements Wire<SendMessage> {
  @ID({ missing: 'sendID is empty' }) sendID: string;
  @ID({ need: 'optional' }) recvID?: string;
  @ID({ need: 'optional' }) groupID?: string;
  @Text({ need: 'optional', max: 128 }) clientMsgID?: string;
  @Int({ need: 'optional', min: 0 }) senderPlatformID?: number;
  @Text({ need: 'optional', max: 255 }) senderNickname?: string;
  @Text({ need: 'optional', max: 1024 }) senderFaceURL?: string;
  @Int({ missing: 'sessionType is empty' }) sessionType: number;
  @Int({ need: 'optional', min: 0 }) msgFrom?: number;
  @Int({ missing: 'contentType is empty' }) contentType: number;
  @Anything({ missing: 'content is empty' }) content: Uint8Array;
  @Int(TIME) sendTime?: number;
  @Int(TIME) createTime?: number;
  @Anything({ need: 'optional' }) options: Record<string, boolean> = {};
  @Part(() => OfflinePushInfoGiven, { need: 'optional' }) offlinePushInfo?: OfflinePushInfoGiven;
  @TextList({ need: 'optional', max: MAX_MENTIONED }) atUserIDList?: string[];
  @Text(TEXT) attachedInfo?: string;
  @Text(TEXT) ex?: string;

  toInput(): SendMessage {
    return {
      sendID: this.sendID,
      recvID: this.recvID,
      groupID: this.groupID,
      clientMsgID: this.clientMsgID,
      senderPlatformID: this.senderPlatformID,
      senderNickname: this.senderNickname,
      senderFaceURL: this.senderFaceURL,
      sessionType: this.sessionType,
      msgFrom: this.msgFrom || undefined,
      contentType: this.contentType,
      content: textOf(this.content),
      sendTime: this.sendTime,
      createTime: this.createTime,
      options: optionsOf(this.options),
      offlinePushInfo: this.offlinePushInfo?.toInput(),
      atUserIDList: this.atUserIDList,
      attachedInfo: this.attachedInfo,
      ex: this.ex,
    };
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(content: Uint8Array): string {
  let text: string;
  try {
    text = UTF8.decode(content);
  } catch {
    throw new ArgumentInvalid('content must be UTF-8', 'content');
  }
  if (!isStorable(text)) throw new ArgumentInvalid('content must be valid text without NUL', 'content');
  return text;
}

function optionsOf(options: Record<string, boolean>): MessageOptions {
  const names = Object.keys(options);
  if (names.length > MAX_OPTIONS || !names.every((name) => OPTION.test(name))) {
    throw new ArgumentInvalid(`options must have at most ${MAX_OPTIONS} keys of at most 32 letters`, 'options');
  }
  return options;
}
