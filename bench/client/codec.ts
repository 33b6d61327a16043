/** A request as every codec carries it. Source: contract/gateway.md section 3.1. */
export interface Request {
  readonly reqIdentifier: number;
  readonly sendID: string;
  readonly operationID: string;
  /** The answer repeats it. */
  readonly msgIncr: string;
  /** Protobuf. */
  readonly data: Uint8Array;
}

/** A response or push. */
export interface Frame {
  readonly reqIdentifier: number;
  /** Empty in pushes. */
  readonly msgIncr: string;
  readonly operationID: string;
  readonly errCode: number;
  readonly errMsg: string;
  /** Protobuf. */
  readonly data: Uint8Array;
}

export type CodecName = 'json' | 'gob';

/** How one family of clients speaks: its part of the URL and its frames. */
export interface Codec {
  readonly name: CodecName;
  /** The platform such clients usually run on. */
  readonly platformID: number;
  /** What follows the common keys of the connect URL. */
  readonly query: string;
  encode(request: Request): Buffer;
  /** @throws Error when the frame is none of this codec */
  decode(frame: Buffer): Frame;
}
