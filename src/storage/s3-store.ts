import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Storage } from '../core/object-storage.js';
import {
  ObjectStore,
  type PendingUpload,
  type Presentation,
  type SignedForm,
  type SignedPart,
  type StoredContent,
} from './object-store.js';
import { contentDisposition, safeContentType } from './presentation.js';
import { policySignature } from './s3-policy.js';
import { PartSigner } from './s3-presign.js';
import { ContentMissing, FileSizeMismatch, UploadIncomplete } from './storage.errors.js';
import { partBytes, partCount, temporaryKey } from './storage.policy.js';

/**
 * Objects in a bucket of an S3-compatible store. Clients load and store there directly; this process only signs, and puts
 * parts together. An upload in one piece lands under `openim/temp/` first and is copied to its key once its MD5 was
 * compared, for which the store must use MD5 as ETag (all do, unless they encrypt with keys of a KMS).
 *
 * Loaded only where it is configured: the SDK is large.
 */
export class S3Store extends ObjectStore {
  readonly engine = 's3';
  readonly limits = { minPartSize: 5 * 1024 ** 2, maxPartSize: 5 * 1024 ** 3, maxParts: 10_000 };
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ bucket, region, endpoint, pathStyle, credentials }: S3Storage) {
    super();
    this.bucket = bucket;
    this.client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      // Clients PUT with what is in the URL and no more; a checksum of an empty body would be signed into it.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
    });
  }

  async begin({ kind, storageKey }: PendingUpload): Promise<string> {
    if (kind !== 'parts') return '';
    const { UploadId = '' } = await this.client.send(new CreateMultipartUploadCommand(this.at(storageKey)));
    return UploadId;
  }

  async sign(upload: PendingUpload, partNumbers: readonly number[], until: number): Promise<SignedPart[]> {
    const [first] = partNumbers;
    if (first === undefined) return [];
    const url = await this.signPart(upload, first, until);
    if (upload.kind !== 'parts') return [{ partNumber: first, url }];
    const signer = new PartSigner(new URL(url), await this.client.config.credentials());
    return this.signEach(partNumbers, (partNumber) => signer.url(partNumber, partBytes(upload, partNumber)));
  }

  async complete(upload: PendingUpload, md5s: readonly string[]): Promise<void> {
    const count = partCount(upload);
    if (md5s.length !== count) throw new UploadIncomplete(`parts must have ${count} entries`);
    await (upload.kind === 'parts' ? this.join(upload, md5s) : this.adoptPart(upload, md5s[0]));
  }

  async adopt(upload: PendingUpload): Promise<void> {
    const found = await this.client.send(new HeadObjectCommand(this.at(temporaryKey(upload.uploadID)))).catch(absent);
    if (found) {
      if (found.ContentLength !== upload.size) throw new FileSizeMismatch();
      await this.settle(upload, found.ETag);
      return;
    }
    // Nothing but this upload has its key, unless an administrator chose it: what is there came before a crash.
    const isThere = upload.kind === 'form' && (await this.stat(upload.storageKey))?.size === upload.size;
    if (!isThere) throw new ContentMissing(upload.storageKey);
  }

  async discard(upload: PendingUpload): Promise<void> {
    if (upload.kind === 'parts') {
      await this.client.send(new AbortMultipartUploadCommand(this.part(upload))).catch(absent);
      return;
    }
    const keys = [temporaryKey(upload.uploadID), ...(upload.kind === 'form' ? [upload.storageKey] : [])];
    for (const key of keys) await this.client.send(new DeleteObjectCommand(this.at(key))).catch(absent);
  }

  /** A POST policy, which the SDK's presigner does not make. */
  async form({ uploadID, size }: PendingUpload, contentType: string, until: number): Promise<SignedForm> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.client.config.credentials();
    const region = await this.client.config.region();
    const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const day = stamp.slice(0, 8);
    const fields: Record<string, string> = {
      key: temporaryKey(uploadID),
      success_action_status: '200',
      ...(contentType === '' ? {} : { 'Content-Type': contentType }),
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${accessKeyId}/${day}/${region}/s3/aws4_request`,
      'x-amz-date': stamp,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    };
    const policy = {
      expiration: new Date(until).toISOString(),
      conditions: [
        { bucket: this.bucket },
        ['content-length-range', 1, size],
        ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ],
    };
    fields['policy'] = Buffer.from(JSON.stringify(policy)).toString('base64');
    fields['x-amz-signature'] = policySignature(fields['policy'], { secretAccessKey, day, region });
    return { url: await this.bucketUrl(), file: 'file', fields };
  }

  async stat(key: string): Promise<StoredContent | undefined> {
    const found = await this.client.send(new HeadObjectCommand(this.at(key))).catch(absent);
    return found && { size: found.ContentLength ?? 0 };
  }

  url(key: string, { fileName, contentType }: Presentation, until: number): Promise<string> {
    const command = new GetObjectCommand({
      ...this.at(key),
      ResponseContentDisposition: contentDisposition(fileName),
      ResponseContentType: safeContentType(contentType),
    });
    return getSignedUrl(this.client, command, expiry(until));
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const found = await this.client.send(new GetObjectCommand({ ...this.at(key), Range })).catch(absent);
    if (!found) throw new ContentMissing(key);
    return found.Body as Readable;
  }

  override close(): void {
    this.client.destroy();
  }

  /** The size is signed: nobody stores more than he announced. */
  private async signPart(upload: PendingUpload, partNumber: number, until: number): Promise<string> {
    const ContentLength = partBytes(upload, partNumber);
    const command =
      upload.kind === 'parts'
        ? new UploadPartCommand({ ...this.part(upload), PartNumber: partNumber, ContentLength })
        : new PutObjectCommand({ ...this.at(temporaryKey(upload.uploadID)), ContentLength });
    return getSignedUrl(this.client, command as PutObjectCommand, expiry(until));
  }

  /** An upload in one piece goes where it belongs, if it is what the client says. */
  private async adoptPart(upload: PendingUpload, md5: string): Promise<void> {
    const found = await this.client.send(new HeadObjectCommand(this.at(temporaryKey(upload.uploadID)))).catch(absent);
    if (!found) throw new UploadIncomplete('part 1 is missing');
    if (found.ContentLength !== upload.size) throw new UploadIncomplete('upload size mismatching');
    assertMd5(found.ETag, md5);
    await this.settle(upload, found.ETag);
  }

  /** Copies what was compared to where it belongs: what is PUT or POSTed from now on does not reach it. */
  private async settle(upload: PendingUpload, tag: string | undefined): Promise<void> {
    const from = temporaryKey(upload.uploadID);
    const copied = new CopyObjectCommand({
      ...this.at(upload.storageKey),
      CopySource: `${this.bucket}/${from}`,
      CopySourceIfMatch: tag,
    });
    await this.client.send(copied).catch(changedMeanwhile);
    await this.client.send(new DeleteObjectCommand(this.at(from))).catch(absent);
  }

  private async join(upload: PendingUpload, md5s: readonly string[]): Promise<void> {
    let size = 0;
    const tags = new Map<number, string>();
    // Not by the SDK's paginator: it goes on for as long as there is a marker, and stores answer one with the last page too.
    let marker: string | undefined;
    for (let more = true; more;) {
      const list = { ...this.part(upload), ...(marker === undefined ? {} : { PartNumberMarker: marker }) };
      const page = await this.client.send(new ListPartsCommand(list)).catch(changedMeanwhile);
      for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) {
        if (!tags.has(PartNumber)) size += Size;
        tags.set(PartNumber, ETag);
      }
      more = page.IsTruncated === true && page.NextPartNumberMarker !== marker;
      marker = page.NextPartNumberMarker;
    }
    for (const [index, md5] of md5s.entries()) {
      const tag = tags.get(index + 1);
      if (tag === undefined) throw new UploadIncomplete(`part ${index + 1} is missing`);
      assertMd5(tag, md5);
    }
    if (size !== upload.size) throw new UploadIncomplete('upload size mismatching');
    const Parts = md5s.map((_, index) => ({ PartNumber: index + 1, ETag: tags.get(index + 1) }));
    const whole = { ...this.part(upload), MultipartUpload: { Parts } };
    await this.client.send(new CompleteMultipartUploadCommand(whole)).catch(changedMeanwhile);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: key };
  }

  private part({ storageKey, storeID }: PendingUpload): { Bucket: string; Key: string; UploadId: string } {
    return { ...this.at(storageKey), UploadId: storeID };
  }

  /** Where the bucket is, in the style that is configured: what a signed URL of a key shows. */
  private async bucketUrl(): Promise<string> {
    const { origin, pathname } = new URL(
      await getSignedUrl(this.client, new GetObjectCommand(this.at('key')), { expiresIn: 60 }),
    );
    return origin + pathname.slice(0, -'/key'.length);
  }
}

function assertMd5(tag: string | undefined, md5: string): void {
  const found = (tag ?? '').replaceAll('"', '').toLowerCase();
  if (found !== md5) throw new UploadIncomplete(`md5 mismatching ${found} != ${md5}`);
}

/** S3 signs for a week at most. */
function expiry(until: number): { expiresIn: number } {
  return { expiresIn: Math.min(604_800, Math.max(1, Math.floor((until - Date.now()) / 1000))) };
}

/** What was looked at is gone, or is something else now: its sender did that, so the failure is his. @throws UploadIncomplete */
function changedMeanwhile(error: unknown): never {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const isHis = [404, 412].includes($metadata?.httpStatusCode ?? 0) || name === 'InvalidPart';
  throw isHis ? new UploadIncomplete('the upload has ended, or was sent again meanwhile') : error;
}

/** Turns the failure that something is not there into undefined. */
function absent(error: unknown): undefined {
  if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== 404) throw error;
}
