import { assertSome } from '../../core/lists.js';
import { ID } from '../../dialects/common-fields.js';
import { Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import { type Changes, changesView } from '../../sync/views.js';
import type { BlackPair, ListedBlack } from '../blacks.service.js';
import { ChangesOfV3, type CopyOf, type PageOf, PageOfV3, type SomeOf } from './v3-lists.js';
import { BLACK_SAMPLE } from './v3-samples.js';
import { designatedBlackView, listedBlackView } from './v3-views.js';

/** Black lists in v3. Source: contract/v3/friend.md. */

const USER_NOT_FOUND = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'user not found' };

export class RemoveBlackV3 implements Wire<BlackPair> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @ID({ missing: 'blackUserID is empty', example: 'openIM123456' }) blackUserID: string;

  toInput(): BlackPair {
    return { ownerUserID: this.ownerUserID, blackUserID: this.blackUserID };
  }
}

export const removeBlackV3: V3Speech<BlackPair, void> = {
  request: RemoveBlackV3,
  sample: { request: { ownerUserID: '11111112', blackUserID: 'openIM123456' }, answer: v3Answer() },
};

export class AddBlackV3 implements Wire<BlackPair & { ex: string }> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @ID({ missing: 'blackUserID is empty', example: 'openIM123456' }) blackUserID: string;
  @Text({ need: 'optional', max: 4096 }) ex: string = '';

  toInput(): BlackPair & { ex: string } {
    return { ownerUserID: this.ownerUserID, blackUserID: this.blackUserID, ex: this.ex };
  }
}

/** The original looks for two accounts, and finds one where somebody blocks himself. */
export const addBlackV3: V3Speech<BlackPair & { ex: string }, void> = {
  request: AddBlackV3,
  errors: { 'user.not-found': USER_NOT_FOUND, 'black.self': USER_NOT_FOUND },
  sample: { request: { ownerUserID: '11111112', blackUserID: 'openIM123456', ex: '' }, answer: v3Answer() },
};

export const getBlackListV3: V3Speech<PageOf, { total: number; blacks: ListedBlack[] }> = {
  request: PageOfV3,
  answer: ({ total, blacks }) => ({ blacks: listOrNull(blacks.map(listedBlackView)), total }),
  sample: {
    request: { userID: '11111112', pagination: { pageNumber: 1, showNumber: 200 } },
    answer: v3Answer({ blacks: [BLACK_SAMPLE], total: 1 }),
  },
};

export class GetSpecifiedBlacksV3 implements Wire<SomeOf> {
  @ID({ missing: 'ownerUserID is empty', example: '11111112' }) ownerUserID: string;
  @TextList({ missing: 'userIDList is empty', example: ['openIM123456'] }) userIDList: string[];

  toInput(): SomeOf {
    assertSome(this.userIDList, 'userIDList is empty', 'userIDList');
    return { ownerUserID: this.ownerUserID, userIDs: this.userIDList };
  }
}

export const getSpecifiedBlacksV3: V3Speech<SomeOf, ListedBlack[]> = {
  request: GetSpecifiedBlacksV3,
  answer: (blacks) => ({ blacks: listOrNull(blacks.map(designatedBlackView)), total: blacks.length }),
  sample: {
    request: { ownerUserID: '11111112', userIDList: ['openIM123456'] },
    answer: v3Answer({ blacks: [{ ...BLACK_SAMPLE, createTime: 1699241222762 }], total: 1 }),
  },
};

/** As for friends: the original declares it and answers nothing but 500. A black list has no order to change. */
export const getIncrementalBlacksV3: V3Speech<CopyOf, Changes<ListedBlack>> = {
  request: ChangesOfV3,
  answer: (changes) => ({ ...changesView(changes, listedBlackView), sortVersion: 0 }),
  sample: {
    request: { userID: '11111112', versionID: '65f0a1b2c3d4e5f6a7b8c9d0', version: 3 },
    answer: v3Answer({
      version: 4,
      versionID: '65f0a1b2c3d4e5f6a7b8c9d0',
      full: false,
      delete: null,
      insert: [BLACK_SAMPLE],
      update: null,
      sortVersion: 0,
    }),
  },
};
