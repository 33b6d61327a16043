import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptAnyContentType, databaseOptions } from '../../src/index.js';
import { protobufType } from '../../src/protobuf/protobuf.js';
import { describeOnEachDatabase, type FreshDatabase, freshDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { ShopService, shopModule } from './shop.js';

const PROTOBUF = 'application/x-protobuf';

/** Each platform with its way of taking bodies as bytes. */
const PLATFORMS = {
  Fastify: {
    adapter: () => new FastifyAdapter(),
    takeBytes: (app: INestApplication) =>
      acceptAnyContentType((app as NestFastifyApplication).getHttpAdapter().getInstance(), 1024 * 1024),
  },
  Express: {
    adapter: () => new ExpressAdapter(),
    takeBytes: (app: INestApplication) => (app as NestExpressApplication).useBodyParser('raw', { type: PROTOBUF }),
  },
};

describeOnEachDatabase('The JavaScript client at a shop', (database) => {
  describe.each(['Fastify', 'Express'] as const)('on %s', (platform) => {
    let fresh: FreshDatabase;
    let app: INestApplication;
    let url: string;

    beforeAll(async () => {
      fresh = await freshDatabase(database);
      const testing = Test.createTestingModule({ imports: [shopModule(await databaseOptions(fresh.url))] });
      const { adapter, takeBytes } = PLATFORMS[platform];
      app = (await testing.compile()).createNestApplication(adapter() as ExpressAdapter, { logger: false });
      takeBytes(app);
      await app.listen(0, '127.0.0.1');
      url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
      await app.get(ShopService).welcome('ann');
    });
    afterAll(async () => {
      await app.close();
      await fresh.drop();
    });

    const tokenOf = async (userID: string): Promise<string> =>
      (await post(`${url}/im/auth/user_token`, { secret: 'shop-secret', platformID: 1, userID }, { operationID: 'o' }))
        .body.data.token;
    const active = async (body: unknown, contentType: string): Promise<any> => {
      const headers = { operationID: 'o', token: await tokenOf('ann'), 'content-type': contentType };
      return (await post(`${url}/im/jssdk/get_active_conversations`, body, headers)).body;
    };

    it('reads its conversations in JSON and in protobuf', async () => {
      const json = await active('{"count":1}', 'application/json');
      expect(json.data).toMatchObject({ unreadCount: 1, conversations: [{ maxSeq: 1, readSeq: 0 }] });
      for (const asked of [protobufType('GetActiveConversationsReq').encode({ count: 1 }), new Uint8Array()]) {
        const { errCode, data } = await active(asked, PROTOBUF);
        expect(errCode).toBe(0);
        const read = protobufType('GetActiveConversationsResp').decode(Buffer.from(data, 'base64'));
        expect(read).toMatchObject({ unreadCount: 1, conversations: [{ conversation: { ownerUserID: 'ann' } }] });
      }
    });
  });
});
