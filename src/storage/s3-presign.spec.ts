import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PartSigner } from './s3-presign.js';

const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'hu/sh+' };

describe.each([
  ['AWS', {}, KEYS],
  ['a store of its own, at a port', { endpoint: 'http://store.example:9000', forcePathStyle: true }, KEYS],
  ['a store below a path', { endpoint: 'https://example.com/s3', forcePathStyle: true }, KEYS],
  ['keys that expire', {}, { ...KEYS, sessionToken: 'a+b/c=!*' }],
])('Signing the parts of an upload to %s', (_, config, credentials) => {
  const client = new S3Client({
    region: 'eu-west-1',
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...config,
  });
  const bySdk = async (PartNumber: number, ContentLength: number): Promise<URL> => {
    const part = {
      Bucket: 'im-files',
      Key: 'openim/data/hash/ff',
      UploadId: "2~x/y+z='()!*",
      PartNumber,
      ContentLength,
    };
    return new URL(await getSignedUrl(client, new UploadPartCommand(part), { expiresIn: 86_400 }));
  };

  beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5), toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('comes to what the SDK signs', async () => {
    const signer = new PartSigner(await bySdk(1, 5_242_880), credentials);
    for (const [number, bytes] of [
      [1, 5_242_880],
      [2, 5_242_880],
      [10_000, 17],
    ] as const) {
      const ours = new URL(signer.url(number, bytes));
      const theirs = await bySdk(number, bytes);
      expect(ours.origin + ours.pathname).toBe(theirs.origin + theirs.pathname);
      expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(theirs.searchParams));
    }
  });
});
