/** What an answer was when it was not good: HTTP 200 with errCode 0. */
export type Verdict = 'good' | { readonly bad: string };

const END_OF_HEAD = '\r\n\r\n';

/** How the body of an answer without an error begins in every dialect. */
const GOOD_BODY = '{"errCode":0,';

/** Bytes of a bad answer that are kept to tell of it. */
const SHOWN = 300;

/**
 * Reads the answers that come over a keep-alive connection on which one request is under way at a time. It looks at no more
 * than it must: status, Content-Length and the first bytes of the body; the rest is counted.
 */
export class AnswerReader {
  private begun: Buffer = Buffer.alloc(0);
  private verdict: Verdict = 'good';
  /** Bytes of the body still to come, once its beginning was seen. */
  private missing = 0;

  /** Takes what came. Answers what the answer was when it is complete, else undefined. */
  read(chunk: Buffer): Verdict | undefined {
    if (this.missing > 0) this.missing -= chunk.length;
    else if (!this.begin(this.begun.length > 0 ? Buffer.concat([this.begun, chunk]) : chunk)) return undefined;
    if (this.missing > 0) return undefined;
    if (this.missing < 0) return { bad: `${-this.missing} bytes came that nobody asked for` };
    return this.verdict;
  }

  /** Judges an answer by its beginning. False when there is too little of it. */
  private begin(bytes: Buffer): boolean {
    this.begun = bytes;
    const bodyAt = bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
    if (bodyAt < END_OF_HEAD.length) return false;
    const head = bytes.toString('latin1', 0, bodyAt);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    const toJudge = Math.min(length, GOOD_BODY.length);
    if (bytes.length - bodyAt < toJudge) return false;
    const good = head.startsWith('HTTP/1.1 200 ') && bytes.toString('latin1', bodyAt, bodyAt + toJudge) === GOOD_BODY;
    this.verdict = good ? 'good' : { bad: bytes.toString('utf8', 0, SHOWN) };
    if (Number.isNaN(length)) this.verdict = { bad: `an answer without Content-Length: ${head}` };
    this.missing = Number.isNaN(length) ? 0 : length - (bytes.length - bodyAt);
    this.begun = Buffer.alloc(0);
    return true;
  }
}
