import { describe, expect, it } from 'vitest';
import { textAnswer } from './text-protocol.js';

const answerTo = (text: string): string | undefined => textAnswer(Buffer.from(text));

describe('A text frame', () => {
  it.each([
    ['{"type":"ping"}', '{"type":"pong","body":null}'],
    ['{"type":"ping","body":null}', '{"type":"pong","body":null}'],
    ['{"type":"ping","body":"1700000000"}', '{"type":"pong","body":"1700000000"}'],
    ['{"body":{"a":[1,2.5,true,"é"]},"type":"ping"}', '{"type":"pong","body":{"a":[1,2.5,true,"é"]}}'],
    [' {"type":"ping","body":0} ', '{"type":"pong","body":0}'],
    ['{"type":"ping","body":"","more":1}', '{"type":"pong","body":""}'],
  ])('%s is answered %s', (text, answer) => {
    expect(answerTo(text)).toBe(answer);
  });

  it('copies what looks like a member of every object', () => {
    expect(answerTo('{"type":"ping","body":{"__proto__":{"x":1}}}')).toBe(
      '{"type":"pong","body":{"__proto__":{"x":1}}}',
    );
  });

  it.each(['{"type":"pong"}', '{"type":"pong","body":"x"}'])('%s is passed over', (text) => {
    expect(answerTo(text)).toBe('');
  });

  it.each([
    '',
    'ping',
    'null',
    '1',
    '"ping"',
    '[]',
    '[{"type":"ping"}]',
    '{}',
    '{"type":"PING"}',
    '{"type":null}',
    '{"type":["ping"]}',
    '{"type":"ping"',
    '{"errCode":0,"errMsg":"","errDlt":""}',
  ])('%j is nothing the protocol knows', (text) => {
    expect(answerTo(text)).toBeUndefined();
  });

  it('is not read when it is longer than any ping', () => {
    const ping = (length: number): string => JSON.stringify({ type: 'ping', body: 'x'.repeat(length) });
    expect(answerTo(ping(4_000))).toBe(ping(4_000).replace('ping', 'pong'));
    expect(answerTo(ping(4_100))).toBeUndefined();
  });
});
