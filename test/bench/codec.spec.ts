import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gobCodec } from '../../bench/client/gob-codec.js';
import { jsonCodec } from '../../bench/client/json-codec.js';
import { protobufType } from '../../src/protobuf/protobuf.js';
import { textMessage } from '../../bench/client/messages.js';

// Worked frames of contract/gateway.md section 5.3.
const DEFINITION =
  '5f7f030101045265737001ff80000106010d5265714964656e74696669657201040001074d7367496e6372010c00010b4f7065726174696f6e4944010c0001' +
  '07457272436f6465010400010645' +
  '72724d7367010c00010444617461010a000000';

const gob = (value: string): Buffer => gzipSync(Buffer.from(DEFINITION + value.replaceAll(' ', ''), 'hex'));

describe('the gob codec of the load clients', () => {
  it('reads a response', () => {
    expect(gobCodec.decode(gob('12ff8001fe07d201016d01016f030301020300'))).toEqual({
      reqIdentifier: 1001,
      msgIncr: 'm',
      operationID: 'o',
      errCode: 0,
      errMsg: '',
      data: Buffer.from([1, 2, 3]),
    });
  });

  it('reads an error and a push of two hundred bytes', () => {
    expect(gobCodec.decode(gob('20ff8001fe07d601016d01016f01fe0a2c010d426c6f636b65644279506565 7200'))).toMatchObject({
      reqIdentifier: 1003,
      errCode: 1302,
      errMsg: 'BlockedByPeer',
    });
    const push = gobCodec.decode(gob(`ffd2ff8001fe0fa205ffc8${'07'.repeat(200)}00`));
    expect(push).toMatchObject({ reqIdentifier: 2001, msgIncr: '', operationID: '', data: Buffer.alloc(200, 7) });
  });

  it('refuses what is no definition', () => {
    expect(() => gobCodec.decode(gzipSync(Buffer.from('037f0400', 'hex')))).toThrow('gob: 3 expected');
  });

  it('writes a request as the wasm core does', () => {
    const operationID = 'o'.repeat(36);
    const msgIncr = 'u1_1795169659210499721';
    const frame = gobCodec.encode({
      reqIdentifier: 1001,
      sendID: 'u1',
      operationID,
      msgIncr,
      data: Buffer.from('0a027531', 'hex'),
    });
    const text = (value: string): string => Buffer.from(value).toString('hex');
    expect(gunzipSync(frame).toString('hex')).toBe(
      '657f0301010c47656e6572616c577352657101ff80000106010d5265714964656e74696669657201040001' +
        '05546f6b656e010c00010653656e644944010c00010b4f7065726174696f6e4944010c0001074d7367496e6372010c0001' +
        `0444617461010a0000004fff8001fe07d202027531 0124${text(operationID)}0116${text(msgIncr)}01040a02753100`.replaceAll(
          ' ',
          '',
        ),
    );
  });
});

describe('the JSON codec of the load clients', () => {
  it('reads a response without data', () => {
    const frame = Buffer.from(
      '{"reqIdentifier":2002,"msgIncr":"","operationID":"","errCode":0,"errMsg":"","data":null}',
    );
    expect(jsonCodec.decode(frame)).toMatchObject({ reqIdentifier: 2002, errCode: 0, data: Buffer.alloc(0) });
  });

  it('carries a message the server understands', () => {
    const data = textMessage('u0', { recvID: 'u1' });
    const request = { reqIdentifier: 1003, sendID: 'u0', operationID: 'o', msgIncr: 'm', data };
    const frame = jsonCodec.encode(request);
    expect(protobufType('MsgData').decode(jsonCodec.decode(frame).data)).toMatchObject({
      sendID: 'u0',
      recvID: 'u1',
      clientMsgID: expect.stringMatching(/^[0-9a-f]{32}$/),
      sessionType: 1,
      msgFrom: 100,
      contentType: 101,
      status: 1,
    });
  });
});
