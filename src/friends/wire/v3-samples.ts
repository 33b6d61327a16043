/** Objects that the samples of several operations show. */

export const FRIEND_SAMPLE = {
  ownerUserID: '11111112',
  remark: 'the second',
  createTime: 1699241222,
  friendUser: {
    userID: 'openIM654321',
    nickname: 'system2',
    faceURL: '',
    ex: '',
    createTime: 0,
    appMangerLevel: 0,
    globalRecvMsgOpt: 0,
  },
  addSource: 2,
  operatorUserID: 'openIM654321',
  ex: '',
  isPinned: false,
};

export const BLACK_SAMPLE = {
  ownerUserID: '11111112',
  createTime: 1699241222,
  blackUserInfo: { userID: 'openIM123456', nickname: 'system1', faceURL: '', ex: '' },
  addSource: 0,
  operatorUserID: '11111112',
  ex: '',
};

export const REQUEST_SAMPLE = {
  fromUserID: 'openIMAdmin',
  fromNickname: 'system3',
  fromFaceURL: '',
  toUserID: '11111112',
  toNickname: 'yourNickname',
  toFaceURL: '',
  handleResult: 0,
  reqMsg: 'Hello',
  createTime: 1699241222762,
  handlerUserID: '',
  handleMsg: '',
  handleTime: 0,
  ex: '',
};
