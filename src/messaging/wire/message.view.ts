import { listOrNull } from '../../dialects/v3-fields.js';
import type { ShownMessage } from '../history/shown-message.js';
import type { OfflinePushInfo } from '../outgoing.js';

/** MsgData. `content` is base64, null when empty; `options` are left out when there are none. Source: contract/v3/common.md section 12. */
export function messageView(message: ShownMessage): object {
  return viewOf(message, Buffer.from(message.content).toString('base64') || null);
}

/** MsgData to be written in protobuf: as {@link messageView}, but `content` is the bytes themselves. */
export function messageData(message: ShownMessage): object {
  return viewOf(message, Buffer.from(message.content));
}

function viewOf(message: ShownMessage, content: string | Buffer | null): object {
  const options = JSON.parse(message.options) as object;
  return {
    sendID: message.sendID,
    recvID: message.recvID,
    groupID: message.groupID,
    clientMsgID: message.clientMsgID,
    serverMsgID: message.serverMsgID,
    senderPlatformID: message.senderPlatformID,
    senderNickname: message.senderNickname,
    senderFaceURL: message.senderFaceURL,
    sessionType: message.sessionType,
    msgFrom: message.msgFrom,
    contentType: message.contentType,
    content,
    seq: message.seq,
    sendTime: message.sendTime,
    createTime: message.createTime,
    status: message.status,
    isRead: message.isRead,
    ...(Object.keys(options).length > 0 ? { options } : {}),
    offlinePushInfo: message.offlinePushInfo
      ? pushInfoView(JSON.parse(message.offlinePushInfo) as OfflinePushInfo)
      : null,
    atUserIDList: message.atUserIDList ? listOrNull(JSON.parse(message.atUserIDList) as string[]) : null,
    attachedInfo: message.attachedInfo,
    ex: message.ex,
  };
}

/** OfflinePushInfo: stored are the members that were given. */
function pushInfoView({ title, desc, ex, iOSPushSound, iOSBadgeCount, signalInfo }: OfflinePushInfo): object {
  return {
    title,
    desc,
    ex,
    iOSPushSound: iOSPushSound ?? '',
    iOSBadgeCount: iOSBadgeCount ?? false,
    signalInfo: signalInfo ?? '',
  };
}
