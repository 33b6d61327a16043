import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/user/get_users_online_status';
const MEBIBYTE = 1024 * 1024;

const form = (userIDList: unknown, more: object = {}) => ({
  operationID: '545454',
  userIDList,
  secret: 'tuoyun',
  ...more,
});
const naming = (field: string) => expect.stringMatching(new RegExp(`\\b${field}\\b`));
const offline = (userID: string) => ({ userID, status: 'offline' });
const online = (userID: string, ...platforms: string[]) => ({
  userID,
  status: 'online',
  detailPlatformStatus: platforms.map((platform) => ({ platform, status: 'online' })),
});

describeOnEachDatabase('Asking in v1 who is online', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'Bob', 'bob', 'cat', 'dan');
    await im.online('ann', 2);
    await im.online('Bob', 5);
  });
  afterAll(() => im.close());

  const ask = async (body: unknown, headers?: Record<string, string>) => {
    const { status, body: answer } = await im.post(PATH, body, headers);
    return { status, body: answer };
  };
  const found = (...successResult: object[]) => ({ status: 200, body: { errCode: 0, errMsg: '', successResult } });

  describe('the answer', () => {
    it('tells of everybody in the order of the question', async () => {
      const answer = await ask(form(['dan', 'Bob', 'stranger', 'ann']));
      expect(answer).toEqual(
        found(offline('dan'), online('Bob', 'Web'), offline('stranger'), online('ann', 'Android')),
      );
    });

    it('leaves detailPlatformStatus out, and not just empty, for who is offline', async () => {
      const answer = await ask(form(['dan', 'stranger']));
      for (const entry of answer.body.successResult) {
        expect(Object.keys(entry).sort()).toEqual(['status', 'userID']);
      }
      expect(answer.body.successResult).toHaveLength(2);
    });

    it('repeats who is asked for repeatedly', async () => {
      const answer = await ask(form(['ann', 'dan', 'ann', 'dan', 'dan']));
      const [ann, dan] = [online('ann', 'Android'), offline('dan')];
      expect(answer).toEqual(found(ann, dan, ann, dan, dan));
    });

    it('is an empty list when nobody is asked for', async () => {
      expect(await ask(form([]))).toEqual(found());
    });

    it('does not mistake users whose IDs look alike', async () => {
      const answer = await ask(form(['bob', 'BOB', 'Bob', 'Bob ', 'ann ']));
      const [lower, upper, trailing] = [offline('bob'), offline('BOB'), offline('Bob ')];
      expect(answer).toEqual(found(lower, upper, online('Bob', 'Web'), trailing, offline('ann ')));
    });

    it('tells of administrators like of anybody', async () => {
      expect(await ask(form(['openIMAdmin']))).toEqual(found(offline('openIMAdmin')));
      await im.online('openIMAdmin', 5);
      expect(await ask(form(['openIMAdmin']))).toEqual(found(online('openIMAdmin', 'Web')));
    });
  });

  describe('a platform', () => {
    it.each([
      [1, 'IOS'],
      [2, 'Android'],
      [3, 'Windows'],
      [4, 'OSX'],
      [5, 'Web'],
      [6, 'MiniWeb'],
      [7, 'Linux'],
    ])('with number %i is called %s', async (platform, name) => {
      const userID = `on-${platform}`;
      await im.register(userID);
      expect(await ask(form([userID]))).toEqual(found(offline(userID)));
      await im.online(userID, platform);
      expect(await ask(form([userID]))).toEqual(found(online(userID, name)));
    });

    it('stands beside the others on which the same user is online', async () => {
      await im.online('cat', 1);
      await im.online('cat', 5);
      const answer = await ask(form(['cat']));
      const [entry] = answer.body.successResult;
      expect(entry).toMatchObject({ userID: 'cat', status: 'online' });
      expect(entry.detailPlatformStatus).toHaveLength(2);
      expect(entry.detailPlatformStatus).toContainEqual({ platform: 'IOS', status: 'online' });
      expect(entry.detailPlatformStatus).toContainEqual({ platform: 'Web', status: 'online' });
    });
  });

  describe('the list', () => {
    it('may have 200 entries', async () => {
      const list = Array.from({ length: 199 }, (_, i) => `nobody-${i}`);
      const answer = await ask(form([...list, 'ann']));
      expect(answer).toEqual(found(...list.map(offline), online('ann', 'Android')));
    });

    it('may have 200 times the same entry', async () => {
      const answer = await ask(form(Array.from({ length: 200 }, () => 'ann')));
      expect(answer).toEqual(found(...Array.from({ length: 200 }, () => online('ann', 'Android'))));
    });

    it.each<[string, unknown]>([
      ['has 201 entries', Array.from({ length: 201 }, (_, i) => `nobody-${i}`)],
      ['has 201 times the same entry', Array.from({ length: 201 }, () => 'ann')],
      ['is absent', undefined],
      ['is null', null],
      ['is a string', 'ann'],
      ['is an object', { 0: 'ann' }],
      ['has a number in it', ['ann', 7]],
      ['has an object in it', [{ userID: 'ann' }]],
      ['has a list in it', [['ann']]],
    ])('is refused when it %s', async (_label, list) => {
      expect(await ask(form(list))).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('userIDList') } });
    });
  });

  describe('the operationID', () => {
    it.each<[string, unknown]>([
      ['absent', undefined],
      ['null', null],
      ['empty', ''],
      ['a number', 545454],
    ])('is missed when it is %s', async (_label, operationID) => {
      const answer = await ask(form(['ann'], { operationID }));
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('operationID') } });
    });

    it('does not count when it comes in the header', async () => {
      const answer = await ask({ userIDList: ['ann'], secret: 'tuoyun' }, { operationID: '545454' });
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('operationID') } });
    });

    it('may be anything, a trailing blank included', async () => {
      expect(await ask(form(['dan'], { operationID: '1111111111111 ' }))).toEqual(found(offline('dan')));
    });
  });

  describe('the secret', () => {
    it.each(['tuoyun', 'openIM123'])('opens the list as %s', async (secret) => {
      expect(await ask(form(['dan'], { secret }))).toEqual(found(offline('dan')));
    });

    it.each(['Tuoyun', 'tuoyun ', 'wrong', 's'.repeat(32)])('is refused when it is "%s"', async (secret) => {
      const answer = await ask(form(['ann'], { secret }));
      expect(answer).toEqual({ status: 400, body: { errCode: 401, errMsg: 'secret failed' } });
    });

    it.each<[string, unknown]>([
      ['empty', ''],
      ['of 33 characters', 's'.repeat(33)],
      ['a number', 7],
    ])('is a malformed parameter when it is %s', async (_label, secret) => {
      const answer = await ask(form(['ann'], { secret }));
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('secret') } });
    });

    it('cannot be left out', async () => {
      // seeds.md answers 400/400 in v1; dialects.md reads a userIDList without a secret as v2, which misses the token.
      const answer = await ask(form(['ann'], { secret: undefined }));
      expect(answer).toMatchObject({
        status: 400,
        body: { errCode: expect.any(Number), errMsg: expect.stringMatching(/./) },
      });
      expect(answer.body.errCode).not.toBe(0);
      expect(answer.body).not.toHaveProperty('successResult');
    });

    it('is asked for when the request has nothing at all', async () => {
      const answer = await ask({});
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } });
    });

    it('is looked at after the fields', async () => {
      const answer = await ask(form('ann', { secret: 'wrong' }));
      expect(answer).toEqual({ status: 400, body: { errCode: 400, errMsg: naming('userIDList') } });
    });

    it('is never repeated in an answer', async () => {
      const guess = 'open-sesame-'.padEnd(33, 'z');
      expect((await im.post(PATH, form(['ann'], { secret: guess }))).text).not.toContain('open-sesame');
      expect((await im.post(PATH, form(['ann'], { secret: 'open-sesame' }))).text).not.toContain('open-sesame');
    });

    it('makes any token beside it meaningless', async () => {
      expect(await ask(form(['dan']), { token: 'garbage' })).toEqual(found(offline('dan')));
      const refused = await ask(form(['dan'], { secret: 'wrong' }), { token: await im.adminToken() });
      expect(refused).toEqual({ status: 400, body: { errCode: 401, errMsg: 'secret failed' } });
    });

    it('makes it a v1 question whatever stands beside it', async () => {
      const answer = await ask(form(['dan'], { userIDs: ['ann'] }), { operationID: 'header' });
      expect(answer).toEqual(found(offline('dan')));
    });
  });

  describe('the request', () => {
    const json = (rest = '') => `{"operationID":"1","userIDList":["dan"],"secret":"tuoyun"${rest}}`;

    it('may spell its keys in another case and carry members that mean nothing', async () => {
      const answer = await ask({ operationId: '1', userIdList: ['dan'], secret: 'tuoyun', color: 'red' });
      expect(answer).toEqual(found(offline('dan')));
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded', 'nonsense'])(
      'is read as JSON under the Content-Type %s',
      async (type) => {
        expect(await ask(json(), { 'content-type': type })).toEqual(found(offline('dan')));
      },
    );

    it.each<[string, string]>([
      ['carrying __proto__', json(',"__proto__":{"secret":"tuoyun"}')],
      ['carrying __proto__ further down', json(',"more":[{"__proto__":{}}]')],
      ['of more than 8 MiB', json(`,"more":"${'x'.repeat(8 * MEBIBYTE)}"`)],
      ['broken off', '{"operationID":"1"'],
    ])('is refused when its body is %s', async (_label, body) => {
      expect(await ask(body)).toEqual({ status: 400, body: { errCode: 400, errMsg: expect.stringMatching(/./) } });
    });
  });
});
