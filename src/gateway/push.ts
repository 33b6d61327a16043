import type { Codec, ResponseFrame } from './codec/frames.js';
import { gzip } from './codec/compression.js';
import type { Instant } from '../core/operation.js';

/** Milliseconds between a signal and its chat copy, which clients take for news only in this order. Source: contract/messages.md 4.1. */
export const COPY_DELAY_MS = 1;

/** How a connection writes frames. */
export interface FrameForm {
  readonly codec: Codec;
  readonly compressed: boolean;
}

/** The bytes of a frame in the form of a connection. */
export function written(frame: ResponseFrame, { codec, compressed }: FrameForm): Buffer {
  const bytes = codec.encode(frame);
  return compressed ? gzip(bytes) : bytes;
}

/** A frame for many connections: written once for each form in which one of them wants it. */
export class Push {
  private readonly forms = new Map<Codec, [plain?: Buffer, compressed?: Buffer]>();

  /**
   * @param afterSignal it is the chat copy of the signal that was pushed before: a moment has to lie between them
   * @param since when the message in it was accepted
   */
  constructor(
    private readonly frame: ResponseFrame,
    readonly afterSignal = false,
    readonly since?: Instant,
  ) {}

  in(form: FrameForm): Buffer {
    let forms = this.forms.get(form.codec);
    if (!forms) this.forms.set(form.codec, (forms = []));
    return (forms[Number(form.compressed)] ??= written(this.frame, form));
  }
}
