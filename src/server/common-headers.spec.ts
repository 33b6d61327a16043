import { describe, expect, it } from 'vitest';
import { CommonHeaders } from './common-headers.js';

const plain = { publicUrl: undefined };

describe('The headers of every answer', () => {
  it('let every page read, as the protocol says', () => {
    const headers = new CommonHeaders({ ...plain, corsOrigins: '*' });
    for (const origin of [undefined, 'https://anywhere.example']) {
      expect(headers.for(origin)).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': '*',
        'access-control-allow-headers': '*',
        'access-control-max-age': '172800',
        'access-control-allow-credentials': 'false',
      });
    }
  });

  it('let no page read where none may', () => {
    const headers = new CommonHeaders({ ...plain, corsOrigins: 'none' });
    expect(Object.keys(headers.for('https://anywhere.example'))).toEqual(['x-content-type-options']);
  });

  it('let pages of the listed origins read, and tell caches so', () => {
    const headers = new CommonHeaders({ ...plain, corsOrigins: ['https://app.example.com', 'http://localhost:5173'] });
    expect(headers.for('http://localhost:5173')).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-headers': '*',
      vary: 'Origin',
    });
    for (const origin of [undefined, 'null', 'https://app.example.com.evil.example', '__proto__']) {
      expect(headers.for(origin)).toEqual({ 'x-content-type-options': 'nosniff', vary: 'Origin' });
    }
  });

  it('tell browsers to come by TLS alone where they come by TLS', () => {
    const hsts = (publicUrl: string | undefined) =>
      new CommonHeaders({ corsOrigins: '*', publicUrl }).for(undefined)['strict-transport-security'];
    expect(hsts('https://im.example.com')).toBe('max-age=63072000');
    expect(hsts('http://im.example.com')).toBeUndefined();
    expect(hsts(undefined)).toBeUndefined();
  });
});
