import { ArgumentInvalid } from '../../../core/errors.js';
import { ID } from '../../../dialects/common-fields.js';
import { Int, Text } from '../../../dialects/fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import { listOrNull, pageOrNone, Pagination, PaginationV3, v3Answer } from '../../../dialects/v3-fields.js';
import type { Wire } from '../../../dialects/wire.js';
import type { Message } from '../../message.entity.js';
import type { FoundMessage, SearchMessages } from '../message-search.service.js';

const DAY_MS = 86_400_000;

export class SearchMsgV3 implements Wire<SearchMessages> {
  @ID({ need: 'optional', example: 'openIM123456' }) sendID?: string;
  @ID({ need: 'optional', example: 'openIM654321', description: 'A user or a group.' }) recvID?: string;
  @Int({ need: 'optional', description: '0 or absent: any.', example: 101 }) contentType?: number;
  @Int({ need: 'optional', description: '1 single, 3 group; 0 or absent: both.', example: 1 }) sessionType?: number;
  @Text({ need: 'optional', description: 'A day in UTC, YYYY-MM-DD.', example: '2024-01-31' }) sendTime?: string;
  @Pagination({ need: 'optional', description: 'Without it, only the total is answered.' }) pagination?: PaginationV3;

  toInput(): SearchMessages {
    const from = this.sendTime ? startOfDay(this.sendTime) : undefined;
    return {
      sendID: this.sendID ?? '',
      recvID: this.recvID ?? '',
      contentType: this.contentType ?? 0,
      sessionType: this.sessionType ?? 0,
      from: from ?? 0,
      until: from === undefined ? Number.MAX_SAFE_INTEGER : from + DAY_MS,
      page: pageOrNone(this.pagination),
    };
  }
}

/** Epoch milliseconds. */
function startOfDay(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // 30 February is read as a day of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day)) {
    throw new ArgumentInvalid('invalid sendTime: it must be a day, YYYY-MM-DD', 'sendTime');
  }
  return time;
}

/** Whether nobody but administrators is shown the message any more. */
function isRevoked({ revocation }: Message): boolean {
  return revocation !== '';
}

/** ChatLog. Members of the group are 0 and "" outside groups and when it is gone. */
function chatLogView({ message, recvNickname, group }: FoundMessage): object {
  return {
    serverMsgID: message.serverMsgID,
    clientMsgID: message.clientMsgID,
    sendID: message.sendID,
    recvID: message.recvID,
    groupID: message.groupID,
    recvNickname,
    senderPlatformID: message.senderPlatformID,
    senderNickname: message.senderNickname,
    senderFaceURL: message.senderFaceURL,
    groupName: group?.group.groupName ?? '',
    sessionType: message.sessionType,
    msgFrom: message.msgFrom,
    contentType: message.contentType,
    content: message.content,
    status: message.status,
    sendTime: message.sendTime,
    createTime: message.createTime,
    ex: message.ex,
    groupFaceURL: group?.group.faceURL ?? '',
    groupMemberCount: group?.memberCount ?? 0,
    seq: message.seq,
    groupOwner: group?.ownerUserID ?? '',
    groupType: group?.group.groupType ?? 0,
  };
}

/** Source: contract/v3/message.md. `content` is plain text here. */
export const searchMsgV3: V3Speech<SearchMessages, { total: number; found: FoundMessage[] }> = {
  request: SearchMsgV3,
  answer: ({ total, found }) => ({
    chatLogs: listOrNull(found.map((one) => ({ chatLog: chatLogView(one), isRevoked: isRevoked(one.message) }))),
    chatLogsNum: total,
  }),
  sample: {
    request: {
      sendID: 'openIM123456',
      recvID: '',
      contentType: 0,
      sessionType: 1,
      sendTime: '2024-01-31',
      pagination: { pageNumber: 1, showNumber: 100 },
    },
    answer: v3Answer({ chatLogs: null, chatLogsNum: 0 }),
  },
};
