import { SessionType } from '../../core/protocol.js';
import { ArgumentInvalid } from '../../core/errors.js';
import { ID, OperationID } from '../../dialects/common-fields.js';
import { everyTokenFailure } from '../../dialects/errors/legacy-error.js';
import { Anything, Flag, Int, Text, TextList } from '../../dialects/fields.js';
import type { V1Speech } from '../../dialects/speech.js';
import type { Wire } from '../../dialects/wire.js';
import type { SendMessage, SentMessage } from '../outgoing.js';
import { ONLINE_ONLY } from '../sending/options.js';
import { readContentV1 } from './v1-content.js';

/** v1 says 2 for a group and puts its ID into `recvID`. */
const V1_GROUP = 2;

export class SendMsgV1 implements Wire<SendMessage> {
  @OperationID() operationID: string;
  @ID({ example: 'openIM123456', description: 'In whose name.' }) sendID: string;
  @ID({ example: 'openIM654321', description: 'The user, or with sessionType 2 the group.' }) recvID: string;
  @Text({ need: 'optional', max: 255, example: '张三' }) senderNickName?: string;
  @Text({ need: 'optional', max: 1024, example: 'http://www.head.com' }) senderFaceURL?: string;
  @TextList({ need: 'optional', example: ['openIM654321'], description: 'Members to push to with priority (@).' })
  forceList?: string[];
  @Anything({ description: 'Members depend on contentType.', example: { text: 'nihao' } }) content: unknown;
  @Int({ example: 101, description: '101 to 112 and 114.' }) contentType: number;
  @Int({ example: 1, description: '1 single, 2 group.' }) sessionType: number;
  @Int({ need: 'optional', min: 0, max: 7 }) senderPlatformID?: number;
  @Flag({ description: 'Not stored, delivered to online receivers only.' }) isOnlineOnly?: boolean;

  toInput(): SendMessage {
    const { content, atUserIDList } = readContentV1(this.contentType, this.content);
    // sessionType 3 and 4 are no v1 numbers, though the service knows them.
    const inGroup = this.sessionType === V1_GROUP;
    if (this.content === '') throw new ArgumentInvalid('content is required', 'content');
    return {
      sendID: this.sendID,
      recvID: this.recvID,
      ...(inGroup ? { groupID: this.recvID } : {}),
      sessionType: inGroup ? SessionType.group : this.sessionType === SessionType.single ? SessionType.single : 0,
      contentType: this.contentType,
      content,
      senderNickname: this.senderNickName,
      senderFaceURL: this.senderFaceURL,
      senderPlatformID: this.senderPlatformID,
      unregisteredSender: true,
      atUserIDList: this.forceList?.length ? this.forceList : atUserIDList,
      ...(this.isOnlineOnly ? { options: ONLINE_ONLY } : {}),
    };
  }
}

/** What refusals carry in place of the message's time and ID, with a capital M. */
const unsent = () => ({ sendTime: 0, MsgID: '' });
const refused = (errMsg: string) => ({ http: 400, errCode: 400, errMsg, also: unsent });
const NOT_A_MEMBER = {
  http: 200,
  errCode: 618,
  errMsg: 'There is no such group or the user not in the group',
  also: unsent,
};

/** Nanoseconds in a millisecond. */
const NS_PER_MS = 1e6;

/**
 * Source: contract/legacy/seeds.md section 13. `sendTime` (nanoseconds) and `msgID` are at top level; refusals of the
 * caller carry `MsgID` with a capital M.
 */
export const sendMsgV1: V1Speech<SendMessage, SentMessage> = {
  request: SendMsgV1,
  // Whole milliseconds times 10^6 print exactly, although the number is beyond 2^53.
  answer: ({ sendTime, clientMsgID }) => ({ sendTime: sendTime * NS_PER_MS, msgID: clientMsgID }),
  errors: {
    ...everyTokenFailure(refused('parse token failed')),
    'caller.not-admin': refused('not authorized'),
    'message.session-type-unknown': { http: 200, errCode: 203, errMsg: 'unkonwn sessionType', also: unsent },
    'user.not-found': { http: 200, errCode: 614, errMsg: "Can't find the user information", also: unsent },
    'message.sender-blocked': { http: 200, errCode: 600, errMsg: 'in black list', also: unsent },
    'message.receiver-refuses': { http: 200, errCode: 201, errMsg: 'message is not sent', also: unsent },
    'group.not-found': NOT_A_MEMBER,
    'group.dismissed': NOT_A_MEMBER,
    'group.not-a-member': NOT_A_MEMBER,
  },
  sample: {
    request: {
      operationID: '1111111222',
      sendID: 'openIM123456',
      recvID: 'openIM654321',
      senderNickName: '张三',
      senderFaceURL: 'http://www.head.com',
      forceList: ['openIM654321'],
      content: { text: 'nihao' },
      contentType: 101,
      sessionType: 1,
    },
    answer: { errCode: 0, errMsg: '', sendTime: 1638000000000000000, msgID: '8aadc098d05bab86a142727fd8a2ce9d' },
  },
};
