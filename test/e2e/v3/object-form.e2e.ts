import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { ObjectStore } from '../../../src/storage/object-store.js';
import { Uploads } from '../../../src/storage/uploads.service.js';
import type { Im } from '../../support/im.js';
import { objectFolder, upload } from '../../support/objects.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const notPermitted = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });

describeOnEachDatabase('Uploading by a form', (database) => {
  let im: Im;
  let folder: Awaited<ReturnType<typeof objectFolder>>;
  let ann: string;
  let bob: string;
  let admin: string;
  beforeAll(async () => {
    folder = await objectFolder();
    im = await startIm({ database, env: { OBJECT_STORAGE: `file:${folder.path}` } });
    await im.register('ann', 'bob');
    [ann, bob, admin] = [await im.tokenOf('ann'), await im.tokenOf('bob'), await im.adminToken()];
  });
  afterAll(async () => {
    await im.close();
    await folder.drop();
  });

  const begin = (token: string, body: object) =>
    im.v3('/object/initiate_form_data', body, token).then((answer) => answer.body);
  const end = (token: string, id: unknown) =>
    im.v3('/object/complete_form_data', { id }, token).then(({ body }) => body);
  const send = async (
    url: string,
    content: string,
    { field = 'file', fields = {} }: { field?: string; fields?: Record<string, string> } = {},
  ) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append(field, new Blob([content]), 'notes.txt');
    const answer = await fetch(url, { method: 'POST', body: form });
    return [answer.status, await answer.text()];
  };

  it('is begun, sent and completed', async () => {
    const before = Date.now();
    const begun = await begin(ann, {
      name: 'ann/notes.txt',
      size: 5,
      contentType: 'text/plain',
      group: 'msg-file',
      millisecond: 1,
    });
    expect(begun).toEqual({
      ...SUCCESS,
      data: {
        id: expect.any(String),
        url: expect.stringContaining(`${im.url}/object-store?ticket=`),
        file: 'file',
        header: null,
        expires: expect.any(Number),
        successCodes: [200],
      },
    });
    const { id, url, expires } = begun.data;
    // Only administrators choose how long it is valid.
    expect(Math.abs(expires - before - 600_000)).toBeLessThan(60_000);
    expect(await send(url, '12345', { fields: { other: 'ignored' } })).toEqual([200, '']);
    expect(await end(ann, id)).toEqual({ ...SUCCESS, data: { url: `${im.url}/object/ann/notes.txt` } });
    const [object] = await im.rows('im_objects', { name: 'ann/notes.txt' });
    const day = new Date(before).toISOString().slice(0, 10).replaceAll('-', '');
    expect(object.storageKey).toMatch(new RegExp(`^openim/direct/${day}/ann/[0-9a-f]{32}\\.txt$`));
    expect(object).toMatchObject({ cause: 'msg-file', contentType: 'text/plain', userID: 'ann' });
    expect(await (await fetch(`${im.url}/object/ann/notes.txt`)).text()).toBe('12345');
    expect(await end(ann, id)).toEqual(argsError('invalid id: no such upload, or it has expired'));
  });

  it.each([
    [{ name: '', size: 1 }, argsError('name is empty')],
    [{ size: 1 }, argsError('name is empty')],
    [{ name: '/x', size: 1 }, argsError('name cannot start with `/`')],
    [{ name: 'bob/x', size: 1 }, notPermitted('name must start with `ann/`')],
    [{ name: 'ann/x' }, argsError('size must be greater than 0')],
    [{ name: 'ann/x', size: -5 }, argsError('size must be greater than 0')],
    [{ name: 'ann/x', size: 2 ** 50 }, argsError('size must be less than or equal to 5368709120')],
  ])('refuses to begin %j', async (body, expected) => {
    expect(await begin(ann, body)).toEqual(expected);
  });

  it('refuses to complete what is nothing, is not there, is another size, or is not his', async () => {
    expect(await end(ann, '')).toEqual(argsError('id is empty'));
    expect(await end(ann, 'nonsense')).toEqual(argsError('invalid id: no such upload, or it has expired'));
    const { id, url } = (await begin(ann, { name: 'ann/bad', size: 5 })).data;
    expect(await end(ann, id)).toEqual({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: 'object not found' });
    expect(await end(bob, id)).toEqual(notPermitted('the upload was begun by another user'));
    expect(await send(url, '1234')).toEqual([200, '']);
    expect(await end(ann, id)).toEqual({ errCode: 90007, errMsg: 'DataError', errDlt: 'file size mismatch' });
    expect(await im.rows('im_objects', { name: 'ann/bad' })).toEqual([]);
    await send(url, '12345');
    expect((await end(ann, id)).errCode).toBe(0);
  });

  it('takes no more bytes than announced, and nothing but a form with a file', async () => {
    const { url } = (await begin(ann, { name: 'ann/more', size: 5 })).data;
    expect(await send(url, '123456')).toEqual([413, 'more bytes than the upload was begun for']);
    expect(await send(url, 'x'.repeat(300_000))).toEqual([413, 'more bytes than the upload was begun for']);
    expect(await send(url, '12345', { fields: { other: 'x'.repeat(2_000_000) } })).toEqual([
      413,
      'more bytes than the upload was begun for',
    ]);
    expect(await send(url, '12345', { field: 'other' })).toEqual([400, 'the form has no file in the field file']);
    const raw = await fetch(url, { method: 'POST', body: '12345' });
    expect([raw.status, await raw.text()]).toEqual([400, 'a multipart/form-data body is expected']);
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    const cut = await fetch(url, {
      method: 'POST',
      headers,
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n123',
    });
    expect(cut.status).toBe(400);
    expect((await folder.files()).filter((path) => path.includes('/writing/'))).toEqual([]);
  });

  it('lets administrators choose the key and the time', async () => {
    const begun = await begin(admin, { name: 'logo/brand.png', size: 3, absolute: true, millisecond: 3_600_000 });
    expect(Math.abs(begun.data.expires - Date.now() - 3_600_000)).toBeLessThan(60_000);
    await send(begun.data.url, 'png');
    expect((await end(admin, begun.data.id)).data).toEqual({ url: `${im.url}/object/logo/brand.png` });
    expect(await im.rows('im_objects', { name: 'logo/brand.png' })).toMatchObject([{ storageKey: 'logo/brand.png' }]);
    const mine = (await begin(ann, { name: 'ann/abs', size: 3, absolute: true })).data;
    await send(mine.url, 'abc');
    await end(ann, mine.id);
    expect((await im.rows('im_objects', { name: 'ann/abs' }))[0].storageKey).toMatch(/^openim\/direct\//);
  });

  describe('is over when it is completed', () => {
    const contentOf = async (name: string) => (await fetch(`${im.url}/object/${name}`)).text();

    it('so that nobody exchanges what others were shown', async () => {
      const { id, url } = (await begin(ann, { name: 'ann/shown', size: 5 })).data;
      await send(url, 'first');
      expect((await end(ann, id)).errCode).toBe(0);
      const files = await folder.files();
      expect(await send(url, 'other')).toEqual([404, 'no such upload, or it has ended']);
      expect(await contentOf('ann/shown')).toBe('first');
      expect(await folder.files()).toEqual(files);
    });

    it('and its form puts no file in the way of others before', async () => {
      const logo = { name: 'logo/shown.png', size: 3, absolute: true };
      const first = (await begin(admin, logo)).data;
      await send(first.url, 'old');
      await end(admin, first.id);
      const next = (await begin(admin, logo)).data;
      await send(next.url, 'new');
      expect(await contentOf('logo/shown.png')).toBe('old');
      await end(admin, next.id);
      expect(await contentOf('logo/shown.png')).toBe('new');
      // What is there came by another form: this one was never sent.
      const unsent = (await begin(admin, logo)).data;
      expect((await end(admin, unsent.id)).errCode).toBe(1004);
    });

    it('also by many at once', async () => {
      const { id, url } = (await begin(ann, { name: 'ann/many', size: 5 })).data;
      await send(url, '12345');
      const ends = await Promise.all([end(ann, id), end(ann, id), end(ann, id)]);
      // Who comes when another has ended it is told so.
      expect(ends.map(({ errCode }) => errCode)).toContain(0);
      expect(ends.every(({ errCode }) => errCode === 0 || errCode === 1001)).toBe(true);
      expect(await contentOf('ann/many')).toBe('12345');
      expect((await folder.files()).filter((path) => !path.includes('/content/'))).toEqual([]);
    });

    it('or by a crash in between and once more', async () => {
      const { id, url } = (await begin(ann, { name: 'ann/crash', size: 5 })).data;
      await send(url, '12345');
      const [row] = await im.rows('im_uploads', { uploadID: id });
      await im.get(ObjectStore).adopt({ ...row, size: 5, partSize: 5 });
      expect((await end(ann, id)).errCode).toBe(0);
      expect(await contentOf('ann/crash')).toBe('12345');
    });
  });

  it('leaves no file of a form that is sent when its upload is over', async () => {
    const late = async (name: string, over: () => Promise<unknown>, token = ann) => {
      const { url } = (await begin(token, { name, size: 4 })).data;
      await over();
      await im.get(Uploads).sweep();
      const files = await folder.files();
      expect(await send(url, 'late')).toEqual([404, 'no such upload, or it has ended']);
      expect(await folder.files()).toEqual(files);
    };
    await late('ann/late', () => im.get(Transactions).manager.query('UPDATE im_uploads SET expireTime = 1'));
    await im.register('eve');
    await late(
      'eve/late',
      () => im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, admin),
      await im.tokenOf('eve'),
    );
  });

  it('lets nobody choose a key content of others is under', async () => {
    for (const name of ['openim/data/hash/0123456789abcdef0123456789abcdef', 'openim/direct/x', 'openim/temp/x']) {
      expect(await begin(admin, { name, size: 1, absolute: true })).toEqual(
        argsError('an absolute name cannot start with `openim/`'),
      );
    }
    expect((await begin(admin, { name: 'openim/direct/x', size: 1 })).errCode).toBe(0);
  });

  it('sweeps away what was never completed, but nothing an administrator replaced', async () => {
    await upload(im, ann, 'ann/other', Buffer.from('other'));
    const lost = (await begin(ann, { name: 'ann/lost', size: 4 })).data;
    await send(lost.url, 'lost');
    const kept = (await begin(admin, { name: 'logo/brand.png', size: 3, absolute: true })).data;
    await send(kept.url, 'new');
    // Neither form was completed: both files go, and what was there before stays.
    const count = (await folder.files()).length;
    await im.get(Transactions).manager.query('UPDATE im_uploads SET expireTime = 1');
    await im.get(Uploads).sweep();
    expect(await im.rows('im_uploads', {})).toEqual([]);
    expect(await folder.files()).toHaveLength(count - 2);
    expect(await (await fetch(`${im.url}/object/logo/brand.png`)).text()).toBe('png');
  });
});
