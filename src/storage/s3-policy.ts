import { createHmac } from 'node:crypto';

/** What signs for an S3 store, and where and when that holds. */
export interface SigningScope {
  secretAccessKey: string;
  /** YYYYMMDD. */
  day: string;
  region: string;
}

/** The key of Signature Version 4 for a day in a region. */
export function signingKey({ secretAccessKey, day, region }: SigningScope): Buffer {
  const first = hmac(`AWS4${secretAccessKey}`, day);
  return [region, 's3', 'aws4_request'].reduce(hmac, first);
}

/** Signature Version 4 of a POST policy, which the SDK's presigner does not make. @param policy in Base64 */
export function policySignature(policy: string, scope: SigningScope): string {
  return hmac(signingKey(scope), policy).toString('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
