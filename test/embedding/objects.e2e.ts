import 'reflect-metadata';
import { type INestApplication, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImModule } from '../../src/index.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { hashOf, md5, objectFolder, randomBytes } from '../support/objects.js';

describeOnEachDatabase('Objects of openim-nest inside a host', (database) => {
  describe.each(['Fastify', 'Express'])('on %s', (platform) => {
    let fresh: FreshDatabase;
    let folder: Awaited<ReturnType<typeof objectFolder>>;
    let app: INestApplication;
    let url: string;
    let token: string;

    beforeAll(async () => {
      [fresh, folder] = [await freshDatabase(database), await objectFolder()];
      const im = ImModule.forRoot({
        databaseUrl: fresh.url,
        routePrefix: 'im',
        secrets: ['host-secret'],
        objectStorage: { kind: 'file', folder: folder.path },
      });
      @Module({ imports: [im] })
      class HostModule {}
      const adapter = platform === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
      const testing = await Test.createTestingModule({ imports: [HostModule] }).compile();
      app = testing.createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, { logger: false });
      app.setGlobalPrefix('api');
      await app.listen(0, '127.0.0.1');
      url = `${(await app.getUrl()).replace('[::1]', '127.0.0.1')}/api/im`;
      const asked = { secret: 'host-secret', platformID: 1, userID: 'openIM123456' };
      token = (await post(`${url}/auth/user_token`, asked, { operationID: 'x' })).body.data.token;
    });
    afterAll(async () => {
      await app.close();
      await fresh.drop();
      await folder.drop();
    });

    const call = (path: string, body: object) => post(`${url}/object/${path}`, body, { operationID: 'x', token });
    /** Uploads, says how the PUT was answered, and loads it by its lasting URL. */
    const roundTrip = async (name: string, content: Buffer, contentType: string) => {
      const begun = { hash: hashOf(content), size: content.length, maxParts: 1, name, contentType };
      const { uploadID, sign } = (await call('initiate_multipart_upload', begun)).body.data.upload;
      const put = await fetch(sign.parts[0].url, {
        method: 'PUT',
        body: content,
        headers: { 'Content-Type': contentType },
      });
      if (put.status !== 200) return [put.status, await put.text()];
      const done = (await call('complete_multipart_upload', { uploadID, parts: [md5(content)], name, contentType }))
        .body.data;
      expect(done).toEqual({ url: `${url}/object/${name}` });
      const loaded = await fetch(done.url);
      return [
        put.status,
        loaded.status,
        loaded.headers.get('content-type'),
        Buffer.from(await loaded.arrayBuffer()).equals(content),
      ];
    };

    it('are uploaded and loaded below the prefixes', async () => {
      expect(await roundTrip('a/b/picture.png', randomBytes(300_000), 'image/png')).toEqual([
        200,
        200,
        'image/png',
        true,
      ]);
      expect(await roundTrip('plain', randomBytes(10), 'application/octet-stream')).toEqual([
        200,
        200,
        'application/octet-stream',
        true,
      ]);
    });

    it('may be JSON, where no body parser of the host comes first', async () => {
      const trip = await roundTrip('data.json', Buffer.from('{"a":1}'), 'application/json');
      if (platform === 'Fastify') expect(trip).toEqual([200, 200, 'application/json', true]);
      else expect(trip).toEqual([415, 'a body parser of the host application has read this body already']);
    });

    it('are sent by forms', async () => {
      const { id, url: target, file } = (await call('initiate_form_data', { name: 'form.txt', size: 5 })).body.data;
      const form = new FormData();
      form.append(file, new Blob(['12345']), 'form.txt');
      expect((await fetch(target, { method: 'POST', body: form })).status).toBe(200);
      const done = (await call('complete_form_data', { id })).body.data;
      expect(await (await fetch(done.url)).text()).toBe('12345');
    });

    it('say in plain text what is wrong', async () => {
      const missing = await fetch(`${url}/object/nothing/here`);
      expect([missing.status, await missing.text()]).toEqual([404, 'object not found']);
      expect((await fetch(`${url}/object-store?ticket=x`, { method: 'PUT', body: 'x' })).status).toBe(403);
    });
  });
});
