import { describe, expect, it } from 'vitest';
import { SessionType } from '../../core/protocol.js';
import { protobufType } from '../../protobuf/protobuf.js';
import { placeholder } from '../history/shown-message.js';
import { outgoing } from '../outgoing.js';
import { messageData, messageView } from './message.view.js';

const MSG_DATA = protobufType('MsgData');
const { message } = outgoing({
  sendID: 'ann',
  recvID: 'bob',
  sessionType: SessionType.single,
  contentType: 101,
  content: '{"content":"é"}',
  options: { history: true, unreadCount: false },
  offlinePushInfo: { title: 't', desc: 'd', ex: '', iOSBadgeCount: true },
  atUserIDList: ['cid', 'dan'],
  attachedInfo: 'attached',
  ex: 'more',
  senderPlatformID: 5,
});
const sparse = outgoing({ sendID: 'a', groupID: 'g', sessionType: 3, contentType: 101, content: '' }).message;

describe('A message for protobuf', () => {
  it.each([
    ['with everything', message],
    ['with little', sparse],
    ['that is a placeholder', placeholder('si_ann_bob', 7)],
  ])('%s is the same as in JSON, with the bytes of the content', (_which, one) => {
    const data = messageData(one);
    expect(data).toEqual({ ...messageView(one), content: Buffer.from(one.content) });
    expect(Buffer.from(MSG_DATA.encode(data))).toEqual(
      Buffer.from(MSG_DATA.encode({ ...messageView(one), content: Buffer.from(one.content).toString('base64') })),
    );
  });

  it('is read as it was written', () => {
    const { sendID, recvID, clientMsgID, sendTime, attachedInfo, ex } = message;
    expect(MSG_DATA.decodeBinary(MSG_DATA.encode(messageData({ ...message, seq: 3 })))).toMatchObject({
      sendID,
      recvID,
      clientMsgID,
      sendTime,
      attachedInfo,
      ex,
      seq: 3,
      content: Buffer.from('{"content":"é"}'),
      options: { history: true, unreadCount: false },
      offlinePushInfo: { title: 't', desc: 'd', iOSBadgeCount: true },
      atUserIDList: ['cid', 'dan'],
    });
  });
});
