import { ArgumentInvalid } from '../../../core/errors.js';
import { assertSome } from '../../../core/lists.js';
import type { Page } from '../../../core/pages.js';
import { ReceiveOption } from '../../../core/protocol.js';
import { ID } from '../../../dialects/common-fields.js';
import { Flag, Int, Part, Text, TextList, Uint64 } from '../../../dialects/fields.js';
import {
  LenientPagination,
  LenientPaginationV3,
  pageOrNone,
  Pagination,
  PaginationV3,
} from '../../../dialects/v3-fields.js';
import type { Wire } from '../../../dialects/wire.js';
import { idHashIn, type KnownVersion, knownVersionOf } from '../../../sync/views.js';
import type { ConversationFields, SetConversations } from '../conversation-settings.service.js';
import type { DeleteConversations } from '../conversations.service.js';
import type { SortedListQuery } from '../sorted-conversations.service.js';

/** Most users whose conversation is set at once. */
const MAX_OWNERS = 1_000;

/** Whose list is asked for. An empty ID is nobody's: the caller class refuses it. */
export class OfUserV3 implements Wire<string> {
  @ID({ need: 'optional', example: 'openIM123456' }) userID: string = '';

  toInput(): string {
    return this.userID;
  }
}

export class GetConversationV3 implements Wire<{ ownerUserID: string; conversationID: string }> {
  @ID({ missing: 'ownerUserID is empty', example: 'openIM123456' }) ownerUserID: string;
  @ID({ missing: 'conversationID is empty', example: 'si_openIM123456_openIM654321' }) conversationID: string;

  toInput(): { ownerUserID: string; conversationID: string } {
    return this;
  }
}

export class GetConversationsV3 implements Wire<{ ownerUserID: string; conversationIDs: string[] }> {
  @ID({ missing: 'ownerUserID is empty', example: 'openIM123456' }) ownerUserID: string;
  @TextList({ missing: 'conversationIDs is empty', example: ['si_openIM123456_openIM654321'] })
  conversationIDs: string[];

  toInput(): { ownerUserID: string; conversationIDs: string[] } {
    assertSome(this.conversationIDs, 'conversationIDs is empty', 'conversationIDs');
    return this;
  }
}

export class GetAllConversationsV3 implements Wire<string> {
  @ID({ missing: 'ownerUserID is empty', example: 'openIM123456' }) ownerUserID: string;

  toInput(): string {
    return this.ownerUserID;
  }
}

export class GetOwnerConversationV3 implements Wire<{ userID: string; page: Page }> {
  @ID({ need: 'optional', example: 'openIM123456' }) userID: string = '';
  @LenientPagination() pagination?: LenientPaginationV3;

  toInput(): { userID: string; page: Page } {
    return { userID: this.userID, page: pageOrNone(this.pagination) };
  }
}

export class GetSortedConversationListV3 implements Wire<SortedListQuery> {
  @ID({ missing: 'userID is empty', example: 'openIM123456' }) userID: string;
  @TextList({ need: 'optional', description: 'Empty: all of them.' }) conversationIDs: string[] = [];
  @Pagination() pagination: PaginationV3;

  toInput(): SortedListQuery {
    return { userID: this.userID, conversationIDs: this.conversationIDs, page: this.pagination };
  }
}

/** What is set. A member that is left out stays as it is. */
export class ConversationReqV3 {
  @Int({
    missing: 'conversationType is invalid',
    values: [1, 2, 3, 4],
    invalid: 'conversationType is invalid',
    description: '1 single, 3 group, 4 notification account.',
    example: 1,
  })
  conversationType: number;
  @ID({ need: 'optional', example: 'openIM654321' }) userID: string = '';
  @ID({ need: 'optional' }) groupID: string = '';
  @ID({ need: 'optional', example: 'si_openIM123456_openIM654321' }) conversationID: string = '';
  @Int({ need: 'optional', values: Object.values(ReceiveOption), description: '1 refuses, 2 receives without push.' })
  recvMsgOpt?: number;
  @Flag({ orNumber: true, example: true }) isPinned?: boolean | number;
  @Text({ need: 'optional', max: 4096 }) attachedInfo?: string;
  @Flag({ orNumber: true, description: 'Set on both sides. Without effect in a group.' }) isPrivateChat?:
    boolean | number;
  @Text({ need: 'optional', max: 4096 }) ex?: string;
  @Int({ need: 'optional', min: 0, description: 'Seconds.' }) burnDuration?: number;
  @Int({ need: 'optional', min: 0, max: 4 }) groupAtType?: number;
  @Int({ need: 'optional', min: 0, max: Number.MAX_SAFE_INTEGER, description: 'Seconds.' }) msgDestructTime?: number;
  @Flag({ orNumber: true }) isMsgDestruct?: boolean | number;
}

