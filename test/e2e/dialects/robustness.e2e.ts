import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const V1_PATHS = [
  '/auth/user_register',
  '/auth/user_token',
  '/user/get_users_online_status',
  '/user/update_user_info',
  '/user/get_user_info',
  '/group/create_group',
  '/group/invite_user_to_group',
  '/group/kick_group',
  '/friend/import_friend',
  '/friend/add_blacklist',
  '/manager/delete_user',
  '/manager/get_all_users_uid',
  '/manager/send_msg',
];
const V3_PATHS = [
  '/user/user_register',
  '/user/account_check',
  '/user/get_users',
  '/auth/user_token',
  '/auth/get_admin_token',
  '/auth/get_user_token',
  '/auth/parse_token',
  '/auth/force_logout',
];
const PATHS = [...new Set([...V1_PATHS, ...V3_PATHS])];

const SOME_TEXT = expect.stringMatching(/./);
const LEGACY_ERROR = { errCode: 400, errMsg: SOME_TEXT };
const V3_ERROR = { errCode: 1001, errMsg: 'ArgsError', errDlt: SOME_TEXT };
const HEADER = { operationID: '1' };
const MIB = 1024 * 1024;

/** What no answer may ever show. openIM123456 is no secret: it is the userID of an administrator. */
const INTERNALS = [
  /^\s*at\s/m,
  /\bat .*:\d+:\d+/,
  /node_modules|node:internal|file:\/\/|\/work\/|\.(ts|js):\d+/,
  /\bselect\b.*\bfrom\b|\binsert\b.*\binto\b|\bdelete from\b|\bupdate\b.*\bset\b/is,
  /sqlite|mysql|mariadb|typeorm|QueryFailed|constraint|ER_[A-Z]{3}|duplicate entry/i,
  /tuoyun|openIM123(?!456)/,
  /eyJ[\w-]+\.eyJ/,
];
const expectClean = (text: string) => INTERNALS.forEach((internal) => expect(text).not.toMatch(internal));

