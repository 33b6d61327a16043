import { describe, expect, it } from 'vitest';
import { protobufType } from './protobuf.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('Protobuf', () => {
  // Source: contract/sdkws-wire.md section 7.
  it.each([
    ['GetMaxSeqReq', { userID: 'u1' }, '0a 02 7531'],
    ['GetMaxSeqResp', { maxSeqs: { si_u1_u2: 5 } }, '0a 0c 0a 08 73695f75315f7532 10 05'],
    ['SetAppBackgroundStatusReq', { userID: 'u1', isBackground: true }, '0a 02 7531 10 01'],
    [
      'SubUserOnlineStatusTips',
      { subscribers: [{ userID: 'u2', onlinePlatformIDs: [5, 1] }] },
      '0a 08 0a 02 7532 12 02 05 01',
    ],
    ['MsgData', { options: { history: false } }, '9a01 0b 0a 07 686973746f7279 10 00'],
  ])('%s %j is the documented bytes', (name, message, expected) => {
    const type = protobufType(name);
    expect(hex(type.encode(message))).toBe(hex(bytes(expected)));
    expect(type.decode(bytes(expected))).toEqual(message);
  });

  it('reads an option without a value as false', () => {
    const read = protobufType('MsgData').decode(bytes('9a01 09 0a 07 686973746f7279'));
    expect(read).toEqual({ options: { history: false } });
  });

  it('reads lists of numbers packed or not', () => {
    const type = protobufType('ConversationSeqs');
    expect(type.decode(bytes('1a 02 0102'))).toEqual({ seqs: [1, 2] });
    expect(type.decode(bytes('18 01 18 02'))).toEqual({ seqs: [1, 2] });
  });

  it('keeps 64-bit numbers exact up to 2^53, below zero too', () => {
    const type = protobufType('Conversation');
    const message = { maxSeq: Number.MAX_SAFE_INTEGER, latestMsgDestructTime: -62135596800000 };
    expect(type.decode(type.encode(message))).toEqual(message);
  });

  it('takes the JSON form: base64 for bytes, null for what is not there', () => {
    const type = protobufType('ConversationMsg');
    const content = Buffer.from('{"content":"é"}').toString('base64');
    const message = { lastMsg: { content, seq: 3, atUserIDList: null, offlinePushInfo: null }, user: null, maxSeq: 3 };
    expect(type.decode(type.encode(message))).toEqual({ lastMsg: { content, seq: 3 }, maxSeq: 3 });
    expect(type.decode(type.encode({ lastMsg: { content: null } }))).toEqual({ lastMsg: {} });
  });

  it('takes bytes as they are, and gives them so where asked', () => {
    const type = protobufType('GetLastMessageResp');
    const content = Buffer.from('{"content":"é"}');
    const written = type.encode({ msgs: { si_a_b: { content, seq: 3 } } });
    expect(type.decode(written)).toEqual({ msgs: { si_a_b: { content: content.toString('base64'), seq: 3 } } });
    for (const read of [written, Buffer.from(written), new Uint8Array([0, ...written]).subarray(1)]) {
      const { msgs } = type.decodeBinary(read) as { msgs: Record<string, { content: Buffer }> };
      expect(msgs).toEqual({ si_a_b: { content, seq: 3 } });
      expect(Buffer.isBuffer(msgs['si_a_b']?.content)).toBe(true);
    }
    expect(() => type.decodeBinary(bytes('0a 05 75'))).toThrow(/index out of range/);
  });

  it('passes over members it does not know', () => {
    expect(protobufType('GetMaxSeqReq').decode(bytes('0a 02 7531 7a 01 61 f0 01 05'))).toEqual({ userID: 'u1' });
  });

  it.each(['0a 05 75', 'ff', '0b'])('refuses %s', (broken) => {
    expect(() => protobufType('GetMaxSeqReq').decode(bytes(broken))).toThrow(/index out of range|invalid/);
  });
});
