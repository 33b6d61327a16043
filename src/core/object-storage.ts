/** Objects in a folder of this machine, or of a file system all nodes share. Served by this process. */
export interface FileStorage {
  kind: 'file';
  folder: string;
}

/** Objects in a bucket of an S3-compatible store; clients load and store there directly, by signed URLs. */
export interface S3Storage {
  kind: 's3';
  bucket: string;
  /** Default us-east-1. */
  region: string;
  /** Address of the store; undefined: AWS. Clients must reach it too. */
  endpoint?: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  pathStyle: boolean;
  /** Left out: whatever the AWS SDK finds by itself (instance roles, profiles). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Where the bytes of files, pictures and voice messages are kept. */
export type ObjectStorage = FileStorage | S3Storage;

export const DEFAULT_OBJECT_STORAGE: FileStorage = { kind: 'file', folder: './data/objects' };

/** Largest object somebody may upload, in bytes, unless the host says otherwise. */
export const DEFAULT_MAX_OBJECT_SIZE = 5 * 1024 ** 3;

const S3_OPTIONS: ReadonlySet<string> = new Set(['region', 'endpoint', 'pathStyle']);

/**
 * Reads `file:<folder>` or `s3://<bucket>?region=…&endpoint=https://…&pathStyle=true`. Credentials have no place in it.
 *
 * @returns undefined when it is neither
 */
export function parseObjectStorage(text: string): ObjectStorage | undefined {
  const [, folder] = /^file:(.+)$/.exec(text) ?? [];
  if (folder !== undefined) return { kind: 'file', folder };
  if (!text.startsWith('s3://') || !URL.canParse(text)) return undefined;
  const { hostname, username, password, pathname, searchParams } = new URL(text);
  const endpoint = searchParams.get('endpoint') ?? undefined;
  // AWS takes the bucket as part of the host name, most other stores take it as part of the path.
  const pathStyle = searchParams.get('pathStyle') ?? String(endpoint !== undefined);
  const sound =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(hostname) &&
    username + password === '' &&
    (pathname === '' || pathname === '/') &&
    [...searchParams.keys()].every((name) => S3_OPTIONS.has(name)) &&
    (pathStyle === 'true' || pathStyle === 'false') &&
    (endpoint === undefined || isHttpBase(endpoint));
  if (!sound) return undefined;
  return {
    kind: 's3',
    bucket: hostname,
    region: searchParams.get('region') || 'us-east-1',
    ...(endpoint === undefined ? {} : { endpoint }),
    pathStyle: pathStyle === 'true',
  };
}

/** An address of HTTP without credentials in it. */
export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username + password === '';
}

/** An address that paths can be put behind. */
export function isHttpBase(text: string): boolean {
  return isHttpUrl(text) && !/[?#]/.test(text);
}
