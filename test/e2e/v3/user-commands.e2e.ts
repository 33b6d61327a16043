import { afterAll, beforeAll, expect, it } from 'vitest';
import { Transactions } from '../../../src/database/transactions.js';
import { insertRows } from '../../../src/database/bulk.js';
import { UserCommand } from '../../../src/users/command.entity.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const NOT_ANN = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'ownerUserID, ann=MISSING' };
const NOT_FOUND = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: expect.any(String) };

describeOnEachDatabase('v3 user commands', (database) => {
  let im: Im;
  let ann: string;
  let bob: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob');
    [ann, bob] = await Promise.all([im.tokenOf('ann'), im.tokenOf('bob')]);
  });
  afterAll(() => im.close());

  const call = async (what: string, body: object, token = ann) =>
    (await im.v3(`/user/process_user_command_${what}`, body, token)).body;
  const name = (uuid: string, type = 1, userID = 'ann') => ({ userID, type, uuid });
  const listed = async (userID = 'ann', token = ann) => (await call('get_all', { userID }, token)).data.CommandResp;

  it('are kept, changed and deleted', async () => {
    const before = Math.floor(Date.now() / 1000);
    expect(await call('get_all', { userID: 'ann' })).toEqual({ ...SUCCESS, data: { CommandResp: null } });
    expect(await call('add', { ...name('first'), value: 'v1', ex: 'e1' })).toEqual(SUCCESS);
    expect(await call('add', { ...name('second', 2), value: '{"a":1}' })).toEqual(SUCCESS);
    expect(await call('add', name('third'))).toEqual(SUCCESS);

    const [first, second, third] = await listed();
    expect(first).toEqual({ type: 1, createTime: expect.any(Number), uuid: 'first', value: 'v1', ex: 'e1' });
    expect(second).toMatchObject({ type: 2, uuid: 'second', value: '{"a":1}', ex: '' });
    expect(third).toMatchObject({ type: 1, uuid: 'third', value: '', ex: '' });
    expect(first.createTime).toBeGreaterThanOrEqual(before);
    expect(first.createTime).toBeLessThanOrEqual(Date.now() / 1000);
    expect((await call('get', { userID: 'ann', type: 2 })).data).toEqual({ CommandResp: [second] });
    expect((await call('get', { userID: 'ann', type: 7 })).data).toEqual({ CommandResp: null });

    expect(await call('update', { ...name('first'), value: '' })).toEqual(SUCCESS);
    expect(await call('update', { ...name('second', 2), ex: 'new' })).toEqual(SUCCESS);
    expect((await listed()).slice(0, 2)).toEqual([
      { ...first, value: '' },
      { ...second, ex: 'new' },
    ]);

    expect(await call('delete', name('first'))).toEqual(SUCCESS);
    expect((await listed()).map(({ uuid }: { uuid: string }) => uuid)).toEqual(['second', 'third']);
    expect(await call('delete', name('first'))).toEqual(NOT_FOUND);
    expect(await call('delete', name('second', 1))).toEqual(NOT_FOUND);
    expect(await call('update', { ...name('first'), ex: 'x' })).toEqual(NOT_FOUND);
    expect(await call('update', name('first'))).toEqual(SUCCESS);
  });

  it('may be there twice, and then the older goes first', async () => {
    await call('add', { ...name('twin', 9), value: 'older' });
    await call('add', { ...name('twin', 9), value: 'younger' });
    const values = async () =>
      (await call('get', { userID: 'ann', type: 9 })).data.CommandResp?.map(({ value }: { value: string }) => value);
    expect(await values()).toEqual(['older', 'younger']);
    await call('update', { ...name('twin', 9), value: 'oldest' });
    expect(await values()).toEqual(['oldest', 'younger']);
    await call('delete', name('twin', 9));
    expect(await values()).toEqual(['younger']);
  });

  it.each(['add', 'delete', 'update'])('refuse to %s what is not named', async (what) => {
    expect(await call(what, { type: 1, uuid: 'u' })).toEqual(argsError('userID is empty'));
    expect(await call(what, { userID: 'ann', uuid: 'u' })).toEqual(argsError('type is not specified'));
    expect(await call(what, { userID: 'ann', type: 0, uuid: 'u' })).toEqual(argsError('type is not specified'));
    expect(await call(what, { userID: 'ann', type: 1 })).toEqual(argsError('UUID is empty'));
    expect(await call(what, { ...name('u'), type: '1' })).toEqual(argsError(expect.stringContaining('type')));
  });

  it('refuse to list without a user, or a type', async () => {
    expect(await call('get', { type: 1 })).toEqual(argsError('userID is empty'));
    expect(await call('get', { userID: 'ann' })).toEqual(argsError('type is not specified'));
    expect(await call('get_all', {})).toEqual(argsError('userID is empty'));
  });

  it('are everybody’s own, and open to administrators', async () => {
    await call('add', { ...name('mine'), value: 'mine' });
    const before = await listed();
    for (const what of ['add', 'delete', 'update', 'get', 'get_all']) {
      expect(await call(what, { ...name('mine'), value: 'stolen' }, bob)).toEqual(NOT_ANN);
    }
    expect(await listed()).toEqual(before);
    expect(await listed('ann', await im.adminToken())).toEqual(before);
    expect(await listed('bob', bob)).toBeNull();
  });

  it('are not kept for nobody', async () => {
    expect(await call('add', name('x', 1, 'nobody'), await im.adminToken())).toEqual(NOT_FOUND);
    expect(await im.rows('im_user_commands', { userID: 'nobody' })).toEqual([]);
  });

  it('are bounded in size and number', async () => {
    expect(await call('add', { ...name('big'), value: 'x'.repeat(16_385) })).toEqual(
      argsError(expect.stringContaining('value')),
    );
    expect(await call('add', { ...name('big', 3), value: '文'.repeat(16_384), ex: 'e'.repeat(4_096) })).toEqual(
      SUCCESS,
    );
    expect((await call('get', { userID: 'ann', type: 3 })).data.CommandResp[0].value).toBe('文'.repeat(16_384));
    const rows = Array.from({ length: 2_000 }, (_, i) => ({ userID: 'bob', commandID: `${i}`, type: 1, uuid: `${i}` }));
    const { manager } = im.get(Transactions);
    await insertRows(
      manager,
      UserCommand,
      rows.map((row) => ({ ...row, value: '' })),
    );
    expect(await call('add', name('x', 1, 'bob'), bob)).toEqual(argsError('a user has at most 2000 commands'));
    expect(await listed('bob', bob)).toHaveLength(2_000);
  });

  it('are all kept when they come at the same time', async () => {
    await im.register('fay');
    const fay = await im.tokenOf('fay');
    await Promise.all(Array.from({ length: 20 }, (_, i) => call('add', name(`at once ${i}`, 5, 'fay'), fay)));
    expect(await listed('fay', fay)).toHaveLength(20);
    const deleted = await Promise.all(
      Array.from({ length: 4 }, () => call('delete', name('at once 7', 5, 'fay'), fay)),
    );
    expect(deleted.map(({ errCode }) => errCode).sort()).toEqual([0, 1004, 1004, 1004]);
  });

  it('end with the account', async () => {
    await im.register('eve');
    await call('add', name('hers', 1, 'eve'), await im.tokenOf('eve'));
    await im.v1('/manager/delete_user', { deleteUidList: ['eve'] }, await im.adminToken());
    expect(await im.rows('im_user_commands', { userID: 'eve' })).toEqual([]);
  });
});
