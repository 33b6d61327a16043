/** Objects that the samples of several operations show. */

export const FRIEND_SAMPLE = {
  ownerUserID: '11111111',
  remark: 'Bobby',
  createTime: 1699241222,
  friendUser: {
    userID: '11111112',
    nickname: 'Bob',
    faceURL: '',
    ex: '',
    createTime: 0,
    appMangerLevel: 0,
    globalRecvMsgOpt: 0,
  },
  addSource: 2,
  operatorUserID: '11111112',
  ex: '',
  isPinned: false,
};

export const BLACK_SAMPLE = {
  ownerUserID: '11111111',
  createTime: 1699241222,
  blackUserInfo: { userID: '11111113', nickname: 'Carl', faceURL: '', ex: '' },
  addSource: 0,
  operatorUserID: '11111111',
  ex: '',
};

export const REQUEST_SAMPLE = {
  fromUserID: '11111112',
  fromNickname: 'Bob',
  fromFaceURL: '',
  toUserID: '11111111',
  toNickname: 'Ann',
  toFaceURL: '',
  handleResult: 0,
  reqMsg: 'Hello',
  createTime: 1699241222762,
  handlerUserID: '',
  handleMsg: '',
  handleTime: 0,
  ex: '',
};
