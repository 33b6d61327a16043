import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'node:http';
import { Uploads } from '../../../src/storage/uploads.service.js';
import { Transactions } from '../../../src/database/transactions.js';
import type { Im } from '../../support/im.js';
import {
  complete,
  hashOf,
  initiate,
  md5,
  objectFolder,
  PART_SIZE,
  partsOf,
  putParts,
  randomBytes,
  upload,
} from '../../support/objects.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const notPermitted = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
const DAY_MS = 86_400_000;

describeOnEachDatabase('Uploading objects', (database) => {
  let im: Im;
  let folder: Awaited<ReturnType<typeof objectFolder>>;
  let ann: string;
  let bob: string;
  let admin: string;
  beforeAll(async () => {
    folder = await objectFolder();
    im = await startIm({ database, env: { OBJECT_STORAGE: `file:${folder.path}`, OBJECT_MAX_SIZE: '1099511627776' } });
    await im.register('ann', 'bob');
    [ann, bob, admin] = [await im.tokenOf('ann'), await im.tokenOf('bob'), await im.adminToken()];
  });
  afterAll(async () => {
    await im.close();
    await folder.drop();
  });

  const pending = async () => (await im.rows('im_uploads', {})).length;

  describe('part_limit and part_size', () => {
    it('tell the bounds', async () => {
      expect((await im.v3('/object/part_limit', {}, ann)).body).toEqual({
        ...SUCCESS,
        data: { minPartSize: 5242880, maxPartSize: 5368709120, maxNumSize: 10000 },
      });
    });

    it.each([
      [1, 5242880],
      [52428800000, 5242880],
      [52428800001, 5242881],
      [1099511627776, 109951163],
    ])('%d bytes come in parts of %d', async (size, expected) => {
      expect((await im.v3('/object/part_size', { size }, ann)).body).toEqual({ ...SUCCESS, data: { size: expected } });
    });

    it.each([
      [{}, 'size must be greater than 0'],
      [{ size: 0 }, 'size must be greater than 0'],
      [{ size: -1 }, 'size must be greater than 0'],
      [{ size: 1099511627777 }, 'size must be less than or equal to 1099511627776'],
      [{ size: '1' }, 'size must be an integer'],
    ])('refuse %j', async (body, errDlt) => {
      expect((await im.v3('/object/part_size', body, ann)).body).toEqual(argsError(errDlt));
    });
  });

  describe('in one piece', () => {
    it('is begun, PUT and completed', async () => {
      const content = randomBytes(1000);
      const before = Date.now();
      const { body } = await initiate(im, ann, 'ann/one.txt', content, { maxParts: 0 });
      expect(body).toEqual({
        ...SUCCESS,
        data: {
          url: '',
          upload: {
            uploadID: expect.any(String),
            partSize: PART_SIZE,
            sign: {
              url: '',
              query: null,
              header: null,
              parts: [
                {
                  partNumber: 1,
                  url: expect.stringContaining(`${im.url}/object-store?ticket=`),
                  query: null,
                  header: null,
                },
              ],
            },
            expireTime: expect.any(Number),
          },
        },
      });
      const { uploadID, expireTime, sign } = body.data.upload;
      expect(expireTime - before - 7 * DAY_MS).toBeLessThan(60_000);
      expect(expireTime - before - 7 * DAY_MS).toBeGreaterThanOrEqual(0);

      const put = await fetch(sign.parts[0].url, {
        method: 'PUT',
        body: content,
        headers: { 'Content-Type': 'application/json' },
      });
      expect([put.status, put.headers.get('etag'), await put.text()]).toEqual([200, `"${md5(content)}"`, '']);
      expect((await complete(im, ann, 'ann/one.txt', uploadID, content)).body).toEqual({
        ...SUCCESS,
        data: { url: `${im.url}/object/ann/one.txt` },
      });
      const [object] = await im.rows('im_objects', { name: 'ann/one.txt' });
      expect({ ...object, size: Number(object.size) }).toMatchObject({
        engine: 'file',
        storageKey: `openim/data/hash/${hashOf(content)}`,
        size: 1000,
        contentType: 'text/plain',
        cause: 'test',
        userID: 'ann',
      });
      expect(await im.rows('im_uploads', { uploadID })).toEqual([]);
      expect((await folder.files()).filter((path) => !path.includes('/content/'))).toEqual([]);
      const loaded = await fetch(`${im.url}/object/ann/one.txt`);
      expect(Buffer.from(await loaded.arrayBuffer()).equals(content)).toBe(true);
    });

    it('is not needed for content that is there: the name is given at once', async () => {
      const content = randomBytes(500);
      await upload(im, ann, 'ann/first', content);
      const files = await folder.files();
      const { body } = await initiate(im, bob, 'bob/second', content, { cause: 'msg-file', contentType: 'a/b' });
      expect(body).toEqual({ ...SUCCESS, data: { url: `${im.url}/object/bob/second`, upload: null } });
      expect(await im.rows('im_objects', { name: 'bob/second' })).toMatchObject([
        { cause: 'msg-file', contentType: 'a/b', userID: 'bob' },
      ]);
      expect(await folder.files()).toEqual(files);
      expect((await initiate(im, bob, 'bob/third', content, { size: 499 })).body).toEqual(
        argsError('upload size mismatching'),
      );
    });

    it('may be completed again, and by many at once', async () => {
      const content = randomBytes(100);
      const initiated = await initiate(im, ann, 'ann/twice', content);
      await putParts(initiated, content);
      const { uploadID } = initiated.body.data.upload;
      const end = (more: object = {}) => complete(im, ann, 'ann/twice', uploadID, content, more);
      const answers = await Promise.all([end(), end(), end()]);
      expect(answers.map(({ body }) => body.errCode)).toEqual([0, 0, 0]);
      expect((await end()).body.data).toEqual({ url: `${im.url}/object/ann/twice` });
      const unknown = argsError('invalid multipart upload id: no such upload, or it has expired');
      expect((await end({ name: 'ann/another' })).body).toEqual(unknown);
      expect((await end({ parts: [md5('other')] })).body).toEqual(unknown);
    });

    it('is completed where the content came by another upload, or before a crash', async () => {
      const content = randomBytes(100);
      const [mine, his] = [await initiate(im, ann, 'ann/same', content), await initiate(im, bob, 'bob/same', content)];
      await putParts(his, content);
      expect((await complete(im, bob, 'bob/same', his.body.data.upload.uploadID, content)).body.errCode).toBe(0);
      expect((await complete(im, ann, 'ann/same', mine.body.data.upload.uploadID, content)).body.errCode).toBe(0);
      expect(await pending()).toBe(0);
    });

    it('gives a name new content', async () => {
      await upload(im, ann, 'ann/changing', Buffer.from('before'));
      const url = await upload(im, ann, 'ann/changing', Buffer.from('after'));
      expect(await (await fetch(url)).text()).toBe('after');
      expect(await im.rows('im_objects', { name: 'ann/changing' })).toHaveLength(1);
    });

    it('may be PUT again: the last counts', async () => {
      const content = randomBytes(100);
      const initiated = await initiate(im, ann, 'ann/again', content);
      await fetch(initiated.body.data.upload.sign.parts[0].url, { method: 'PUT', body: 'something else' });
      await putParts(initiated, content);
      const { uploadID } = initiated.body.data.upload;
      expect((await complete(im, ann, 'ann/again', uploadID, content)).body.errCode).toBe(0);
      const late = await fetch(initiated.body.data.upload.sign.parts[0].url, { method: 'PUT', body: content });
      expect([late.status, await late.text()]).toEqual([404, 'no such upload, or it has ended']);
    });
  });

  describe('in parts', () => {
    it('gives the signatures that were asked for, and more on demand', async () => {
      const content = randomBytes(2 * PART_SIZE + 10);
      const none = await initiate(im, ann, 'ann/large', content, { maxParts: 0 });
      expect(none.body.data.upload).toMatchObject({ partSize: PART_SIZE, sign: null });
      const two = await initiate(im, ann, 'ann/large', content, { maxParts: 2 });
      expect(two.body.data.upload.sign.parts.map((part: any) => part.partNumber)).toEqual([1, 2]);
      await putParts(two, content);
      const { uploadID } = two.body.data.upload;

      const signed = await im.v3('/object/auth_sign', { uploadID, partNumbers: [3] }, ann);
      expect(signed.body).toEqual({
        ...SUCCESS,
        data: {
          url: '',
          query: null,
          header: null,
          parts: [{ partNumber: 3, url: expect.any(String), query: null, header: null }],
        },
      });
      expect((await complete(im, ann, 'ann/large', uploadID, content)).body).toEqual(argsError('part 3 is missing'));
      await fetch(signed.body.data.parts[0].url, { method: 'PUT', body: partsOf(content)[2] as BodyInit });
      expect((await complete(im, ann, 'ann/large', uploadID, content)).body.data).toEqual({
        url: `${im.url}/object/ann/large`,
      });
      const loaded = Buffer.from(await (await fetch(`${im.url}/object/ann/large`)).arrayBuffer());
      expect(loaded.equals(content)).toBe(true);
      expect((await initiate(im, bob, 'bob/large', content)).body.data.upload).toBeNull();
    });

    it('refuses to sign parts there are not, for others, and of one piece', async () => {
      const sign = (uploadID: string, partNumbers: unknown, token = ann) =>
        im.v3('/object/auth_sign', { uploadID, partNumbers }, token).then(({ body }) => body);
      const large = (await initiate(im, ann, 'ann/x', randomBytes(PART_SIZE + 1))).body.data.upload.uploadID;
      const small = (await initiate(im, ann, 'ann/y', randomBytes(10))).body.data.upload.uploadID;
      expect(await sign(large, [3])).toEqual(argsError('part 3 is not one of 1 to 2'));
      expect(await sign(large, [1, 2, 1])).toEqual(argsError('too many parts: 2'));
      expect(await sign(large, [0])).toEqual(argsError('part 0 is not one of 1 to 2'));
      expect(await sign(large, ['1'])).toEqual(argsError('partNumbers must be a list of integers'));
      expect(await sign(large, [1], bob)).toEqual(notPermitted('the upload was begun by another user'));
      expect(await sign(large, [1], admin)).toEqual(notPermitted('the upload was begun by another user'));
      expect(await sign(small, [1])).toEqual(argsError('presigned id not support auth sign'));
      expect(await sign('', [1])).toEqual(argsError('invalid multipart upload id: no such upload, or it has expired'));
      expect(await sign(large, [])).toEqual({ ...SUCCESS, data: { url: '', query: null, header: null, parts: null } });
    });
  });

  describe('refuses', () => {
    it.each([
      ['no name', { name: '' }, argsError('name is empty')],
      ['a null name', { name: null }, argsError('name is empty')],
      ['a name with a slash in front', { name: '/ann/x' }, argsError('name cannot start with `/`')],
      ['a blank name', { name: '  ' }, argsError('object name cannot be blank')],
      ['a long name', { name: `ann/${'ä'.repeat(511)}` }, argsError('object name cannot be longer than 1024 bytes')],
      ["somebody else's name", { name: 'bob/x' }, notPermitted('name must start with `ann/`')],
      ['a name that only begins alike', { name: 'anna/x' }, notPermitted('name must start with `ann/`')],
      ['no hash', { hash: '' }, argsError('invalid md5')],
      ['a hash that is none', { hash: 'x'.repeat(32) }, argsError('invalid md5')],
      ['a SHA-1', { hash: 'a'.repeat(40) }, argsError('invalid md5')],
      ['no size', { size: 0 }, argsError('size must be greater than 0')],
      ['too many parts', { maxParts: 2 }, argsError('too many parts: 1')],
      ['a number in text', { maxParts: '1' }, argsError('maxParts must be an integer')],
    ])('%s', async (_, more, expected) => {
      const before = await pending();
      expect((await initiate(im, ann, 'ann/x', randomBytes(10), more)).body).toEqual(expected);
      expect(await pending()).toBe(before);
    });

    it('to complete what is not what was announced', async () => {
      const content = randomBytes(100);
      const initiated = await initiate(im, ann, 'ann/bad', content);
      const { uploadID, sign } = initiated.body.data.upload;
      const end = (more: object = {}, token = ann) =>
        complete(im, token, 'ann/bad', uploadID, content, more).then(({ body }) => body);
      expect(await end()).toEqual(argsError('part 1 is missing'));
      expect(await end({ parts: [md5('other')] })).toEqual(argsError('md5 mismatching'));
      expect(await end({ parts: [] })).toEqual(argsError('md5 mismatching'));
      expect(await end({ name: 'bob/bad' })).toEqual(notPermitted('name must start with `ann/`'));
      expect(await end({ name: 'bob/bad' }, bob)).toEqual(notPermitted('the upload was begun by another user'));
      expect(await end({ uploadID: 'f'.repeat(32) })).toEqual(
        argsError('invalid multipart upload id: no such upload, or it has expired'),
      );
      await fetch(sign.parts[0].url, { method: 'PUT', body: content.subarray(1) });
      expect(await end()).toEqual(argsError('upload size mismatching'));
      const other = randomBytes(100);
      await fetch(sign.parts[0].url, { method: 'PUT', body: other });
      expect(await end()).toEqual(argsError(`md5 mismatching ${md5(other)} != ${md5(content)}`));
      expect(await im.rows('im_objects', { name: 'ann/bad' })).toEqual([]);
      await putParts(initiated, content);
      expect((await end()).errCode).toBe(0);
    });

    it('bytes beyond the size, and leaves nothing of them', async () => {
      const content = randomBytes(100);
      const { sign } = (await initiate(im, ann, 'ann/more', content)).body.data.upload;
      const put = (body: BodyInit, more: object = {}) => fetch(sign.parts[0].url, { method: 'PUT', body, ...more });
      const announced = await put(randomBytes(101));
      expect([announced.status, await announced.text()]).toEqual([413, 'more bytes than the upload was begun for']);
      // Without Content-Length the size shows only while the bytes come.
      const unannounced = await put(new Blob([randomBytes(3_000)]).stream() as BodyInit, { duplex: 'half' });
      expect(unannounced.status).toBe(413);
      expect((await folder.files()).filter((path) => path.includes('/writing/'))).toEqual([]);
    });

    it.each(['an upload', 'an upload that has ended'])('half a body of %s, and goes on', async (which) => {
      const content = randomBytes(PART_SIZE);
      const initiated = await initiate(im, ann, 'ann/half', content);
      const { uploadID, sign } = initiated.body.data.upload;
      if (which !== 'an upload') {
        await putParts(initiated, content);
        await complete(im, ann, 'ann/half', uploadID, content);
      }
      const headers = { 'Content-Length': content.length };
      const put = request(sign.parts[0].url, { method: 'PUT', headers }).on('error', () => undefined);
      put.write(content.subarray(0, 100_000));
      await new Promise((resolve) => setTimeout(resolve, 50));
      put.destroy();
      await expect.poll(async () => (await folder.files()).filter((path) => path.includes('/writing/'))).toEqual([]);
      expect((await im.v3('/object/part_limit', {}, ann)).body.errCode).toBe(0);
    });

    it('tickets that are not ours, are for something else, or have been changed', async () => {
      const { sign } = (await initiate(im, ann, 'ann/ticket', randomBytes(10))).body.data.upload;
      const url: string = sign.parts[0].url;
      const put = async (target: string) => (await fetch(target, { method: 'PUT', body: 'x' })).status;
      const [, text = '', signature = ''] = /ticket=([^.]+)\.(.+)$/.exec(url) ?? [];
      const larger = { ...JSON.parse(Buffer.from(text, 'base64url').toString()), size: 1e9 };
      const forged = Buffer.from(JSON.stringify(larger)).toString('base64url');
      expect(await put(`${im.url}/object-store?ticket=${forged}.${signature}`)).toBe(403);
      expect(await put(`${im.url}/object-store?ticket=${text}`)).toBe(403);
      expect(await put(`${im.url}/object-store?ticket=`)).toBe(403);
      expect(await put(`${im.url}/object-store`)).toBe(403);
      expect((await fetch(url)).status).toBe(403);
      expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(403);
      expect(await put(url)).toBe(200);
    });

    it('to go without a token', async () => {
      for (const path of [
        'part_limit',
        'part_size',
        'initiate_multipart_upload',
        'auth_sign',
        'complete_multipart_upload',
        'access_url',
      ]) {
        expect((await im.v3(`/object/${path}`, {})).body).toEqual(argsError('header must have token'));
      }
    });
  });

  describe('afterwards', () => {
    it('removes uploads whose time is over', async () => {
      const initiated = await initiate(im, ann, 'ann/late', randomBytes(10));
      const { uploadID, sign } = initiated.body.data.upload;
      await fetch(sign.parts[0].url, { method: 'PUT', body: 'part' });
      await im.get(Transactions).manager.query('UPDATE im_uploads SET expireTime = 1 WHERE uploadID = ?', [uploadID]);
      const answer = await complete(im, ann, 'ann/late', uploadID, randomBytes(10));
      expect(answer.body).toEqual(argsError('invalid multipart upload id: no such upload, or it has expired'));
      expect(await im.get(Uploads).sweep()).toBe(1);
      expect(await im.rows('im_uploads', { uploadID })).toEqual([]);
      expect((await folder.files()).filter((path) => path.includes(uploadID))).toEqual([]);
      expect(await im.get(Uploads).sweep()).toBe(0);
    });

    it('keeps the objects of deleted users, whose messages others have, and ends their uploads', async () => {
      await im.register('eve');
      const eve = await im.tokenOf('eve');
      const url = await upload(im, eve, 'eve/picture', Buffer.from('seen by others'));
      const { uploadID } = (await initiate(im, eve, 'eve/unfinished', randomBytes(10))).body.data.upload;
      await im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, admin);
      expect(await (await fetch(url)).text()).toBe('seen by others');
      await im.register('eve');
      expect(
        (await complete(im, await im.tokenOf('eve'), 'eve/unfinished', uploadID, randomBytes(10))).body.errCode,
      ).toBe(1001);
      expect(await im.get(Uploads).sweep()).toBe(1);
    });
  });
});
