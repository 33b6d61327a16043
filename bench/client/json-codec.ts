import type { Codec, Frame, Request } from './codec.js';

interface JsonFrame extends Omit<Frame, 'data' | 'errCode'> {
  readonly errCode?: number;
  readonly data: string | null;
}

const NO_DATA = Buffer.alloc(0);

/** As the pure JavaScript client speaks: JSON in binary frames, the protobuf in it as base64. */
export const jsonCodec: Codec = {
  name: 'json',
  platformID: 5,
  query: 'isBackground=false&isMsgResp=true&sdkType=js',

  encode({ data, ...request }: Request): Buffer {
    return Buffer.from(JSON.stringify({ ...request, data: Buffer.from(data).toString('base64') }));
  },

  decode(frame: Buffer): Frame {
    const { data, errCode = 0, ...rest } = JSON.parse(frame.toString()) as JsonFrame;
    return { ...rest, errCode, data: data ? Buffer.from(data, 'base64') : NO_DATA };
  },
};
