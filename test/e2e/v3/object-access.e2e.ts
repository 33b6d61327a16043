import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { objectFolder, upload } from '../../support/objects.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });

/** A picture of one colour, upright or on its side. */
function picture(width: number, height: number, orientation?: number): Promise<Buffer> {
  const image = sharp({ create: { width, height, channels: 3, background: '#336699' } }).jpeg();
  return (orientation ? image.withMetadata({ orientation }) : image).toBuffer();
}

describeOnEachDatabase('Looking at objects', (database) => {
  let im: Im;
  let folder: Awaited<ReturnType<typeof objectFolder>>;
  let ann: string;
  let bob: string;
  beforeAll(async () => {
    folder = await objectFolder();
    im = await startIm({ database, env: { OBJECT_STORAGE: `file:${folder.path}` } });
    await im.register('ann', 'bob');
    [ann, bob] = [await im.tokenOf('ann'), await im.tokenOf('bob')];
    await upload(im, ann, 'ann/letter.txt', Buffer.from('0123456789'));
    await upload(im, ann, 'ann/photo.jpg', await picture(1600, 800), 'image/jpeg');
  });
  afterAll(async () => {
    await im.close();
    await folder.drop();
  });

  const accessUrl = (name: string, query?: unknown, token = bob) =>
    im.v3('/object/access_url', { name, ...(query === undefined ? {} : { query }) }, token).then(({ body }) => body);
  const follow = (path: string) => fetch(im.url + path, { redirect: 'manual' });
  const text = async (response: Response) => [response.status, await response.text()];

  describe('access_url', () => {
    it('gives whoever knows the name a URL for a week', async () => {
      const before = Date.now();
      const body = await accessUrl('ann/letter.txt');
      expect(body).toEqual({
        ...SUCCESS,
        data: { url: expect.stringContaining(`${im.url}/object-store?`), expireTime: expect.any(Number) },
      });
      expect(body.data.expireTime - before - 7 * 86_400_000).toBeLessThan(60_000);
      const loaded = await fetch(body.data.url);
      expect(Object.fromEntries(loaded.headers)).toMatchObject({
        'content-type': 'text/plain',
        'content-disposition': "attachment; filename*=UTF-8''letter.txt",
        'content-length': '10',
        'accept-ranges': 'bytes',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'referrer-policy': 'no-referrer',
      });
      expect(await text(loaded)).toEqual([200, '0123456789']);
    });

    it.each([
      ['', undefined, argsError('name is empty')],
      ['ann/nothing', undefined, { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'object not found' }],
      ['ann/letter.txt', { type: 'video' }, argsError('invalid query type')],
      ['ann/letter.txt', { type: 'image' }, argsError('object not image')],
      ['ann/letter.txt', { type: 1 }, argsError('query must be a map of strings')],
      ['ann/letter.txt', [], argsError('query must be a map of strings')],
    ])('refuses %j with %j', async (name, query, expected) => {
      expect(await accessUrl(name, query)).toEqual(expected);
    });
  });

  describe('the lasting URL', () => {
    it('leads to the content, without a token', async () => {
      const answer = await follow('/object/ann/letter.txt');
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toMatch(/^\.\.\/\.\.\/object-store\?ticket=/);
      expect(await text(await fetch(`${im.url}/object/ann/letter.txt`))).toEqual([200, '0123456789']);
    });

    it('says in plain text what is wrong', async () => {
      expect(await text(await follow('/object/ann/nothing'))).toEqual([404, 'object not found']);
      expect(await text(await follow('/object/'))).toEqual([400, 'name is empty']);
      expect(await text(await follow('/object/ann/letter.txt?type=x'))).toEqual([400, 'invalid query type']);
      expect(await text(await follow('/object/ann/letter.txt?type=image'))).toEqual([400, 'object not image']);
      expect((await follow('/object/ann/nothing')).headers.get('content-type')).toBe('text/plain; charset=utf-8');
    });

    it.each([
      'ann/with space.txt',
      'ann/漢字/😀.txt',
      'ann/100%.txt',
      'ann/%41.txt',
      'ann/a?b#c.txt',
      'ann/a\\b',
      'ann//double//slash',
      `ann/${'ä'.repeat(500)}`,
      'ann/"quotes"; filename=x.exe',
    ])('works for the name %j', async (name) => {
      const url = await upload(im, ann, name, Buffer.from(name));
      expect(url.startsWith(`${im.url}/object/ann/`)).toBe(true);
      const loaded = await fetch(url);
      const fileName = name.slice(name.lastIndexOf('/') + 1);
      expect(loaded.headers.get('content-disposition')).toBe(
        `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      );
      expect(await text(loaded)).toEqual([200, name]);
    });

    it('does not reach other files', async () => {
      await upload(im, ann, 'ann/../../../../etc/passwd', Buffer.from('mine'));
      expect(await accessUrl('/etc/passwd')).toMatchObject({ errCode: 1004 });
      expect((await folder.files()).every((path) => /content\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(path))).toBe(true);
    });

    it('never runs what is stored as a page of ours', async () => {
      const url = await upload(im, ann, 'ann/page.html', Buffer.from('<script>alert(1)</script>'), 'text/html\r\nx: y');
      const { headers } = await fetch(url);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('content-security-policy')).toContain('sandbox');
    });

    it('is where the request says clients reach the server, or the operator', async () => {
      const named = async (server: Im, token: string, headers: Record<string, string>) => {
        const body = { uploadID: '', name: 'ann/letter.txt', hash: '0'.repeat(32), size: 1 };
        const all = { operationID: 'x', token, ...headers };
        const answer = await server.post('/object/access_url', { name: 'ann/letter.txt', ...body }, all);
        return (answer.body.data?.url ?? answer.text).split('/object-store', 1)[0];
      };
      expect(await named(im, ann, { 'X-Request-Api': 'https://im.example.com/api/' })).toBe(
        'https://im.example.com/api',
      );
      expect(await named(im, ann, { 'X-Request-Api': 'https://im.example.com/api' })).toBe(
        'https://im.example.com/api',
      );
      expect(await named(im, ann, { 'X-Request-Api': 'javascript:alert(1)' })).toBe(im.url);
      const env = { OBJECT_STORAGE: `file:${folder.path}`, PUBLIC_URL: 'https://chat.example.com/' };
      const other = await startIm({ database, env });
      try {
        await other.register('ann');
        const token = await other.tokenOf('ann');
        expect(await upload(other, token, 'ann/letter.txt', Buffer.from('0123456789'))).toBe(
          'https://chat.example.com/object/ann/letter.txt',
        );
        expect(await named(other, token, {})).toBe('https://chat.example.com');
        expect(await named(other, token, { 'X-Request-Api': 'http://10.0.0.1' })).toBe('http://10.0.0.1');
      } finally {
        await other.close();
      }
    });
  });

  describe('a part of the content', () => {
    const range = async (value: string, more: Record<string, string> = {}) => {
      const { data } = await accessUrl('ann/letter.txt');
      const answer = await fetch(data.url, { headers: { range: value, ...more } });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    };

    it.each([
      ['bytes=0-3', [206, 'bytes 0-3/10', '0123']],
      ['bytes=8-', [206, 'bytes 8-9/10', '89']],
      ['bytes=-3', [206, 'bytes 7-9/10', '789']],
      ['bytes=5-100', [206, 'bytes 5-9/10', '56789']],
      ['bytes=-100', [206, 'bytes 0-9/10', '0123456789']],
      ['bytes=10-', [416, 'bytes */10', 'the range is outside of the content']],
      ['bytes=-0', [416, 'bytes */10', 'the range is outside of the content']],
      ['bytes=3-2', [200, null, '0123456789']],
      ['bytes=0-1,3-4', [200, null, '0123456789']],
      ['lines=1-2', [200, null, '0123456789']],
    ])('%s', async (value, expected) => {
      expect(await range(value)).toEqual(expected);
    });

    it('is none where only the headers are asked for', async () => {
      const { data } = await accessUrl('ann/letter.txt');
      const answer = await fetch(data.url, { method: 'HEAD' });
      expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '10', '']);
    });

    it('belongs to what was there before, or all is sent', async () => {
      const { data } = await accessUrl('ann/letter.txt');
      const etag = (await fetch(data.url)).headers.get('etag') ?? '';
      expect(await range('bytes=0-3', { 'if-range': etag })).toEqual([206, 'bytes 0-3/10', '0123']);
      expect(await range('bytes=0-3', { 'if-range': '"old"' })).toEqual([200, null, '0123456789']);
    });
  });

  describe('a smaller picture', () => {
    const thumbnail = async (name: string, query: Record<string, string>) => {
      const { data } = await accessUrl(name, { type: 'image', ...query });
      const answer = await fetch(data.url);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status !== 200) return [answer.status, bytes.toString()];
      const { width, height, format } = await sharp(bytes).metadata();
      expect(answer.headers.get('content-disposition')).toBe(name.endsWith('x') ? expect.any(String) : null);
      return [answer.headers.get('content-type'), format, width, height];
    };

    it.each([
      [{ width: '200' }, ['image/png', 'png', 200, 100]],
      [{ height: '200' }, ['image/png', 'png', 400, 200]],
      [{ width: '200', height: '50', format: 'jpg' }, ['image/jpeg', 'jpeg', 100, 50]],
      [{ width: '100', height: '100', format: 'JPEG' }, ['image/jpeg', 'jpeg', 100, 50]],
      [{ width: '64', format: 'gif' }, ['image/gif', 'gif', 64, 32]],
      [{ width: '64', format: 'bmp' }, ['image/png', 'png', 64, 32]],
      [{ width: 'wide', height: '' }, ['image/png', 'png', 1600, 800]],
    ])('%j', async (query, expected) => {
      expect(await thumbnail('ann/photo.jpg', query as Record<string, string>)).toEqual(expected);
    });

    it('is never larger than the source, and upright', async () => {
      await upload(im, ann, 'ann/small.jpg', await picture(40, 20), 'image/jpeg');
      expect(await thumbnail('ann/small.jpg', { width: '1024' })).toEqual(['image/png', 'png', 40, 20]);
      await upload(im, ann, 'ann/side.jpg', await picture(40, 20, 6), 'image/jpeg');
      expect(await thumbnail('ann/side.jpg', { width: '10' })).toEqual(['image/png', 'png', 10, 20]);
    });

    it('is the original where more than 1024 pixels are asked for', async () => {
      const { data } = await accessUrl('ann/photo.jpg', { type: 'image', width: '1025' });
      const answer = await fetch(data.url);
      expect(answer.headers.get('content-type')).toBe('image/jpeg');
      expect(answer.headers.get('content-disposition')).toMatch(/photo\.jpg$/);
      expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).toMatchObject({
        width: 1600,
        height: 800,
      });
    });

    it('is seen through the lasting URL too', async () => {
      const answer = await fetch(`${im.url}/object/ann/photo.jpg?type=image&width=10&width=20&format=png`);
      expect(answer.headers.get('content-type')).toBe('image/png');
      expect(answer.headers.get('cache-control')).toContain('immutable');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).toMatchObject({ width: 10, height: 5 });
    });

    it('cannot be made of what only looks like one, is too large, or is SVG', async () => {
      await upload(im, ann, 'ann/broken.jpg', Buffer.from('\xff\xd8\xff and no picture at all', 'latin1'));
      expect(await thumbnail('ann/broken.jpg', { width: '10' })).toEqual([400, 'object not image']);
      const huge = sharp({
        create: { width: 9000, height: 9000, channels: 3, background: '#fff' },
        limitInputPixels: false,
      });
      await upload(im, ann, 'ann/huge.png', await huge.png({ compressionLevel: 9 }).toBuffer());
      expect(await thumbnail('ann/huge.png', { width: '10' })).toEqual([400, 'object not image']);
      await upload(
        im,
        ann,
        'ann/drawing.svg',
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
        'image/svg+xml',
      );
      expect(await accessUrl('ann/drawing.svg', { type: 'image' })).toEqual(argsError('object not image'));
    });

    it.each([
      ['a comment that looks like AVIF', '<!--ftypavif-->'],
      ['a header that looks like WebP', 'RIFFaaaaWEBP'],
    ])('is never made by a program, be it hidden behind %s', async (_, front) => {
      const program = Buffer.from(`${front}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
      const name = `ann/hidden ${front.length}`;
      await upload(im, ann, name, program);
      const answer = await accessUrl(name, { type: 'image' });
      if (answer.errCode === 0) expect((await fetch(answer.data.url)).status).toBe(400);
      else expect(answer).toEqual(argsError('object not image'));
    });

    it('is not made of what came in the place of a picture, nor kept where content changes', async () => {
      const admin = await im.adminToken();
      const replace = async (content: Buffer) => {
        const begun = { name: 'logo.png', size: content.length, absolute: true };
        const { id, url, file } = (await im.v3('/object/initiate_form_data', begun, admin)).body.data;
        const form = new FormData();
        form.append(file, new Blob([content as BlobPart]), 'logo.png');
        await fetch(url, { method: 'POST', body: form });
        expect((await im.v3('/object/complete_form_data', { id }, admin)).body.errCode).toBe(0);
      };
      await replace(await picture(40, 20));
      const { data } = await accessUrl('logo.png', { type: 'image' });
      const first = await fetch(data.url);
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'private']);
      await replace(await picture(10, 10));
      const second = await sharp(Buffer.from(await (await fetch(data.url)).arrayBuffer())).metadata();
      expect([second.width, second.height]).toEqual([10, 10]);
      await replace(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
      expect(await text(await fetch(data.url))).toEqual([400, 'object not image']);
    });

    it('is made once for many who ask at the same time', async () => {
      const { data } = await accessUrl('ann/photo.jpg', { type: 'image', width: '77' });
      const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(data.url)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });
});
