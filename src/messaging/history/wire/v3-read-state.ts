import { ID } from '../../../dialects/common-fields.js';
import { Flag, Int, SeqList, TextList } from '../../../dialects/fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../../dialects/v3-fields.js';
import type { Wire } from '../../../dialects/wire.js';
import type { AskReadStates, ReadStates } from '../history.service.js';
import type { MarkConversation, MarkMessages } from '../read-state.service.js';

const CHAT = { missing: 'conversationID is empty', example: 'si_openIM123456_openIM654321' } as const;
const USER = { missing: 'userID is empty', example: 'openIM654321' } as const;
const NO_ZERO = { min: 1, max: 10_000, invalid: 'seqs has 0 value is invalid' } as const;
const HAS_READ_SEQ = {
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  missing: 'hasReadSeq is invalid',
  invalid: 'hasReadSeq is invalid',
  example: 1,
} as const;

const SAMPLE = { conversationID: CHAT.example, userID: USER.example } as const;

export class MarkMsgsAsReadV3 implements Wire<MarkMessages> {
  @ID(CHAT) conversationID: string;
  @SeqList({ ...NO_ZERO, missing: 'seqs is empty', example: [1] }) seqs: number[];
  @ID(USER) userID: string;

  toInput(): MarkMessages {
    const { userID, conversationID, seqs } = this;
    return { userID, conversationID, seqs };
  }
}

/** Source: contract/v3/message.md. */
export const markMsgsAsReadV3: V3Speech<MarkMessages, void> = {
  request: MarkMsgsAsReadV3,
  sample: { request: { ...SAMPLE, seqs: [1] }, answer: v3Answer() },
};

export class MarkConversationAsReadV3 implements Wire<MarkConversation> {
  @ID(CHAT) conversationID: string;
  @ID(USER) userID: string;
  @Int(HAS_READ_SEQ) hasReadSeq: number;
  @SeqList({ ...NO_ZERO, need: 'optional', description: 'Single chats: messages that were read besides.' })
  seqs: number[] = [];

  toInput(): MarkConversation {
    const { userID, conversationID, hasReadSeq, seqs } = this;
    return { userID, conversationID, hasReadSeq, seqs };
  }
}

/** Source: contract/v3/message.md. */
export const markConversationAsReadV3: V3Speech<MarkConversation, void> = {
  request: MarkConversationAsReadV3,
  sample: { request: { ...SAMPLE, hasReadSeq: 1, seqs: [] }, answer: v3Answer() },
};

export class SetConversationHasReadSeqV3 implements Wire<Omit<MarkConversation, 'seqs'>> {
  @ID(CHAT) conversationID: string;
  @ID(USER) userID: string;
  @Int(HAS_READ_SEQ) hasReadSeq: number;
  @Flag({ description: 'Ignored, as it was in the original.' }) noNotification?: boolean;

  toInput(): Omit<MarkConversation, 'seqs'> {
    const { userID, conversationID, hasReadSeq } = this;
    return { userID, conversationID, hasReadSeq };
  }
}

/** Source: contract/v3/message.md. */
export const setConversationHasReadSeqV3: V3Speech<Omit<MarkConversation, 'seqs'>, void> = {
  request: SetConversationHasReadSeqV3,
  sample: { request: { ...SAMPLE, hasReadSeq: 1 }, answer: v3Answer() },
};

export class GetConversationsHasReadAndMaxSeqV3 implements Wire<AskReadStates> {
  @ID(USER) userID: string;
  @TextList({
    need: 'optional',
    max: 10_000,
    description: "Left out or empty: all of the user's.",
    example: [CHAT.example],
  })
  conversationIDs: string[] = [];
  @Flag({ description: 'Asks which conversations are at the top of the list.' }) returnPinned: boolean = false;

  toInput(): AskReadStates {
    return { userID: this.userID, conversationIDs: this.conversationIDs, withPinned: this.returnPinned };
  }
}

/** Source: contract/v3/message.md. `seqs` is left out when it is empty. */
export const getConversationsHasReadAndMaxSeqV3: V3Speech<AskReadStates, ReadStates> = {
  request: GetConversationsHasReadAndMaxSeqV3,
  answer: ({ states, pinned }) => {
    const seqs = states.map(({ conversationID, maxSeq, hasReadSeq, maxSeqTime }) => [
      conversationID,
      { maxSeq, hasReadSeq, maxSeqTime },
    ]);
    return {
      ...(seqs.length > 0 ? { seqs: Object.fromEntries(seqs) as object } : {}),
      pinnedConversationIDs: listOrNull(pinned ?? []),
    };
  },
  sample: {
    request: { userID: USER.example, conversationIDs: [CHAT.example], returnPinned: true },
    answer: v3Answer({
      seqs: { [CHAT.example]: { maxSeq: 1, hasReadSeq: 1, maxSeqTime: 1700000000000 } },
      pinnedConversationIDs: null,
    }),
  },
};
