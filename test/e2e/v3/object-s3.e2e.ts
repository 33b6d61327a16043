import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { Uploads } from '../../../src/storage/uploads.service.js';
import { FakeS3 } from '../../support/fake-s3.js';
import type { Im } from '../../support/im.js';
import {
  complete,
  hashOf,
  initiate,
  md5,
  PART_SIZE,
  partsOf,
  putParts,
  randomBytes,
  upload,
} from '../../support/objects.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const BUCKET = '/im-files';

describeOnEachDatabase('Objects in an S3-compatible store', (database) => {
  let s3: FakeS3;
  let im: Im;
  let ann: string;
  beforeAll(async () => {
    s3 = await FakeS3.start();
    const env = {
      OBJECT_STORAGE: `s3://im-files?region=eu-west-9&endpoint=${encodeURIComponent(s3.url)}`,
      OBJECT_STORAGE_ACCESS_KEY: 'access',
      OBJECT_STORAGE_SECRET_KEY: 'hush',
    };
    im = await startIm({ database, env });
    await im.register('ann');
    ann = await im.tokenOf('ann');
  });
  afterAll(async () => {
    await im.close();
    await s3.stop();
  });

  const keys = (prefix: string) => [...s3.objects.keys()].filter((key) => key.startsWith(`${BUCKET}/${prefix}`));

  it('go there in one piece, by a URL that binds size and time', async () => {
    const content = randomBytes(1000);
    const initiated = await initiate(im, ann, 'ann/one.txt', content);
    const { url } = initiated.body.data.upload.sign.parts[0];
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin).toBe(s3.url);
    expect(pathname).toBe(`${BUCKET}/openim/temp/${initiated.body.data.upload.uploadID}`);
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    expect(searchParams.get('X-Amz-Credential')).toMatch(/^access\/\d{8}\/eu-west-9\/s3\/aws4_request$/);
    expect(Number(searchParams.get('X-Amz-Expires'))).toBeGreaterThan(604_000);
    expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    expect(url).not.toContain('hush');

    const { uploadID } = initiated.body.data.upload;
    expect((await complete(im, ann, 'ann/one.txt', uploadID, content)).body).toEqual(argsError('part 1 is missing'));
    const [put] = await putParts(initiated, content);
    expect(put?.headers.get('etag')).toBe(`"${md5(content)}"`);
    expect((await complete(im, ann, 'ann/one.txt', uploadID, content)).body.data).toEqual({
      url: `${im.url}/object/ann/one.txt`,
    });
    expect(keys('openim/temp')).toEqual([]);
    expect(s3.objects.get(`${BUCKET}/openim/data/hash/${hashOf(content)}`)?.body.equals(content)).toBe(true);
    expect(await im.rows('im_objects', { name: 'ann/one.txt' })).toMatchObject([{ engine: 's3' }]);
    expect((await initiate(im, ann, 'ann/two.txt', content)).body.data).toEqual({
      url: `${im.url}/object/ann/two.txt`,
      upload: null,
    });
  });

  it('go there in parts', async () => {
    const content = randomBytes(2 * PART_SIZE + 5);
    const initiated = await initiate(im, ann, 'ann/large', content, { maxParts: 2 });
    const { uploadID } = initiated.body.data.upload;
    await putParts(initiated, content);
    expect((await complete(im, ann, 'ann/large', uploadID, content)).body).toEqual(argsError('part 3 is missing'));
    const signed = await im.v3('/object/auth_sign', { uploadID, partNumbers: [3] }, ann);
    const { url } = signed.body.data.parts[0];
    expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeGreaterThan(86_000);
    await fetch(url, { method: 'PUT', body: 'wrong' });
    expect((await complete(im, ann, 'ann/large', uploadID, content)).body).toEqual(
      argsError(`md5 mismatching ${md5('wrong')} != ${md5(partsOf(content)[2])}`),
    );
    await fetch(url, { method: 'PUT', body: partsOf(content)[2] as BodyInit });
    expect((await complete(im, ann, 'ann/large', uploadID, content)).body.errCode).toBe(0);
    const loaded = Buffer.from(await (await fetch(`${im.url}/object/ann/large`)).arrayBuffer());
    expect(loaded.equals(content)).toBe(true);
  });

  it('are signed for thousands of parts at once, each for itself', async () => {
    const asked = { hash: md5('large'), size: 1024 * PART_SIZE, maxParts: -1, name: 'ann/huge' };
    const { upload: begun } = (await im.v3('/object/initiate_multipart_upload', asked, ann)).body.data;
    const queries = begun.sign.parts.map((part: any) => new URL(part.url).searchParams);
    expect(queries.map((query: any) => Number(query.get('partNumber')))).toEqual(
      Array.from({ length: 1024 }, (_, index) => index + 1),
    );
    expect(new Set(queries.map((query: any) => query.get('X-Amz-Signature'))).size).toBe(1024);
    expect(new Set(queries.map((query: any) => query.get('uploadId'))).size).toBe(1);
    const end = { uploadID: begun.uploadID, parts: [md5('x')], name: 'ann/huge' };
    expect((await im.v3('/object/complete_multipart_upload', end, ann)).body).toEqual(argsError('md5 mismatching'));
    await im.get(Transactions).manager.query('UPDATE im_uploads SET expireTime = 1');
    await im.get(Uploads).sweep();
  });

  it('whose upload ends while it is completed are a failure of the sender', async () => {
    const content = randomBytes(PART_SIZE + 1);
    const initiated = await initiate(im, ann, 'ann/ended', content);
    await putParts(initiated, content);
    s3.uploads.clear();
    const { uploadID } = initiated.body.data.upload;
    expect((await complete(im, ann, 'ann/ended', uploadID, content)).body).toEqual(
      argsError('the upload has ended, or was sent again meanwhile'),
    );
  });

  it('are loaded from there, as files to save', async () => {
    await upload(im, ann, 'ann/ä b.html', Buffer.from('<script>'), 'text/html');
    const answer = await fetch(`${im.url}/object/ann/${encodeURIComponent('ä b.html')}`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    const target = new URL(answer.headers.get('location') ?? '');
    expect(target.origin).toBe(s3.url);
    expect(target.searchParams.get('response-content-disposition')).toBe(
      "attachment; filename*=UTF-8''%C3%A4%20b.html",
    );
    expect(target.searchParams.get('response-content-type')).toBe('text/html');
    const { data } = (await im.v3('/object/access_url', { name: 'ann/ä b.html' }, ann)).body;
    expect(await (await fetch(data.url)).text()).toBe('<script>');
  });

  it('have thumbnails, which this server makes', async () => {
    const source = await sharp({ create: { width: 400, height: 200, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await upload(im, ann, 'ann/photo.png', source, 'image/png');
    const query = { type: 'image', width: '100', format: 'jpg' };
    const { data } = (await im.v3('/object/access_url', { name: 'ann/photo.png', query }, ann)).body;
    expect(data.url).toContain(`${im.url}/object-store?`);
    const thumbnail = Buffer.from(await (await fetch(data.url)).arrayBuffer());
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 100, height: 50 });
  });

  it('are sent by forms that bind size, type and key', async () => {
    const begun = await im.v3(
      '/object/initiate_form_data',
      { name: 'ann/f.txt', size: 5, contentType: 'text/plain' },
      ann,
    );
    const { id, url, file, formData, successCodes } = begun.body.data;
    expect([url, file, successCodes]).toEqual([`${s3.url}${BUCKET}`, 'file', [200]]);
    expect(JSON.stringify(begun.body)).not.toContain('hush');
    const send = async (content: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(formData)) form.append(name, value as string);
      form.append(file, new Blob([content]), 'f.txt');
      return (await fetch(url, { method: 'POST', body: form })).status;
    };
    expect(await send('123456')).toBe(403);
    expect((await im.v3('/object/complete_form_data', { id }, ann)).body.errCode).toBe(1004);
    expect(await send('12345')).toBe(200);
    expect((await im.v3('/object/complete_form_data', { id }, ann)).body.data).toEqual({
      url: `${im.url}/object/ann/f.txt`,
    });
    expect(keys('openim/temp')).toEqual([]);
    // Its policy holds for a while yet, and reaches no more than a place of its own.
    expect(await send('other')).toBe(200);
    expect(keys('openim/temp')).toEqual([`${BUCKET}/openim/temp/${id}`]);
    expect(await (await fetch(`${im.url}/object/ann/f.txt`)).text()).toBe('12345');
    s3.objects.delete(`${BUCKET}/openim/temp/${id}`);
  });

  it('are given up together with what came of them', async () => {
    const whole = await initiate(im, ann, 'ann/x', randomBytes(10));
    await putParts(whole, randomBytes(10));
    const parts = await initiate(im, ann, 'ann/y', randomBytes(PART_SIZE + 10), { maxParts: 0 });
    expect(parts.body.errCode).toBe(0);
    expect([keys('openim/temp').length, s3.uploads.size]).toEqual([1, 1]);
    await im.get(Transactions).manager.query('UPDATE im_uploads SET expireTime = 1');
    await im.get(Uploads).sweep();
    expect([keys('openim/temp').length, s3.uploads.size]).toEqual([0, 0]);
  });

  it('are not served by routes of the folder', async () => {
    expect((await fetch(`${im.url}/object-store?ticket=x.y`)).status).toBe(403);
  });

  describe('every request', () => {
    it('was signed, and the key itself never sent', () => {
      expect(s3.seen.length).toBeGreaterThan(20);
      expect(JSON.stringify(s3.seen.map(({ path, query, headers }) => [path, String(query), headers]))).not.toContain(
        'hush',
      );
    });
  });
});
