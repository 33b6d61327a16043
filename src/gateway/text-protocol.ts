/** Longest text frame that is answered, in bytes. */
const MAX_TEXT_BYTES = 4_096;

/**
 * What a text frame of a client is answered: `{"type":"pong","body":X}` to `{"type":"ping","body":X}`, "" for nothing, and
 * undefined when it is no text the protocol knows. Source: contract/gateway.md section 6.
 */
export function textAnswer(data: Buffer): string | undefined {
  if (data.length > MAX_TEXT_BYTES) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, body = null } = message as { type?: unknown; body?: unknown };
  if (type === 'pong') return '';
  return type === 'ping' ? JSON.stringify({ type: 'pong', body }) : undefined;
}
