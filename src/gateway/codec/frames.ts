/** What a client asks. Source: contract/gateway.md section 3.1. */
export interface RequestFrame {
  /** Which request it is. Source: section 4. */
  reqIdentifier: number;
  sendID: string;
  /** The trace id; may be empty. */
  operationID: string;
  /** Ties the answer to its request: opaque, echoed; may be empty. */
  msgIncr: string;
  /** A protobuf message; empty when there is none. May be a view of the bytes that were decoded. */
  data: Uint8Array;
}

/** What the server answers or pushes. Source: contract/gateway.md section 3.1. */
export interface ResponseFrame {
  reqIdentifier: number;
  /** That of the request; empty in a push. */
  msgIncr: string;
  operationID: string;
  /** 0 is success. */
  errCode: number;
  errMsg: string;
  /** A protobuf message; empty when there is none. */
  data: Uint8Array;
}

/** The bytes are no frame in the connection's codec. The connection is closed without an answer: section 3.2. */
export class FrameMalformed extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`Malformed frame: ${why}`, options);
  }
}

/** How frames are written in binary WebSocket messages, before compression. */
export interface Codec {
  readonly name: 'json' | 'gob';
  /** @throws FrameMalformed */
  decode(bytes: Uint8Array): RequestFrame;
  encode(frame: ResponseFrame): Buffer;
}
