import type { V3Exceptions } from '../../../dialects/errors/v3.js';
import type { V3Speech } from '../../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../../dialects/v3-fields.js';
import type { SendMessage, SentMessage } from '../../outgoing.js';
import type { SendJob } from '../send-job.entity.js';
import type { BatchSend, BatchSent, BusinessNotification, SimpleReply } from '../sending.service.js';
import {
  AskSendingV3,
  BatchSendMsgV3,
  GetSendJobV3,
  SendBusinessNotificationV3,
  SendMsgV3,
  SendSimpleMsgV3,
} from './v3-requests.js';

/** What check_msg_is_send_success answers. */
const SENT = 2;
const UNKNOWN = 0;

const USER_UNKNOWN = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'userID not found' };

/** Source: contract/v3/message.md. */
const SEND_ERRORS: V3Exceptions = {
  'caller.not-admin': { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'only app manager can send message' },
  'user.not-found': USER_UNKNOWN,
};

/** SendResult. */
function sentView({ serverMsgID, clientMsgID, sendTime }: SentMessage): object {
  return { serverMsgID, clientMsgID, sendTime };
}

const SENT_SAMPLE = {
  serverMsgID: '8aadc098d05bab86a142727fd8a2ce9d',
  clientMsgID: '2d0a57e1d8aef2ba86cdbd2e8c1d13b3',
  sendTime: 1699241222762,
};

const MESSAGE_SAMPLE = {
  sendID: 'openIM123456',
  senderNickname: 'system1',
  senderFaceURL: '',
  senderPlatformID: 1,
  content: { content: 'hello' },
  contentType: 101,
  sessionType: 1,
};

/** Source: contract/v3/message.md. A retry with the same `clientMsgID` is answered with the first message. */
export const sendMsgV3: V3Speech<SendMessage, SentMessage> = {
  request: SendMsgV3,
  answer: sentView,
  errors: SEND_ERRORS,
  handBound: true,
  sample: { request: { ...MESSAGE_SAMPLE, recvID: 'openIM654321' }, answer: v3Answer(SENT_SAMPLE) },
};

/** Source: contract/v3/message.md; `jobID`, only with `isSendAll`, is ours. */
export const batchSendMsgV3: V3Speech<BatchSend, BatchSent> = {
  request: BatchSendMsgV3,
  answer: ({ sent, failedUserIDs, jobID }) => ({
    results: listOrNull(sent.map(({ recvID, ...one }) => ({ ...sentView(one), recvID }))),
    failedUserIDs: listOrNull(failedUserIDs),
    ...(jobID ? { jobID } : {}),
  }),
  errors: SEND_ERRORS,
  handBound: true,
  sample: {
    request: { ...MESSAGE_SAMPLE, recvIDs: ['openIM654321', 'nobody'], isSendAll: false },
    answer: v3Answer({ results: [{ ...SENT_SAMPLE, recvID: 'openIM654321' }], failedUserIDs: ['nobody'] }),
  },
};

/** Ours: how far a message to all users is. `total` is as of its begin; times are milliseconds, 0 before they came. */
export const getSendJobV3: V3Speech<string, SendJob> = {
  request: GetSendJobV3,
  answer: ({ id, state, total, done, failed, startTime, endTime }) => ({
    jobID: id,
    state,
    total,
    done,
    failed,
    startTime,
    endTime,
  }),
  sample: {
    request: { jobID: '9f86d081884c7d659a2feaa0c55ad015' },
    answer: v3Answer({
      jobID: '9f86d081884c7d659a2feaa0c55ad015',
      state: 'running',
      total: 100_000,
      done: 4_000,
      failed: 2,
      startTime: 1699241222762,
      endTime: 0,
    }),
  },
};

/** Source: contract/v3/message.md. */
export const sendBusinessNotificationV3: V3Speech<BusinessNotification, SentMessage> = {
  request: SendBusinessNotificationV3,
  answer: sentView,
  handBound: true,
  sample: {
    request: {
      sendUserID: 'openIM123456',
      recvUserID: 'openIM654321',
      key: 'order',
      data: '{"paid":true}',
      sendMsg: false,
      reliabilityLevel: 1,
    },
    answer: v3Answer(SENT_SAMPLE),
  },
};

/** Of a message from openIM123456 to openIM654321. */
export const SAMPLE_KEY = 'eyJzZW5kSUQiOiJvcGVuSU0xMjM0NTYiLCJyZWN2SUQiOiJvcGVuSU02NTQzMjEiLCJncm91cElEIjoiIn0=';

/** Source: contract/v3/message.md. */
export const sendSimpleMsgV3: V3Speech<SimpleReply, SentMessage> = {
  request: SendSimpleMsgV3,
  answer: sentView,
  errors: { 'user.not-found': USER_UNKNOWN },
  handBound: true,
  sample: { request: { content: 'hello' }, answer: v3Answer(SENT_SAMPLE) },
};

/** Source: contract/v3/message.md. */
export const checkMsgIsSendSuccessV3: V3Speech<void, boolean> = {
  request: AskSendingV3,
  answer: (sent) => ({ status: sent ? SENT : UNKNOWN }),
  sample: { request: {}, answer: v3Answer({ status: SENT }) },
};

/** Source: contract/v3/message.md. */
export const getServerTimeV3: V3Speech<void, number> = {
  request: AskSendingV3,
  answer: (serverTime) => ({ serverTime }),
  sample: { request: {}, answer: v3Answer({ serverTime: 1699241222762 }) },
};
