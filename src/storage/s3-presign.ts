import { createHash, createHmac } from 'node:crypto';
import { signingKey } from './s3-policy.js';

/** Who signs. */
export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/**
 * Signs URLs of further parts like one that the SDK signed: it takes a millisecond for each, and an upload has thousands.
 * Signature Version 4 in the query, of `host` and `content-length`.
 */
export class PartSigner {
  private readonly path: string;
  private readonly host: string;
  private readonly query: ReadonlyMap<string, string>;
  private readonly scope: string;
  private readonly date: string;
  private readonly key: Buffer;

  /** @param signed URL of any part of the upload */
  constructor(
    private readonly signed: URL,
    { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials,
  ) {
    this.path = signed.pathname;
    this.host = signed.host;
    const query = new Map(signed.searchParams);
    query.delete('X-Amz-Signature');
    const [, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
    const [day = '', region = ''] = scope;
    this.scope = scope.join('/');
    this.date = query.get('X-Amz-Date') ?? '';
    this.key = signingKey({ secretAccessKey, day, region });
    // Keys may have changed since the SDK signed: all of them are of the same moment.
    query.set('X-Amz-Credential', `${accessKeyId}/${this.scope}`);
    if (sessionToken !== undefined) query.set('X-Amz-Security-Token', sessionToken);
    this.query = query;
  }

  /** @param bytes of the part */
  url(partNumber: number, bytes: number): string {
    const query = [...this.query, ['partNumber', String(partNumber)] as const];
    const sorted = [...new Map(query)].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort();
    const text = sorted.join('&');
    const asked = ['PUT', this.path, text, `content-length:${bytes}`, `host:${this.host}`, '', 'content-length;host'];
    const digest = createHash('sha256')
      .update([...asked, 'UNSIGNED-PAYLOAD'].join('\n'))
      .digest('hex');
    const toSign = ['AWS4-HMAC-SHA256', this.date, this.scope, digest].join('\n');
    const signature = createHmac('sha256', this.key).update(toSign).digest('hex');
    return `${this.signed.origin}${this.path}?${text}&X-Amz-Signature=${signature}`;
  }
}

/** As RFC 3986 has it: `encodeURIComponent` leaves some signs as they are. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
