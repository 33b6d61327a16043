import { ID } from '../../../dialects/common-fields.js';
import { Int, Parts } from '../../../dialects/fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import type { Wire } from '../../../dialects/wire.js';
import type { History, PullMessages } from '../history.service.js';
import { messageView } from '../../wire/message.view.js';

const SEQ = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class NewestSeqV3 implements Wire<string> {
  @ID({ missing: 'userID is empty', example: 'openIM654321' }) userID: string;

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
    answer: { errCode: 0, errMsg: '', errDlt: '', data: { maxSeqs: { si_openIM123456_openIM654321: 1 } } },
  },
};

export class SeqRangeV3 {
  @ID({ example: 'si_openIM123456_openIM654321' }) conversationID: string;
  @Int({ ...SEQ, need: 'present', example: 1 }) begin: number;
  @Int({ ...SEQ, need: 'present', example: 100 }) end: number;
  @Int({ ...SEQ, need: 'present', example: 100 }) num: number;
}

export class PullMsgBySeqV3 implements Wire<PullMessages> {
  @ID({ missing: 'userID is empty', example: 'openIM654321' }) userID: string;
  @Parts(() => SeqRangeV3, { max: 1000 }) seqRanges: SeqRangeV3[];
  @Int({ need: 'optional', values: [0, 1], description: '0 ascending, 1 descending: which end `isEnd` is about.' })
  order?: number;

  toInput(): PullMessages {
    return { userID: this.userID, ranges: this.seqRanges, descending: this.order === 1 };
  }
}

/** Source: contract/v3/message.md. `msgs` is left out when there is none; `content` is base64. */
export const pullMsgBySeqV3: V3Speech<PullMessages, History[]> = {
  request: PullMsgBySeqV3,
  answer: (histories) =>
    histories.length === 0
      ? {}
      : {
          msgs: Object.fromEntries(
            histories.map(({ conversationID, messages, isEnd }) => [
              conversationID,
              { Msgs: messages.map(messageView), isEnd, endSeq: 0 },
            ]),
          ),
        },
  sample: {
    request: {
      userID: 'openIM654321',
      seqRanges: [{ conversationID: 'si_openIM123456_openIM654321', begin: 1, end: 100, num: 100 }],
      order: 0,
    },
    answer: {
      errCode: 0,
      errMsg: '',
      errDlt: '',
      data: { msgs: { si_openIM123456_openIM654321: { Msgs: [], isEnd: true, endSeq: 0 } } },
    },
  },
};
