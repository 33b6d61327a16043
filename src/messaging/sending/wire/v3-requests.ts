import { ArgumentInvalid } from '../../../core/errors.js';
import { MAX_ID_LENGTH } from '../../../core/ids.js';
import { ContentType, MessageFrom, SessionType } from '../../../core/protocol.js';
import { ID } from '../../../dialects/common-fields.js';
import { Anything, Flag, Int, Part, Text, TextList } from '../../../dialects/fields.js';
import type { Wire } from '../../../dialects/wire.js';
import { MAX_CONTENT_BYTES, type MessageOptions, type OfflinePushInfo, type SendMessage } from '../../outgoing.js';
import { ONLINE_ONLY } from '../options.js';
import type { BatchSend, BusinessNotification, SimpleReply } from '../sending.service.js';
import { readContentV3 } from './v3-content.js';

/** A year-9999 time in milliseconds; what is larger was meant in other units. */
const MAX_TIME_MS = 253_402_300_799_999;

/** Longest text whose effect on the size of a stored message matters. */
const MAX_TEXT_BYTES = 65_536;

/** A write-diffusion group, which v3 names and refuses. */
const OLD_GROUP = 2;

export class OfflinePushInfoV3 {
  @Text({ need: 'optional', max: 1024, example: 'ann' }) title?: string;
  @Text({ need: 'optional', max: 4096, example: 'hello' }) desc?: string;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Text({ need: 'optional', max: 255 }) iOSPushSound?: string;
  @Flag() iOSBadgeCount?: boolean;
  @Text({ need: 'optional', max: 4096 }) signalInfo?: string;

  toInput(): OfflinePushInfo {
    const { title = '', desc = '', ex = '', iOSPushSound = '', iOSBadgeCount = false, signalInfo = '' } = this;
    return { title, desc, ex, iOSPushSound, iOSBadgeCount, signalInfo };
  }
}

/** Chosen by the AppServer, so that it can try again. An extension: the original ignores it. */
function ClientMsgID(): PropertyDecorator {
  return Text({
    need: 'optional',
    max: 128,
    description:
      'Makes the request safe to repeat: the same sender’s message of the same ID in the same chat is sent once, and ' +
      'answered again. Default: generated. An extension of this server.',
  });
}

/** What `send_msg` and `batch_send_msg` have in common. */
export class MessageV3 {
  @ID({ example: 'openIM123456', description: 'In whose name.' }) sendID: string;
  @ID({ need: 'optional', description: 'Needed for sessionType 3.' }) groupID?: string;
  @Text({ need: 'optional', max: 255, example: 'system1' }) senderNickname?: string;
  @Text({ need: 'optional', max: 1024, example: 'http://www.head.com' }) senderFaceURL?: string;
  @Int({ need: 'optional', min: 0, example: 1 }) senderPlatformID?: number;
  @Anything({ description: 'Members depend on contentType.', example: { content: 'hello' } }) content: unknown;
  @Int({ description: '101 to 106, 110, 114, 118 or 1400.', example: 101 }) contentType: number;
  @Int({ description: '1 single, 3 group, 4 from a notification account (contentType 1400).', example: 1 })
  sessionType: number;
  @Flag({ description: 'Not stored, delivered to online receivers only.' }) isOnlineOnly?: boolean;
  @Flag({ description: 'No push to receivers who are offline.' }) notOfflinePush?: boolean;
  @Int({ need: 'optional', min: 0, max: MAX_TIME_MS, description: 'Milliseconds; default now.' }) sendTime?: number;
  @Part(() => OfflinePushInfoV3, { need: 'optional' }) offlinePushInfo?: OfflinePushInfoV3;
  @Text({ need: 'optional', maxBytes: MAX_TEXT_BYTES }) ex?: string;
  @ClientMsgID() clientMsgID?: string;

  /** The message without its receiver. Source: contract/v3/message.md, send_msg. */
  protected message(): SendMessage {
    const inGroup = this.sessionType === SessionType.group || this.sessionType === OLD_GROUP;
    if (inGroup && !this.groupID) throw new ArgumentInvalid('groupID is required', 'groupID');
    const isNotification = this.contentType === ContentType.oaNotification;
    const { content, atUserIDList } = readContentV3(this.contentType, this.content);
    return {
      sendID: this.sendID,
      ...(inGroup && !isNotification ? { groupID: this.groupID } : {}),
      sessionType: isNotification ? SessionType.notification : this.sessionType,
      contentType: this.contentType,
      content,
      clientMsgID: this.clientMsgID,
      senderPlatformID: this.senderPlatformID,
      senderNickname: this.senderNickname,
      senderFaceURL: this.senderFaceURL,
      msgFrom: MessageFrom.system,
      options: this.options(),
      offlinePushInfo: this.offlinePushInfo?.toInput(),
      atUserIDList,
      sendTime: this.sendTime,
      ex: this.ex,
    };
  }