describeOnEachDatabase('Whatever is sent to the server', (database) => {
  let im: Im;
  let admin: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann');
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  const uids = async (): Promise<string[]> => (await im.v1('/manager/get_all_users_uid', {}, admin)).body.uidList;

  /** Every refused request below asks for somebody called ghost. */
  afterEach(async () => {
    const token = await im.post('/auth/user_token', { secret: 'tuoyun', platform: 1, uid: 'ann' });
    expect(token).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: 'ann' } } });
    expect((await uids()).filter((uid) => uid.includes('ghost'))).toEqual([]);
  });

  async function expectLegacyError(path: string, body: string): Promise<void> {
    const answer = await im.post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(LEGACY_ERROR);
    expectClean(answer.text);
  }
  async function expectV3Error(path: string, body: string): Promise<void> {
    const answer = await im.post(path, body, { ...HEADER, token: admin });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(V3_ERROR);
    expectClean(answer.text);
  }
  /** The same call in every dialect: members put into a registration of "ghost" or of its only user. */
  async function expectRefusedEverywhere(members: string): Promise<void> {
    await expectLegacyError(
      '/auth/user_register',
      `{"secret":"tuoyun","platform":1,"uid":"ghost","name":"",${members}}`,
    );
    const v2 = `{"secret":"tuoyun","platform":1,"userID":"ghost","operationID":"1",${members}}`;
    await expectLegacyError('/auth/user_register', v2);
    await expectV3Error('/user/user_register', `{"secret":"openIM123","users":[{"userID":"ghost",${members}}]}`);
    await expectV3Error('/user/user_register', `{"secret":"openIM123","users":[{"userID":"ghost"}],${members}}`);
  }
  async function request(method: string, path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(im.url + path, { method, headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  describe('a body that is no JSON object', () => {
    const bodies = [
      '{"secret":"tuoyun"x}',
      '',
      '  ',
      '{',
      '{"a":1',
      '{"a":}',
      "{'a':1}",
      '{}x',
      'text',
      'NaN',
      '[]',
      '[{}]',
      '"text"',
      '1',
      'true',
      'null',
    ];

    it.each(V1_PATHS)('is a parameter error of %s', async (path) => {
      for (const body of bodies) await expectLegacyError(path, body);
      expect((await im.post(path)).body).toEqual(LEGACY_ERROR);
    });

    it.each(V3_PATHS)('is a parameter error of %s in v3', async (path) => {
      for (const body of bodies) await expectV3Error(path, body);
      expect((await im.post(path, undefined, { ...HEADER, token: admin })).body).toEqual(V3_ERROR);
    });

    it('lacks the header operationID where only v3 is spoken', async () => {
      const answer = await im.post('/user/user_register', '{');
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 1001,
        errMsg: 'ArgsError',
        errDlt: expect.stringContaining('header must have operationID'),
      });
    });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'nonsense',
    'application/json; charset=gbk',
  ])('is read as JSON, also as %s', async (type) => {
    const headers = { 'Content-Type': type };
    const v1 = await im.post('/auth/user_token', '{"secret":"tuoyun","platform":1,"uid":"ann"}', headers);
    expect(v1).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: 'ann' } } });
    const body = '{"secret":"openIM123","platformID":1,"userID":"ann"}';
    const v3 = await im.post('/auth/user_token', body, { ...headers, ...HEADER });
    expect(v3).toMatchObject({ status: 200, body: { errCode: 0, data: { expireTimeSeconds: 7776000 } } });
  });

  describe('an unknown path or a wrong method', () => {
    const notFound = async (method: string, path: string) => {
      const plain = await request(method, path);
      expect(plain.status).toBe(404);
      expect(JSON.parse(plain.text)).toEqual({ errCode: 404, errMsg: '404 page not found' });
      const named = await request(method, path, HEADER);
      expect(named.status).toBe(404);
      expect(named.text).toBe('404 page not found');
    };

    it.each(PATHS)('is not found: %s by GET, PUT, PATCH, DELETE or HEAD', async (path) => {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) await notFound(method, path);
      expect((await request('HEAD', path)).status).toBe(404);
    });

    it.each([
      '/nope',
      '/auth',
      '/auth/user_registers',
      '/auth/user_register/more',
      '/AUTH/user_register',
      '/user/__proto__',
      '/constructor',
      '/%zz',
      '/auth/%00',
      '/..%2f..%2fetc%2fpasswd',
      '/.env',
      '/package.json',
      '/long'.repeat(800),
    ])('is not found: %s', async (path) => {
      for (const method of ['GET', 'POST', 'DELETE']) await notFound(method, path);
    });
  });

  describe('the CORS headers', () => {
    const exposed =
      'Content-Length,Access-Control-Allow-Origin,Access-Control-Allow-Headers,Cache-Control,Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar';
    const expectCors = (headers: Headers) => {
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-methods')).toBe('*');
      expect(headers.get('access-control-allow-headers')).toBe('*');
      expect(headers.get('access-control-max-age')).toBe('172800');
      expect(headers.get('access-control-allow-credentials')).toBe('false');
      expect(headers.get('access-control-expose-headers')?.replaceAll(' ', '')).toBe(exposed);
    };

    it('are there on success', async () => {
      const v1 = await im.post(
        '/auth/user_token',
        { secret: 'tuoyun', platform: 1, uid: 'ann' },
        { Origin: 'http://app' },
      );
      const v3 = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, admin);
      for (const answer of [v1, v3]) {
        expect(answer.body.errCode).toBe(0);
        expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
        expectCors(answer.headers);
      }
    });

    it('are there on every error', async () => {
      expectCors((await im.post('/auth/user_token', '{')).headers);
      expectCors((await im.post('/auth/user_token', { secret: 'x', platform: 1, uid: 'ann' })).headers);
      expectCors((await im.v1('/manager/delete_user', { deleteUidList: [] })).headers);
      expectCors((await im.v3('/user/get_users', {}, 'garbage')).headers);
      expectCors((await im.post('/user/get_users', {})).headers);
      for (const method of ['GET', 'POST']) expectCors((await request(method, '/nope')).headers);
      expectCors((await request('GET', '/auth/user_token', HEADER)).headers);
    });

    it.each(['/auth/user_token', '/user/get_users', '/nope', '/', '/%zz'])('are there on OPTIONS %s', async (path) => {
      const preflight = {
        Origin: 'http://app',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'token',
      };
      for (const headers of [{}, preflight]) {
        const answer = await request('OPTIONS', path, headers);
        expect(answer.status).toBe(200);
        expect(answer.text).toBe('"Options Request!"');
        expectCors(answer.headers);
      }
    });
  });

  describe('a large body', () => {
    it('of 10 MiB is a parameter error in every dialect', () =>
      expectRefusedEverywhere(`"ex":"${'x'.repeat(10 * MIB)}"`));
    it('of 9 MiB is one too when all but nothing is an unknown member', () =>
      expectRefusedEverywhere(`"more":"${'x'.repeat(9 * MIB)}"`));
    it('of 7 MiB is read', async () => {
      const answer = await im.post('/auth/user_token', {
        secret: 'tuoyun',
        platform: 1,
        uid: 'ann',
        more: 'x'.repeat(7 * MIB),
      });
      expect(answer).toMatchObject({ status: 200, body: { errCode: 0, data: { uid: 'ann' } } });
    });
  });

  describe('the key __proto__', () => {
    it.each([
      ['by itself', '"__proto__":{"polluted":true}'],
      ['with a number', '"__proto__":1'],
      ['with null', '"__proto__":null'],
      ['deep inside', '"more":{"a":[{"__proto__":{"polluted":true}}]}'],
      ['written with an escape', '"__pr\\u006fto__":{"polluted":true}'],
    ])('is a parameter error %s', async (_, member) => {
      await expectRefusedEverywhere(member);
      expect(({} as any).polluted).toBeUndefined();
    });

    it('may be a value, and users may be called what JavaScript calls its own things', async () => {
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
      const before = await im.v1('/user/get_user_info', { uidList: names }, admin);
      expect(before.body).toEqual({ errCode: 0, errMsg: '', data: [] });
      const offline = await im.v1('/user/get_users_online_status', { userIDList: names, secret: 'tuoyun' });
      expect(offline.body.successResult).toEqual(names.map((userID) => ({ userID, status: 'offline' })));
      for (const uid of names) {
        const answer = await im.post('/auth/user_register', { secret: 'tuoyun', platform: 1, uid, name: uid });
        expect(answer.body).toMatchObject({ errCode: 0, data: { uid } });
      }
      const after = await im.v1('/user/get_user_info', { uidList: names }, admin);
      expect(after.body.data.map((user: any) => user.name)).toEqual(names);
    });
  });

  describe('a NUL character', () => {
    it.each(['uid', 'name', 'icon', 'mobile', 'birth', 'email', 'ex', 'secret'])(
      'in %s is a parameter error of v1',
      async (field) => {
        const right = { secret: 'tuoyun', platform: 1, uid: 'ghost', name: '' };
        await expectLegacyError('/auth/user_register', JSON.stringify({ ...right, [field]: 'ghost\0' }));
      },
    );
    it.each(['userID', 'nickname', 'faceUrl', 'phoneNum', 'email', 'ex', 'operationID'])(
      'in %s is a parameter error of v2',
      async (field) => {
        const right = { secret: 'tuoyun', platform: 1, userID: 'ghost', operationID: '1' };
        await expectLegacyError('/auth/user_register', JSON.stringify({ ...right, [field]: 'ghost\0' }));
      },
    );
    it.each(['userID', 'nickname', 'faceURL', 'ex'])('in %s is a parameter error of v3', async (field) => {
      const users = [{ userID: 'ghost', [field]: 'ghost\0' }];
      await expectV3Error('/user/user_register', JSON.stringify({ secret: 'openIM123', users }));
    });
    it('in a list is a parameter error', async () => {
      await expectLegacyError('/user/get_user_info', JSON.stringify({ operationID: '1', uidList: ['ann', 'a\0'] }));
      await expectV3Error('/user/account_check', JSON.stringify({ checkUserIDs: ['ann', 'a\0'] }));
    });
  });

  describe('nesting', () => {
    const lists = '['.repeat(10_000) + ']'.repeat(10_000);
    const objects = '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000);

    it.each([
      ['lists', lists],
      ['objects', objects],
    ])('of 10,000 %s does no harm', async (_, deep) => {
      await expectLegacyError('/auth/user_token', `{"secret":"tuoyun","platform":1,"uid":${deep}}`);
      await expectV3Error('/user/user_register', `{"secret":"openIM123","users":${deep}}`);
      await expectV3Error(
        '/user/user_register',
        `{"secret":"openIM123","users":[{"userID":"ghost","nickname":${deep}}]}`,
      );
      const ignored = await im.post('/auth/user_token', `{"secret":"tuoyun","platform":1,"uid":"ann","more":${deep}}`);
      expect([0, 400]).toContain(ignored.body.errCode);
      expect(ignored.status).toBe(ignored.body.errCode || 200);
    });

    it('of a million lists that never end does no harm', async () => {
      await expectLegacyError('/auth/user_token', '['.repeat(1_000_000));
      await expectV3Error('/auth/user_token', `{"a":${'['.repeat(1_000_000)}`);
    });
  });

  it.each([
    '1e400',
    '-1e400',
    '1e-400',
    '99999999999999999999',
    '9007199254740993',
    '2147483648',
    '-2147483649',
    `1${'0'.repeat(400)}`,
  ])('the number %s is a parameter error where a small one belongs', async (number) => {
    await expectLegacyError('/auth/user_register', `{"secret":"tuoyun","platform":${number},"uid":"ghost","name":""}`);
    await expectLegacyError(
      '/auth/user_register',
      `{"secret":"tuoyun","platform":${number},"userID":"ghost","operationID":"1"}`,
    );
    await expectV3Error('/auth/user_token', `{"secret":"openIM123","platformID":${number},"userID":"ann"}`);
    await expectV3Error('/user/get_users', `{"pagination":{"pageNumber":${number},"showNumber":1}}`);
  });

  it('of two equal keys the last counts', async () => {
    const body = '{"secret":"wrong","secret":"openIM123","users":[{"userID":"ghost","userID":"twice"}]}';
    const answer = await im.post('/user/user_register', body, HEADER);
    expect(answer.body).toEqual({ errCode: 0, errMsg: '', errDlt: '' });
    expect(await uids()).toContain('twice');
  });

  it('bytes that are no UTF-8 become U+FFFD', async () => {
    const [start, end] = '{"secret":"openIM123","users":[{"userID":"bytes","nickname":"a|b"}]}'.split('|');
    const body = Buffer.concat([Buffer.from(start), Buffer.from([0xff]), Buffer.from(end)]);
    const answer = await fetch(`${im.url}/user/user_register`, { method: 'POST', body, headers: HEADER });
    expect(await answer.json()).toEqual({ errCode: 0, errMsg: '', errDlt: '' });
    const info = await im.v1('/user/get_user_info', { uidList: ['bytes'] }, admin);
    expect(info.body.data).toMatchObject([{ uid: 'bytes', name: 'a\uFFFDb' }]);
  });

  it('half a surrogate pair does no harm', async () => {
    const body = '{"secret":"tuoyun","platform":1,"uid":"half","name":"\\ud83d"}';
    const answer = await im.post('/auth/user_register', body);
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(answer.body).toEqual(LEGACY_ERROR);
    else expect(answer.body).toMatchObject({ errCode: 0, data: { uid: 'half' } });
  });

  it('SQL is only text, and a wildcard is no other user', async () => {
    const uid = `'"; DROP TABLE users; -- \\ %_`;
    const answer = await im.post('/auth/user_register', { secret: 'tuoyun', platform: 1, uid, name: uid, ex: uid });
    expect(answer.body).toMatchObject({ errCode: 0, data: { uid } });
    const info = await im.v1('/user/get_user_info', { uidList: ['%', '_nn', `ann' OR '1'='1`, uid] }, admin);
    expect(info.body.data).toMatchObject([{ uid, name: uid, ex: uid }]);
  });

  it.each(['garbage', 'a.b.c', 'null', 'Bearer x', `eyJhbGciOiJIUzI1NiJ9.${'x'.repeat(6000)}.x`, '\u00e9'])(
    'the token %s is refused',
    async (token) => {
      const v3 = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token);
      expect(v3).toMatchObject({ status: 200, body: { errCode: 1503, errMsg: 'TokenMalformedError' } });
      const v1 = await im.v1('/manager/get_all_users_uid', {}, token);
      expect(v1).toMatchObject({ status: 200, body: { errCode: 200, errMsg: "that's not even a token" } });
      for (const answer of [v1, v3]) expectClean(answer.text);
    },
  );

  it('a business error shows nothing of the inside either', async () => {
    const ann = await im.tokenOf('ann');
    const answers = [
      await im.post('/auth/user_register', { secret: 'tuoyun', platform: 1, uid: 'ann', name: '' }),
      await im.v2('/auth/user_register', { secret: 'tuoyun', platform: 1, userID: 'ann' }),
      await im.v3('/user/user_register', { secret: 'openIM123', users: [{ userID: 'ann' }] }),
      await im.post('/auth/user_token', { secret: 'tuoyun!', platform: 1, uid: 'ann' }),
      await im.v3('/auth/get_admin_token', { secret: 'openIM123', userID: 'ann' }),
      await im.v3('/user/account_check', { checkUserIDs: ['ann'] }, ann),
      await im.v1('/manager/delete_user', { deleteUidList: ['ann'] }, ann),
    ];
    for (const { status, body, text } of answers) {
      expect(status).toBeLessThan(500);
      expect(body.errCode).not.toBe(0);
      expectClean(text);
    }
  });
});
