import { assertSome } from '../../../core/lists.js';
import { ID } from '../../../dialects/common-fields.js';
import { Flag, Int, Part, SeqList, TextList } from '../../../dialects/fields.js';
import type { V3Speech } from '../../../dialects/speech.js';
import { v3Answer } from '../../../dialects/v3-fields.js';
import type { Wire } from '../../../dialects/wire.js';
import type { ClearConversations, DeleteMessages, DeleteSync } from '../deletion.service.js';

const CHAT = { missing: 'conversationID is empty', example: 'si_openIM123456_openIM654321' } as const;
const CHATS = { missing: 'conversationIDs is empty', max: 1_000, example: [CHAT.example] } as const;
const USER = { missing: 'userID is empty', example: 'openIM654321' } as const;

/** Most messages one request deletes. */
const MAX_SEQS = 10_000;

/** Whom it reaches: nobody else, the user's other devices, or everybody, which wins. */
export class DeleteSyncOptV3 {
  @Flag({ description: "Tells the user's other devices." }) IsSyncSelf: boolean = false;
  @Flag({ description: 'Deletes for everybody, and tells them.' }) IsSyncOther: boolean = false;
}

function syncOf(option: DeleteSyncOptV3 | undefined): DeleteSync {
  return { self: option?.IsSyncSelf ?? false, others: option?.IsSyncOther ?? false };
}

const SYNC_SAMPLE = { IsSyncSelf: true, IsSyncOther: false };

export class ClearConversationMsgV3 implements Wire<ClearConversations> {
  @TextList(CHATS) conversationIDs: string[];
  @ID(USER) userID: string;
  @Part(() => DeleteSyncOptV3, { need: 'optional' }) deleteSyncOpt?: DeleteSyncOptV3;

  toInput(): ClearConversations {
    assertSome(this.conversationIDs, CHATS.missing, 'conversationIDs');
    return { userID: this.userID, conversationIDs: this.conversationIDs, sync: syncOf(this.deleteSyncOpt) };
  }
}

/** Source: contract/v3/message.md. */
export const clearConversationMsgV3: V3Speech<ClearConversations, void> = {
  request: ClearConversationMsgV3,
  sample: {
    request: { conversationIDs: [CHAT.example], userID: USER.example, deleteSyncOpt: SYNC_SAMPLE },
    answer: v3Answer(),
  },
};

export class UserClearAllMsgV3 implements Wire<{ userID: string; sync: DeleteSync }> {
  @ID(USER) userID: string;
  @Part(() => DeleteSyncOptV3, { need: 'optional' }) deleteSyncOpt?: DeleteSyncOptV3;

  toInput(): { userID: string; sync: DeleteSync } {
    return { userID: this.userID, sync: syncOf(this.deleteSyncOpt) };
  }
}

/** Source: contract/v3/message.md. */
export const userClearAllMsgV3: V3Speech<{ userID: string; sync: DeleteSync }, void> = {
  request: UserClearAllMsgV3,
  sample: { request: { userID: USER.example, deleteSyncOpt: SYNC_SAMPLE }, answer: v3Answer() },
};

export class DeleteMsgsV3 implements Wire<DeleteMessages> {
  @ID(CHAT) conversationID: string;
  @ID(USER) userID: string;
  @SeqList({ missing: 'seqs is empty', max: MAX_SEQS, example: [1] }) seqs: number[];
  @Part(() => DeleteSyncOptV3, { need: 'optional' }) deleteSyncOpt?: DeleteSyncOptV3;

  toInput(): DeleteMessages {
    const { userID, conversationID, seqs } = this;
    return { userID, conversationID, seqs, sync: syncOf(this.deleteSyncOpt) };
  }
}

/** Source: contract/v3/message.md. */
export const deleteMsgsV3: V3Speech<DeleteMessages, void> = {
  request: DeleteMsgsV3,
  sample: {
    request: { conversationID: CHAT.example, userID: USER.example, seqs: [1], deleteSyncOpt: SYNC_SAMPLE },
    answer: v3Answer(),
  },
};

/** Messages of one conversation. */
type SomeMessages = Omit<DeleteMessages, 'userID' | 'sync'>;

export class DeleteMsgPhysicalBySeqV3 implements Wire<SomeMessages> {
  @ID({ need: 'optional', example: CHAT.example }) conversationID: string = '';
  @SeqList({ need: 'optional', max: MAX_SEQS, example: [1] }) seqs: number[] = [];

  toInput(): SomeMessages {
    return { conversationID: this.conversationID, seqs: this.seqs };
  }
}

/** Source: contract/v3/message.md. */
export const deleteMsgPhysicalBySeqV3: V3Speech<SomeMessages, void> = {
  request: DeleteMsgPhysicalBySeqV3,
  sample: { request: { conversationID: CHAT.example, seqs: [1] }, answer: v3Answer() },
};

/** Messages that were sent before a moment. */
export interface OldMessages {
  conversationIDs: readonly string[];
  /** Epoch milliseconds. */
  before: number;
}

const MS_PER_SECOND = 1_000;

export class DeleteMsgPhysicalV3 implements Wire<OldMessages> {
  @TextList(CHATS) conversationIDs: string[];
  @Int({
    need: 'optional',
    min: 0,
    max: Math.floor(Number.MAX_SAFE_INTEGER / MS_PER_SECOND),
    description: 'Epoch seconds. Messages from before are deleted.',
    example: 1700000000,
  })
  timestamp: number = 0;

  toInput(): OldMessages {
    assertSome(this.conversationIDs, CHATS.missing, 'conversationIDs');
    return { conversationIDs: this.conversationIDs, before: this.timestamp * MS_PER_SECOND };
  }
}

/** Source: contract/v3/message.md. */
export const deleteMsgPhysicalV3: V3Speech<OldMessages, void> = {
  request: DeleteMsgPhysicalV3,
  sample: { request: { conversationIDs: [CHAT.example], timestamp: 1700000000 }, answer: v3Answer() },
};
