import type { Answer } from './im.js';

/** POSTs a body: an object as JSON, a string as it is, nothing when there is none. */
export async function post(url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const isText = typeof body === 'string' || body === undefined || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(isText ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
