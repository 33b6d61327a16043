import { mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { Uploads } from '../../../src/storage/uploads.service.js';
import type { Im } from '../../support/im.js';
import { complete, initiate, objectFolder, PART_SIZE, putParts, randomBytes, upload } from '../../support/objects.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const taken = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'the name is taken by another user' };
const DAY_MS = 86_400_000;

describeOnEachDatabase('Objects and users who mean harm', (database) => {
  let im: Im;
  let folder: Awaited<ReturnType<typeof objectFolder>>;
  let ann: string;
  beforeAll(async () => {
    folder = await objectFolder();
    im = await startIm({ database, env: { OBJECT_STORAGE: `file:${folder.path}` } });
    // An ID with a slash is none v3 gives, but v1 does.
    await im.register('ann', 'ann/b');
    ann = await im.tokenOf('ann');
  });
  afterAll(async () => {
    await im.close();
    await folder.drop();
  });

  it('puts an upload together once, however many complete it: nobody fills the disk with copies', async () => {
    const content = randomBytes(PART_SIZE);
    const initiated = await initiate(im, ann, 'ann/copies', content);
    await putParts(initiated, content);
    const { uploadID } = initiated.body.data.upload;
    let most = 0;
    const done = new AbortController();
    const watching = (async () => {
      while (!done.signal.aborted) {
        most = Math.max(most, (await readdir(join(folder.path, 'writing'))).length);
      }
    })();
    const ends = Array.from({ length: 30 }, () => complete(im, ann, 'ann/copies', uploadID, content));
    expect(new Set((await Promise.all(ends)).map(({ body }) => body.errCode))).toEqual(new Set([0]));
    done.abort();
    await watching;
    expect(most).toBeLessThanOrEqual(1);
  });

  it('keeps a name for who gave it, where it begins with the IDs of two', async () => {
    const other = await im.tokenOf('ann/b');
    const [his, hers] = [randomBytes(100), randomBytes(200)];
    const url = await upload(im, other, 'ann/b/picture', his);
    expect((await initiate(im, ann, 'ann/b/picture', hers)).body).toEqual(taken);
    expect((await initiate(im, ann, 'ann/b/picture', his)).body).toEqual(taken);
    const form = { name: 'ann/b/picture', size: 1 };
    expect((await im.v3('/object/initiate_form_data', form, ann)).body).toEqual(taken);
    // Begun under a name of her own, and completed under his.
    const begun = await initiate(im, ann, 'ann/own', hers);
    await putParts(begun, hers);
    const { uploadID } = begun.body.data.upload;
    expect((await complete(im, ann, 'ann/b/picture', uploadID, hers)).body).toEqual(taken);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(his)).toBe(true);
    expect((await complete(im, ann, 'ann/b/mine', uploadID, hers)).body.errCode).toBe(0);
    expect((await initiate(im, other, 'ann/b/mine', his)).body).toEqual(taken);
    // He and administrators may; and what an administrator gave a user is that user's to replace.
    expect((await initiate(im, other, 'ann/b/picture', hers)).body.errCode).toBe(0);
    const admin = await im.adminToken();
    expect((await initiate(im, admin, 'ann/b/picture', his)).body.errCode).toBe(0);
    expect((await initiate(im, ann, 'ann/b/picture', hers)).body.errCode).toBe(0);
  });

  it('gives a name to one of two who begin at the same time', async () => {
    const other = await im.tokenOf('ann/b');
    const [his, hers] = [randomBytes(300), randomBytes(400)];
    const [mine, theirs] = [await initiate(im, ann, 'ann/b/race', hers), await initiate(im, other, 'ann/b/race', his)];
    await putParts(mine, hers);
    await putParts(theirs, his);
    expect((await complete(im, other, 'ann/b/race', theirs.body.data.upload.uploadID, his)).body.errCode).toBe(0);
    expect((await complete(im, ann, 'ann/b/race', mine.body.data.upload.uploadID, hers)).body).toEqual(taken);
    expect(await im.rows('im_objects', { name: 'ann/b/race' })).toMatchObject([{ userID: 'ann/b' }]);
  });

  it('removes what no upload owns any more, and nothing of the others', async () => {
    await im.get(Transactions).manager.query('DELETE FROM im_uploads');
    await im.get(Uploads).sweep();
    const { uploadID } = (await initiate(im, ann, 'ann/young', randomBytes(10))).body.data.upload;
    const uploads = join(folder.path, 'uploads');
    const old = join(uploads, 'f'.repeat(32));
    await mkdir(old);
    const longAgo = new Date(Date.now() - 10 * DAY_MS);
    await utimes(old, longAgo, longAgo);
    await im.get(Uploads).sweep();
    const left = await readdir(uploads);
    expect(left).toContain(uploadID);
    expect(left).not.toContain('f'.repeat(32));
  });
});
