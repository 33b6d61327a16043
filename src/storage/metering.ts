import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** More bytes came than were announced. */
export class TooManyBytes extends Error {}

/** Lets bytes through while it counts and hashes them; stops at the first byte too many. */
export class Meter extends Transform {
  size = 0;
  private readonly hash = createHash('md5');

  constructor(private readonly limit: number) {
    super();
  }

  /** MD5 of all that came, lower-case hex. Once, at the end. */
  md5(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    if (this.size > this.limit) {
      done(new TooManyBytes());
      return;
    }
    this.hash.update(chunk);
    done(null, chunk);
  }
}
