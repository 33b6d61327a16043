import { describe, expect, it } from 'vitest';
import { AnswerReader, type Verdict } from '../../bench/load/answer-reader.js';

const answer = (body: string, { status = '200 OK', length = Buffer.byteLength(body) } = {}): Buffer =>
  Buffer.from(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`);

const GOOD = answer(`{"errCode":0,"errMsg":"","data":{"text":"${'文'.repeat(1000)}"}}`);

/** Reads bytes that come in pieces of a size. Answers one verdict for each piece. */
function readInPieces(bytes: Buffer, size: number, reader = new AnswerReader()): (Verdict | undefined)[] {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return pieces.map((piece) => reader.read(piece));
}

describe('reading the answers of a server under load', () => {
  it.each([1, 7, 100, 1500, GOOD.length])('finds one good when it comes in pieces of %i bytes', (size) => {
    const verdicts = readInPieces(GOOD, size);
    expect(verdicts.at(-1)).toBe('good');
    expect(verdicts.slice(0, -1).every((verdict) => verdict === undefined)).toBe(true);
  });

  it('reads one answer after another', () => {
    const reader = new AnswerReader();
    expect(readInPieces(GOOD, 300, reader).at(-1)).toBe('good');
    expect(readInPieces(answer('{"errCode":1004,"errMsg":"gone"}'), 30, reader).at(-1)).toHaveProperty('bad');
    expect(readInPieces(GOOD, 300, reader).at(-1)).toBe('good');
  });

  it('is not taken in by errors', () => {
    const bad = (bytes: Buffer): string => (new AnswerReader().read(bytes) as { bad: string }).bad;
    expect(bad(answer('{"errCode":500,"errMsg":"x"}'))).toContain('"errMsg":"x"');
    expect(bad(answer('{"errCode":0,"errMsg":""}', { status: '500 Internal Server Error' }))).toContain('500 Internal');
    expect(bad(answer(''))).toContain('200 OK');
    expect(bad(answer('[]'))).toContain('[]');
    // 0 is not the beginning of another number.
    expect(bad(answer('{"errCode":01,"errMsg":""}'))).toContain('01');
    expect(bad(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n'))).toContain('Content-Length');
  });

  it('notices bytes that nobody asked for', () => {
    expect(new AnswerReader().read(Buffer.concat([GOOD, GOOD]))).toEqual({
      bad: `${GOOD.length} bytes came that nobody asked for`,
    });
  });
});
