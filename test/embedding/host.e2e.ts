import 'reflect-metadata';
import { type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { insertRows } from '../../src/database/bulk.js';
import { databaseOptions, Message, OperationVetoed, User, UsersService } from '../../src/index.js';
import { type FreshDatabase, freshDatabase, describeOnEachDatabase } from '../support/databases.js';
import { post } from '../support/http.js';
import { Order, ShopEars, ShopService, shopModule } from './shop.js';

describeOnEachDatabase('openim-nest inside a shop', (database) => {
  describe.each(['Fastify', 'Express'])('on %s', (platform) => {
    let fresh: FreshDatabase;
    let app: INestApplication;
    let url: string;
    let shop: ShopService;
    let dataSource: DataSource;

    beforeAll(async () => {
      fresh = await freshDatabase(database);
      const testing = Test.createTestingModule({ imports: [shopModule(await databaseOptions(fresh.url))] });
      const adapter = platform === 'Fastify' ? new FastifyAdapter() : new ExpressAdapter();
      app = (await testing.compile()).createNestApplication<NestFastifyApplication>(adapter as FastifyAdapter, {
        logger: false,
      });
      app.setGlobalPrefix('api');
      await app.listen(0, '127.0.0.1');
      url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
      shop = app.get(ShopService);
      dataSource = app.get(DataSource);
    });
    afterAll(async () => {
      await app.close();
      await fresh.drop();
    });

    const messagesTo = (userID: string): Promise<Message[]> =>
      dataSource.manager.find(Message, { where: { recvID: userID }, order: { seq: 'ASC' } });
    const orderOf = (orderID: string) => dataSource.manager.findOneBy(Order, { orderID });
    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}/api/shop/${path}`, { headers });
    const adminToken = async (): Promise<string> => {
      const asked = { secret: 'shop-secret', platformID: 1, userID: 'openIM123456' };
      return (await post(`${url}/api/im/auth/user_token`, asked, { operationID: 'shop' })).body.data.token;
    };

    it('registers a user and sends a message by calling the services', async () => {
      await shop.welcome('ann');
      expect(await app.get(UsersService).find('ann')).toMatchObject({ userID: 'ann', appMangerLevel: 1 });
      expect(await messagesTo('ann')).toMatchObject([
        { conversationID: 'si_ann_openIMAdmin', seq: 1, sendID: 'openIMAdmin' },
      ]);
    });

    it('streams a list that is too long to hold', async () => {
      const userIDs = Array.from({ length: 11_000 }, (_, i) => `u${String(i).padStart(6, '0')}`);
      await insertRows(
        dataSource.manager,
        User,
        userIDs.map((userID) => ({ userID })),
      );
      const token = await adminToken();
      const answer = await post(`${url}/api/im/manager/get_all_users_uid`, { operationID: '1' }, { token });
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.body.uidList.filter((uid: string) => /^u\d{6}$/.test(uid))).toEqual(userIDs);
    });

    it('commits an order and the message about it together, in a transaction of the host', async () => {
      await shop.welcome('bob');
      await shop.order('order-1', 'bob');
      expect(await orderOf('order-1')).toMatchObject({ buyer: 'bob' });
      expect((await messagesTo('bob')).map(({ content }) => JSON.parse(content).content)).toEqual([
        'Welcome!',
        'Thank you for order order-1',
      ]);
    });

    it('rolls both back when the host fails, leaves no hole in the seqs and tells nobody', async () => {
      await shop.welcome('cid');
      await expect(shop.order('order-2', 'cid', { andFail: true })).rejects.toThrow('the payment was refused');
      expect(await orderOf('order-2')).toBeNull();
      await shop.order('order-3', 'cid');
      expect((await messagesTo('cid')).map(({ seq }) => seq)).toEqual([1, 2]);
      const { heard } = app.get(ShopEars);
      expect(heard.filter((content) => content.includes('order-2'))).toEqual([]);
      await vi.waitFor(() => expect(heard.filter((content) => content.includes('order-3'))).toHaveLength(1));
    });

    it("commits and rolls back a user, an order and a message together in a transaction of openim-nest's", async () => {
      await shop.signUp('order-4', 'dan');
      expect(await orderOf('order-4')).toMatchObject({ buyer: 'dan' });
      expect(await messagesTo('dan')).toHaveLength(1);
      await expect(shop.signUp('order-5', 'eve', { andFail: true })).rejects.toThrow('the payment was refused');
      expect(await orderOf('order-5')).toBeNull();
      expect(await dataSource.manager.findOneBy(User, { userID: 'eve' })).toBeNull();
      expect(await app.get(UsersService).find('eve')).toBeUndefined();
      expect(await messagesTo('eve')).toEqual([]);
    });

    it("lets the host's hook refuse a message, and says so in the caller's dialect", async () => {
      await shop.welcome('fay');
      await expect(shop.order('rude', 'fay')).rejects.toBeInstanceOf(OperationVetoed);
      expect(await orderOf('rude')).toBeNull();
      const rude = {
        sendID: 'openIMAdmin',
        recvID: 'fay',
        content: { text: 'rude' },
        contentType: 101,
        sessionType: 1,
      };
      const answer = await post(
        `${url}/api/im/manager/send_msg`,
        { operationID: '1', ...rude },
        { token: await adminToken() },
      );
      expect(answer).toMatchObject({ status: 200, body: { errCode: 201, errMsg: 'mind your language' } });
    });

    it('answers its routes under the prefixes, each in its dialect', async () => {
      const secret = { secret: 'shop-secret', platform: 1 };
      expect(await post(`${url}/api/im/auth/user_register`, { ...secret, uid: 'gus', name: 'Gus' })).toMatchObject({
        status: 200,
        body: { errCode: 0, errMsg: '', data: { uid: 'gus' } },
      });
      expect(await post(`${url}/api/im/auth/user_register`, { ...secret, uid: 'gus' })).toMatchObject({
        status: 400,
        body: { errCode: 400, errMsg: 'name is required' },
      });
      expect(
        await post(`${url}/api/im/user/account_check`, { checkUserIDs: ['gus'] }, { operationID: '1' }),
      ).toMatchObject({
        status: 200,
        body: { errCode: 1001, errDlt: 'header must have token' },
      });
      expect((await post(`${url}/auth/user_register`, {})).status).toBe(404);
    });

    it("describes its operations in the host's own OpenAPI document", () => {
      const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
      expect(paths['/api/im/auth/user_token']?.post).toMatchObject({
        operationId: 'auth_user_token',
        tags: ['auth'],
        requestBody: { content: { 'application/json': { schema: { oneOf: expect.any(Array) } } } },
      });
    });

    it("leaves the host's own routes, errors and guards alone", async () => {
      expect((await get('staff')).status).toBe(403);
      expect(await (await get('staff', { 'x-staff': 'yes' })).text()).toBe('staff only');
      expect(await (await get('nowhere')).json()).toMatchObject({ statusCode: 404, error: 'Not Found' });
      const echoed = await post(`${url}/api/shop/echo`, { uid: null, anything: [1] });
      expect(echoed).toMatchObject({ status: 201, body: { uid: null, anything: [1] } });
    });

    it('lends its guards to the host', async () => {
      const token = await adminToken();
      expect(await (await get('me', { token })).json()).toEqual({
        userID: 'openIM123456',
        platformID: 1,
        isAdmin: true,
      });
      expect(await (await get('admin', { token })).text()).toBe('administrators only');
      expect(await (await get('admin')).json()).toMatchObject({ statusCode: 401, error: 'token.missing' });
      await shop.welcome('hal');
      const asked = { secret: 'shop-secret', platformID: 1, userID: 'hal' };
      const ordinary = (await post(`${url}/api/im/auth/user_token`, asked, { operationID: '1' })).body.data.token;
      expect(await (await get('me', { token: ordinary })).json()).toMatchObject({ userID: 'hal', isAdmin: false });
      expect(await (await get('admin', { token: ordinary })).json()).toMatchObject({
        statusCode: 403,
        error: 'caller.not-admin',
      });
    });
  });
});
