import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { hashOf, md5, objectFolder, PART_SIZE, partsOf, randomBytes } from '../support/objects.js';
import { type ServerProcess, startProcess } from '../support/process.js';

describeOnEachDatabase('An upload', (database) => {
  let fresh: FreshDatabase;
  let folder: Awaited<ReturnType<typeof objectFolder>>;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    [fresh, folder] = [await freshDatabase(database), await objectFolder()];
    server = await start();
    const asked = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };
    token = (await post(`${server.url}/auth/user_token`, asked, { operationID: 'x' })).body.data.token;
  });
  afterAll(async () => {
    await server.stop('SIGKILL');
    await fresh.drop();
    await folder.drop();
  });

  const start = () => startProcess({ DATABASE_URL: fresh.url, OBJECT_STORAGE: `file:${folder.path}` });
  const call = (path: string, body: object) =>
    post(`${server.url}/object/${path}`, body, { operationID: 'x', token }).then((answer) => answer.body);

  it('goes on where it was after the server was killed, and so do its URLs', async () => {
    const content = randomBytes(PART_SIZE + 1000);
    const parts = partsOf(content);
    const begun = { hash: hashOf(content), size: content.length, maxParts: 2, name: 'film' };
    const { uploadID, sign } = (await call('initiate_multipart_upload', begun)).data.upload;
    const put = (index: number) =>
      fetch(sign.parts[index].url.replace(/^http:\/\/[^/]+/, server.url), {
        method: 'PUT',
        body: parts[index] as BodyInit,
      });
    expect((await put(0)).status).toBe(200);
    await server.stop('SIGKILL');
    server = await start();
    expect((await put(1)).status).toBe(200);
    const done = await call('complete_multipart_upload', { uploadID, parts: parts.map(md5), name: 'film' });
    expect(done.data).toEqual({ url: `${server.url}/object/film` });
    await server.stop('SIGKILL');
    server = await start();
    const loaded = await fetch(`${server.url}/object/film`);
    expect(Buffer.from(await loaded.arrayBuffer()).equals(content)).toBe(true);
  });
});
