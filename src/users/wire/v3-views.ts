import type { User } from '../user.entity.js';

/** Objects v3 shows accounts as, in answers and in notifications alike. Source: contract/v3/common.md section 12. */

/** UserInfo: every member, always. */
export function userInfoView({
  userID,
  nickname,
  faceURL,
  ex,
  createTime,
  appMangerLevel,
  globalRecvMsgOpt,
}: User): object {
  return { userID, nickname, faceURL, ex, createTime, appMangerLevel, globalRecvMsgOpt };
}

/** PublicUserInfo. Of somebody who was deleted the ID alone is known. */
export function publicUserView({
  userID,
  nickname = '',
  faceURL = '',
  ex = '',
}: Partial<User> & Pick<User, 'userID'>): { userID: string; nickname: string; faceURL: string; ex: string } {
  return { userID, nickname, faceURL, ex };
}
