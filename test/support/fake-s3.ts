import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the store saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
}

interface Kept {
  body: Buffer;
  etag: string;
}

/**
 * As much of an S3 store as ours talks to, in memory, path style. It checks that a request is signed, and what a signature
 * binds (times and signed headers), but not the signature itself: it is no proof that a real store accepts it.
 */
export class FakeS3 {
  readonly seen: SeenRequest[] = [];
  readonly objects = new Map<string, Kept>();
  readonly uploads = new Map<string, { key: string; parts: Map<number, Kept> }>();
  private server: Server;

  static async start(): Promise<FakeS3> {
    const fake = new FakeS3();
    fake.server = createServer((request, response) => void fake.answer(request, response));
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams: query } = new URL(request.url ?? '', this.url);
    const path = decodeURIComponent(pathname);
    this.seen.push({ method: request.method ?? '', path, query, headers: request.headers });
    const [status, headers, text] = this.handle(request, path, query, body);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : text);
  }

  private handle(
    request: IncomingMessage,
    path: string,
    query: URLSearchParams,
    body: Buffer,
  ): [status: number, headers: Record<string, string>, text?: string | Buffer] {
    const { method, headers } = request;
    if (method === 'POST' && !path.includes('/', 1)) return this.form(body, String(headers['content-type']));
    if (!this.signed(query, headers)) return [403, {}, xml('Error', '<Code>AccessDenied</Code>')];
    const uploadID = query.get('uploadId') ?? '';
    const upload = this.uploads.get(uploadID);
    const kept: Kept = { body, etag: `"${createHash('md5').update(body).digest('hex')}"` };

    if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, { key: path, parts: new Map() });
      return [200, {}, xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`)];
    }
    if (uploadID !== '' && !upload) return [404, {}, xml('Error', '<Code>NoSuchUpload</Code>')];
    if (method === 'PUT' && upload) {
      upload.parts.set(Number(query.get('partNumber')), kept);
      return [200, { ETag: kept.etag }];
    }
    if (method === 'GET' && upload) {
      // Two at a time; and a marker with the last page too, as real stores have it.
      const after = Number(query.get('part-number-marker') ?? 0);
      const left = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
      const list = left
        .slice(0, 2)
        .map(
          ([number, part]) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>${part.etag}</ETag><Size>${part.body.length}</Size></Part>`,
        );
      const marker = left[list.length - 1]?.[0] ?? 0;
      const head = `<IsTruncated>${left.length > 2}</IsTruncated><NextPartNumberMarker>${marker}</NextPartNumberMarker>`;
      return [200, {}, xml('ListPartsResult', head + list.join(''))];
    }
    if (method === 'POST' && upload) {
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) =>
        Number(number),
      );
      const whole = Buffer.concat(numbers.map((number) => upload.parts.get(number)?.body ?? Buffer.alloc(0)));
      this.objects.set(upload.key, { body: whole, etag: `"many-${numbers.length}"` });
      this.uploads.delete(uploadID);
      return [200, {}, xml('CompleteMultipartUploadResult', '')];
    }
    if (method === 'DELETE') {
      if (upload) this.uploads.delete(uploadID);
      else this.objects.delete(path);
      return [204, {}];
    }
    if (method === 'PUT') {
      const source = headers['x-amz-copy-source'];
      if (typeof source !== 'string') {
        this.objects.set(path, kept);
        return [200, { ETag: kept.etag }];
      }
      const from = this.objects.get(`/${decodeURIComponent(source)}`);
      if (!from || headers['x-amz-copy-source-if-match'] !== from.etag) return [412, {}, xml('Error', '')];
      this.objects.set(path, from);
      return [200, {}, xml('CopyObjectResult', `<ETag>${from.etag}</ETag>`)];
    }
    const found = this.objects.get(path);
    if (!found) return [404, {}, xml('Error', '<Code>NoSuchKey</Code>')];
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    const part = start === undefined ? found.body : found.body.subarray(Number(start), Number(end) + 1);
    return [
      start === undefined ? 200 : 206,
      {
        ETag: found.etag,
        'Content-Length': String(part.length),
        'Content-Type': query.get('response-content-type') ?? 'application/octet-stream',
        ...(query.has('response-content-disposition')
          ? { 'Content-Disposition': query.get('response-content-disposition') ?? '' }
          : {}),
      },
      part,
    ];
  }

  /** A form by a policy: the file ends up under the form's key when the policy allows it. */
  private form(body: Buffer, contentType: string): [number, Record<string, string>, string?] {
    const [, boundary = ''] = /boundary=(.+)$/.exec(contentType) ?? [];
    const fields = new Map<string, string>();
    for (const part of body.toString('latin1').split(`--${boundary}`)) {
      const [, name, value] = /name="([^"]+)"[^]*?\r\n\r\n([^]*)\r\n$/.exec(part) ?? [];
      if (name !== undefined && value !== undefined) fields.set(name, value);
    }
    const policy = JSON.parse(Buffer.from(fields.get('policy') ?? '', 'base64').toString()) as {
      expiration: string;
      conditions: (Record<string, string> | [string, number, number])[];
    };
    const file = fields.get('file') ?? '';
    const allowed = policy.conditions.every((condition) => {
      if (Array.isArray(condition)) return file.length >= condition[1] && file.length <= condition[2];
      return Object.entries(condition).every(([name, value]) => name === 'bucket' || fields.get(name) === value);
    });
    if (
      !allowed ||
      Date.parse(policy.expiration) < Date.now() ||
      !/^[0-9a-f]{64}$/.test(fields.get('x-amz-signature') ?? '')
    ) {
      return [403, {}, xml('Error', '<Code>AccessDenied</Code>')];
    }
    const bucket = (policy.conditions[0] as Record<string, string>)['bucket'];
    this.objects.set(`/${bucket}/${fields.get('key')}`, { body: Buffer.from(file, 'latin1'), etag: '"form"' });
    return [Number(fields.get('success_action_status') ?? 204), {}];
  }

  private signed(query: URLSearchParams, headers: IncomingMessage['headers']): boolean {
    if (/^AWS4-HMAC-SHA256 .*Signature=[0-9a-f]{64}$/.test(headers.authorization ?? '')) return true;
    return (
      query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
      /^[0-9a-f]{64}$/.test(query.get('X-Amz-Signature') ?? '') &&
      Number(query.get('X-Amz-Expires')) > 0 &&
      (query.get('X-Amz-SignedHeaders') ?? '').split(';').every((name) => headers[name] !== undefined)
    );
  }
}

function xml(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`;
}
