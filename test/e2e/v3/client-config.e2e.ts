import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const NOT_FOUND = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: expect.any(String) };

describeOnEachDatabase('v3 client configuration', (database) => {
  let im: Im;
  let admin: string;
  let ann: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob');
    [admin, ann] = await Promise.all([im.adminToken(), im.tokenOf('ann')]);
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    for (const { userID, configKey } of await im.rows('im_client_configs', {})) {
      await call('del', { userID, keys: [configKey] });
    }
  });

  const call = async (what: string, body: object, token = admin) =>
    (await im.v3(`/user/${what}_user_client_config`, body, token)).body;
  const set = (userID: string, configs: object) => call('set', { userID, configs });
  const seen = async (userID: string, token = ann) => (await call('get', { userID }, token)).data;

  it('is everybody’s, with the user’s own entries before', async () => {
    expect(await seen('')).toEqual({});
    expect(await seen('ann')).toEqual({});
    expect(await call('set', { configs: { theme: 'dark', size: '12' } })).toEqual(SUCCESS);
    expect(await set('ann', { theme: 'light', mine: '' })).toEqual(SUCCESS);
    expect(await call('get', {}, ann)).toEqual({ ...SUCCESS, data: { configs: { theme: 'dark', size: '12' } } });
    expect(await seen('ann')).toEqual({ configs: { theme: 'light', size: '12', mine: '' } });
    expect(await seen('bob', admin)).toEqual({ configs: { theme: 'dark', size: '12' } });
    await set('ann', { theme: 'red' });
    expect((await seen('ann')).configs.theme).toBe('red');
  });

  it('loses the entries that are deleted, of whom they are', async () => {
    await set('', { theme: 'dark', size: '12' });
    await set('ann', { theme: 'light' });
    expect(await call('del', { userID: 'ann', keys: ['theme', 'size', 'nothing'] })).toEqual(SUCCESS);
    expect(await seen('ann')).toEqual({ configs: { theme: 'dark', size: '12' } });
    expect(await call('del', { keys: [] })).toEqual(SUCCESS);
    expect(await call('del', {})).toEqual(SUCCESS);
    expect(await call('del', { keys: ['theme', 'size'] })).toEqual(SUCCESS);
    expect(await seen('ann')).toEqual({});
  });

  it('is listed by page', async () => {
    await set('', { b: '1', a: '2' });
    await set('ann', { a: '3' });
    const entries = [
      { key: 'a', userID: '', value: '2' },
      { key: 'b', userID: '', value: '1' },
      { key: 'a', userID: 'ann', value: '3' },
    ];
    const page = (filter: object, pageNumber = 1, showNumber = 10) =>
      call('page', { ...filter, pagination: { pageNumber, showNumber } });
    expect(await page({})).toEqual({ ...SUCCESS, data: { total: 3, configs: entries } });
    expect((await page({}, 2, 2)).data).toEqual({ total: 3, configs: [entries[2]] });
    expect((await page({}, 3, 2)).data).toEqual({ total: 3, configs: null });
    expect((await page({ userID: 'ann' })).data).toEqual({ total: 1, configs: [entries[2]] });
    expect((await page({ key: 'a' })).data).toEqual({ total: 2, configs: [entries[0], entries[2]] });
    expect((await page({ userID: 'bob', key: 'a' })).data).toEqual({ total: 0, configs: null });
    expect((await call('page', {})).data).toEqual({ total: 3, configs: null });
    expect(await page({}, 0)).toEqual(argsError('pageNumber is invalid'));
  });

  it('is not kept for users that do not exist', async () => {
    expect(await set('nobody', { a: '1' })).toEqual(NOT_FOUND);
    expect(await call('get', { userID: 'nobody' })).toEqual(NOT_FOUND);
    expect(await im.rows('im_client_configs', {})).toEqual([]);
    await im.register('eve');
    await set('eve', { a: '1' });
    await im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, admin);
    expect(await im.rows('im_client_configs', {})).toEqual([]);
  });

  it.each([
    ['a list', []],
    ['text', 'a'],
    ['a number in it', { a: 1 }],
    ['null in it', { a: null }],
    ['an empty key', { '': 'x' }],
    ['a long key', { ['k'.repeat(256)]: 'x' }],
    ['a long value', { a: 'x'.repeat(16_385) }],
    ['NUL', { a: '\0' }],
    ['too many keys', Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`k${i}`, 'x']))],
  ])('refuses %s as configs', async (_, configs) => {
    expect(await call('set', { configs: { fine: 'x' }, userID: 'ann' })).toEqual(SUCCESS);
    expect(await call('set', { configs, userID: 'ann' })).toEqual(argsError(expect.stringContaining('configs')));
    expect(await im.rows('im_client_configs', { userID: 'ann' })).toHaveLength(1);
  });

  it('keeps keys that mean something to JavaScript as they are', async () => {
    await set('', { toString: 'x', constructor: 'y' });
    const { configs } = await seen('');
    expect(Object.entries(configs)).toEqual([
      ['constructor', 'y'],
      ['toString', 'x'],
    ]);
  });

  it('takes what is set at the same time', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => {
        const mine = i % 2 === 0 ? keys : keys.toReversed();
        return set(i % 3 === 0 ? 'ann' : '', Object.fromEntries(mine.map((key) => [key, `${i}`])));
      }),
    );
    expect(answers).toEqual(answers.map(() => SUCCESS));
    const { configs } = await seen('ann');
    // Each call is there as a whole or not at all.
    expect(new Set(Object.values(configs)).size).toBe(1);
    expect(Object.keys(configs)).toHaveLength(40);
  });

  it('is set and listed by administrators, and read by its user', async () => {
    const notAdmin = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'user ann is not admin userID' };
    for (const what of ['set', 'del', 'page']) {
      const body = { userID: 'ann', configs: { a: '1' }, keys: ['a'], pagination: { pageNumber: 1, showNumber: 1 } };
      expect(await call(what, body, ann)).toEqual(notAdmin);
    }
    const bob = await im.tokenOf('bob');
    expect(await call('get', { userID: 'ann' }, bob)).toEqual({ ...notAdmin, errDlt: 'ownerUserID, ann=MISSING' });
    expect(await im.rows('im_client_configs', {})).toEqual([]);
  });
});
