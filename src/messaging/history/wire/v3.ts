import { ID } from '../../../dialects/common-fields.js';
import { Int, Parts } from '../../../dialects/fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import { v3Answer } from '../../../dialects/v3-fields.js';
import type { Wire } from '../../../dialects/wire.js';
import { isNotificationChannel } from '../../../core/ids.js';
import { messageView } from '../../wire/message.view.js';
import type { History, PullMessages } from '../history.service.js';
import type { RevokeMessage } from '../revocations.service.js';

/** Any whole number a seq can be compared with. */
const SEQ = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

/** Bounds of a range may be the largest of 64 bits, which means to the end. Rounding does no harm: no seq is near. */
const BOUND = { min: -(2 ** 63), max: 2 ** 63, need: 'optional' } as const;

/** Most ranges of one pull. Clients ask for up to 100 messages at a time. */
const MAX_RANGES = 1_000;

const SAMPLE_CHAT = 'si_openIM123456_openIM654321';

/** Whom it is about. Left out, it is nobody, and the caller check fails. */
export class NewestSeqV3 implements Wire<string> {
  @ID({ need: 'optional', example: 'openIM654321' }) userID: string = '';

  toInput(): string {
    return this.userID;
  }
}

/** Source: contract/v3/message.md. `maxSeqs` is left out when there is none. */
export const newestSeqV3: V3Speech<string, Map<string, number>> = {
  request: NewestSeqV3,
  answer: (seqs) => (seqs.size > 0 ? { maxSeqs: Object.fromEntries(seqs) } : {}),
  sample: {
    request: { userID: 'openIM654321' },
    answer: v3Answer({ maxSeqs: { [SAMPLE_CHAT]: 1 } }),
  },
};

export class SeqRangeV3 {
  @ID({ need: 'optional', example: SAMPLE_CHAT }) conversationID: string = '';
  @Int({ ...BOUND, example: 1 }) begin: number = 0;
  @Int({ ...BOUND, example: 100 }) end: number = 0;
  @Int({ ...BOUND, example: 100, description: 'Most messages; of a longer range the last ones.' })
  num: number = 0;
}

export class PullMsgBySeqV3 implements Wire<PullMessages> {
  @ID({ need: 'optional', example: 'openIM654321' }) userID: string = '';
  @Parts(() => SeqRangeV3, { need: 'optional', max: MAX_RANGES }) seqRanges: SeqRangeV3[] = [];
  @Int({ need: 'optional', values: [0, 1], description: '0 ascending, 1 descending: which end `isEnd` is about.' })
  order?: number;

  toInput(): PullMessages {
    return { userID: this.userID, ranges: this.seqRanges, descending: this.order === 1 };
  }
}

/** Source: contract/v3/message.md. Each map is left out when it is empty; `content` is base64. */
export const pullMsgBySeqV3: V3Speech<PullMessages, History[]> = {
  request: PullMsgBySeqV3,
  answer: (histories) => ({
    ...pulledView(
      'msgs',
      histories.filter(({ conversationID }) => !isNotificationChannel(conversationID)),
    ),
    ...pulledView(
      'notificationMsgs',
      histories.filter(({ conversationID }) => isNotificationChannel(conversationID)),
    ),
  }),
  sample: {
    request: {
      userID: 'openIM654321',
      seqRanges: [{ conversationID: SAMPLE_CHAT, begin: 1, end: 100, num: 100 }],
      order: 0,
    },
    answer: v3Answer({ msgs: { [SAMPLE_CHAT]: { Msgs: [], isEnd: true, endSeq: 0 } } }),
  },
};

/** A map of PullMsgs. Source: contract/v3/common.md section 12. */
function pulledView(name: string, histories: readonly History[]): object {
  if (histories.length === 0) return {};
  const entries = histories.map(({ conversationID, messages, isEnd, endSeq }) => [
    conversationID,
    { Msgs: messages.map(messageView), isEnd, endSeq },
  ]);
  return { [name]: Object.fromEntries(entries) as object };
}

export class RevokeMsgV3 implements Wire<RevokeMessage> {
  @ID({ missing: 'conversationID is empty', example: SAMPLE_CHAT }) conversationID: string;
  @Int({ min: 1, max: SEQ.max, missing: 'seq is invalid', invalid: 'seq is invalid', example: 1 }) seq: number;
  @ID({ missing: 'userID is empty', example: 'openIM123456' }) userID: string;

  toInput(): RevokeMessage {
    const { conversationID, seq, userID } = this;
    return { conversationID, seq, userID };
  }
}

/** Source: contract/v3/message.md. */
export const revokeMsgV3: V3Speech<RevokeMessage, void> = {
  request: RevokeMsgV3,
  sample: { request: { conversationID: SAMPLE_CHAT, seq: 1, userID: 'openIM123456' }, answer: v3Answer() },
};