export class SetConversationsV3 implements Wire<SetConversations> {
  @TextList({ missing: 'userID is empty', max: MAX_OWNERS, example: ['openIM123456'] }) userIDs: string[];
  @Part(() => ConversationReqV3, { missing: 'conversation is empty' }) conversation: ConversationReqV3;

  toInput(): SetConversations {
    assertSome(this.userIDs, 'userID is empty', 'userIDs');
    const { conversationID, conversationType, userID, groupID, isPrivateChat, ...fields } = this.conversation;
    const inGroup = conversationType === 2 || conversationType === 3;
    if (inGroup && groupID === '') throw new ArgumentInvalid('groupID is empty', 'conversation.groupID');
    if (!inGroup && userID === '') throw new ArgumentInvalid('userID is empty', 'conversation.userID');
    return {
      userIDs: this.userIDs,
      conversation: {
        conversationID,
        conversationType,
        userID: inGroup ? '' : userID,
        groupID: inGroup ? groupID : '',
      },
      fields: given({ ...fields, isPinned: flagOf(fields.isPinned), isMsgDestruct: flagOf(fields.isMsgDestruct) }),
      isPrivateChat: flagOf(isPrivateChat),
    };
  }
}

/** 1 and 0 came as they are. */
function flagOf(value: boolean | number | undefined): boolean | undefined {
  return value === undefined ? undefined : Boolean(value);
}

/** The members that were sent. */
function given(fields: {
  [name in keyof ConversationFields]: ConversationFields[name] | undefined;
}): ConversationFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export class UpdateConversationsByUserV3 implements Wire<{ userID: string; ex: string | undefined }> {
  @ID({ need: 'optional', example: 'openIM123456' }) userID: string = '';
  @Text({ need: 'optional', max: 4096, example: '{"folder":"work"}' }) ex?: string;

  toInput(): { userID: string; ex: string | undefined } {
    return { userID: this.userID, ex: this.ex };
  }
}

export class DeleteConversationsV3 implements Wire<DeleteConversations> {
  @ID({ need: 'optional', example: 'openIM123456' }) ownerUserID: string = '';
  @TextList({ need: 'optional', example: ['si_openIM123456_openIM654321'] }) conversationIDs: string[] = [];
  @Int({
    need: 'optional',
    min: 0,
    max: 1_000_000,
    description: 'Instead of the IDs: those whose last message is older than this many days.',
  })
  needDeleteTime: number = 0;

  toInput(): DeleteConversations {
    return this;
  }
}

export class GetFullConversationIDsV3 implements Wire<{ userID: string; idHash: bigint }> {
  @Uint64({ description: 'Hash of the IDs the client has; 0 for none.' }) idHash?: unknown;
  @ID({ need: 'optional', example: 'openIM123456' }) userID: string = '';

  toInput(): { userID: string; idHash: bigint } {
    return { userID: this.userID, idHash: idHashIn(this) };
  }
}

export class GetIncrementalConversationsV3 implements Wire<{ userID: string; known: KnownVersion }> {
  @ID({ need: 'optional', example: 'openIM123456' }) userID: string = '';
  @Text({ need: 'optional', max: 64, example: '66f1c4d8a1b2c3d4e5f60718' }) versionID: string = '';
  @Uint64({ example: 3 }) version?: unknown;

  toInput(): { userID: string; known: KnownVersion } {
    return { userID: this.userID, known: knownVersionOf(this) };
  }
}
