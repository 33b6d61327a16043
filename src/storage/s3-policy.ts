import { createHmac } from 'node:crypto';

/** What signs for an S3 store, and where and when that holds. */
export interface SigningScope {
  secretAccessKey: string;
  /** YYYYMMDD. */
  day: string;
  region: string;
}

/** Signature Version 4 of a POST policy, which the SDK's presigner does not make. @param policy in Base64 */
export function policySignature(policy: string, { secretAccessKey, day, region }: SigningScope): string {
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, policy).toString('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