  /** Whether sending needs a receiver of its own. */
  protected get needsReceiver(): boolean {
    return this.sessionType === SessionType.single || this.sessionType === SessionType.notification;
  }

  private options(): MessageOptions {
    return { ...(this.isOnlineOnly ? ONLINE_ONLY : {}), ...(this.notOfflinePush ? { offlinePush: false } : {}) };
  }
}

export class SendMsgV3 extends MessageV3 implements Wire<SendMessage> {
  @ID({ need: 'optional', example: 'openIM654321', description: 'Needed for sessionType 1 and 4.' }) recvID?: string;

  toInput(): SendMessage {
    if (this.needsReceiver && !this.recvID) throw new ArgumentInvalid('recvID is required', 'recvID');
    const message = this.message();
    return message.groupID ? message : { ...message, recvID: this.recvID };
  }
}

/** Most receivers of a batch; `isSendAll` has no bound. */
const MAX_RECEIVERS = 10_000;

export class BatchSendMsgV3 extends MessageV3 implements Wire<BatchSend> {
  @TextList({
    need: 'present',
    max: MAX_RECEIVERS,
    example: ['openIM654321'],
    description: 'May be empty. A group gets the message once, however many are listed.',
  })
  recvIDs: string[];
  @Flag({
    description:
      'To every registered user instead of `recvIDs`, in the background: the answer has a `jobID` for ' +
      '`/msg/get_send_job`.',
  })
  isSendAll?: boolean;

  toInput(): BatchSend {
    return { message: this.message(), recvIDs: this.recvIDs, toEverybody: this.isSendAll ?? false };
  }
}

export class GetSendJobV3 implements Wire<string> {
  @ID({ missing: 'jobID is empty', example: '9f86d081884c7d659a2feaa0c55ad015' }) jobID: string;

  toInput(): string {
    return this.jobID;
  }
}

/** Stored with its seq. */
const RELIABLE = 2;

export class SendBusinessNotificationV3 implements Wire<BusinessNotification> {
  @Text({ max: MAX_ID_LENGTH, example: 'openIM123456', description: 'Need not be registered.' }) sendUserID: string;
  @Text({ need: 'optional', max: MAX_ID_LENGTH, example: 'openIM654321', description: 'This or recvGroupID.' })
  recvUserID?: string;
  @ID({ need: 'optional' }) recvGroupID?: string;
  @Text({ need: 'optional', maxBytes: MAX_TEXT_BYTES, example: 'order' }) key?: string;
  @Text({ need: 'optional', maxBytes: MAX_TEXT_BYTES, example: '{"paid":true}' }) data?: string;
  @Flag({ description: 'Also a message in the chat, unread.' }) sendMsg?: boolean;
  @Int({ need: 'optional', description: '1 (default) passing, 2 stored for devices that are offline.' })
  reliabilityLevel?: number;

  toInput(): BusinessNotification {
    return {
      sendUserID: this.sendUserID,
      recvUserID: this.recvUserID ?? '',
      recvGroupID: this.recvGroupID ?? '',
      key: this.key ?? '',
      data: this.data ?? '',
      chatCopy: this.sendMsg ?? false,
      reliable: this.reliabilityLevel === RELIABLE,
    };
  }
}

export class SendSimpleMsgV3 implements Wire<SimpleReply> {
  @ID({ need: 'optional', description: 'Who answers in a group.' }) sendID?: string;
  @Text({ maxBytes: MAX_CONTENT_BYTES, example: 'hello' }) content: string;
  @Part(() => OfflinePushInfoV3, { need: 'optional' }) offlinePushInfo?: OfflinePushInfoV3;
  @Text({ need: 'optional', maxBytes: MAX_TEXT_BYTES }) ex?: string;
  @ClientMsgID() clientMsgID?: string;

  toInput(): SimpleReply {
    const { sendID = '', content: text, offlinePushInfo, ex, clientMsgID } = this;
    return { sendID, text, clientMsgID, offlinePushInfo: offlinePushInfo?.toInput(), ex };
  }
}

/** A request without members. */
export class AskSendingV3 implements Wire<void> {
  toInput(): void {}
}
