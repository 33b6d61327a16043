import { describe, expect, it } from 'vitest';
import { EncodedRequest, FIRST_NUMBER, NUMBER } from '../../bench/client/rest-request.js';

describe('a REST request of the load', () => {
  it('is HTTP as a server reads it, with the operationID where v3 has it', () => {
    const { bytes, numbered } = new EncodedRequest({ path: '/a/b', token: 't', body: '{"text":"文"}' });
    expect(numbered).toBe(false);
    expect(bytes.toString()).toBe(
      'POST /a/b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 14\r\n' +
        'operationID: bench\r\ntoken: t\r\n\r\n{"text":"文"}',
    );
  });

  it('has no header operationID when v1 says it in the body', () => {
    const { bytes } = new EncodedRequest({ path: '/', body: '{"operationID":"x"}' });
    expect(bytes.toString()).not.toContain('operationID: ');
  });

  it('says its number wherever one belongs, at the same length', () => {
    const request = new EncodedRequest({ path: '/', body: JSON.stringify({ a: `u${NUMBER}`, b: [`${NUMBER}_1`] }) });
    const before = request.bytes.length;
    for (const number of [FIRST_NUMBER, FIRST_NUMBER + 123_456]) {
      request.setNumber(number);
      expect(request.bytes.toString()).toContain(`{"a":"u${number}","b":["${number}_1"]}`);
    }
    expect(request.bytes.length).toBe(before);
    expect(String(FIRST_NUMBER)).toHaveLength(NUMBER.length);
  });
});
