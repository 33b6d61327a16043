import { afterAll, beforeAll, expect, it } from 'vitest';
import { DatabaseProxy } from '../../support/database-proxy.js';
import { describeOnMysql, type FreshDatabase, freshDatabase } from '../../support/databases.js';
import type { Im } from '../../support/im.js';
import { startImOn } from '../../support/server.js';

describeOnMysql('Copies of the database', (database) => {
  let fresh: FreshDatabase;
  let copy: FreshDatabase;
  let way: DatabaseProxy;
  let im: Im;
  beforeAll(async () => {
    [fresh, copy] = await Promise.all([freshDatabase(database), freshDatabase(database)]);
    // A copy that is far behind: one of another time altogether.
    const past = await startImOn(copy.url);
    await past.register('ann', 'old');
    await past.close();
    way = await DatabaseProxy.before(copy.url);
    im = await startImOn(fresh.url, { DATABASE_REPLICA_URLS: way.url });
    await im.register('ann', 'new');
  });
  afterAll(async () => {
    await im.close();
    await way.close();
    await Promise.all([fresh.drop(), copy.drop()]);
  });

  const asked = async (path: string, body: object): Promise<any> => {
    const answer = await im.v3(path, body, await im.adminToken());
    expect(answer.body.errCode).toBe(0);
    return answer.body.data;
  };
  const pagination = { pageNumber: 1, showNumber: 100 };
  const lists = async (): Promise<string[][]> => [
    (await asked('/user/get_users', { pagination })).users.map(({ userID }: any) => userID).toSorted(),
    (await asked('/user/get_all_users_uid', { pagination })).userIDs.toSorted(),
  ];
  const admins = ['openIM123456', 'openIM654321', 'openIMAdmin'];

  it('are asked for what administrators look through', async () => {
    const old = ['ann', 'old', ...admins].toSorted();
    expect(await lists()).toEqual([old, old]);
    const day = 86_400_000;
    const { total } = await asked('/statistics/user/register', { start: Date.now() - day, end: Date.now() + day });
    expect(total).toBe(old.length);
  });

  it('say nothing where it matters: who exists, what he is called, what he was sent', async () => {
    const { usersInfo } = await asked('/user/get_users_info', { userIDs: ['ann', 'old', 'new'] });
    expect(usersInfo.map(({ userID }: any) => userID)).toEqual(['ann', 'new']);
    await asked('/user/update_user_info', { userInfo: { userID: 'new', nickname: 'Newer' } });
    const info = await asked('/user/get_users_info', { userIDs: ['new'] });
    expect(info.usersInfo[0].nickname).toBe('Newer');
    const order = { sendID: 'ann', recvID: 'new', senderPlatformID: 1, contentType: 101, sessionType: 1 };
    await asked('/msg/send_msg', { ...order, content: { content: 'hi' } });
    const { maxSeqs } = await asked('/msg/newest_seq', { userID: 'new' });
    expect(maxSeqs).toMatchObject({ si_ann_new: 1 });
  });

  it('are not remembered: what was read there is not taken for true elsewhere', async () => {
    await asked('/user/get_users', { pagination, userID: 'old' });
    const { usersInfo } = await asked('/user/get_users_info', { userIDs: ['old'] });
    expect(usersInfo).toBeNull();
  });

  it('are done without when they do not answer', async () => {
    const now = ['ann', 'new', ...admins].toSorted();
    await way.refuse();
    expect(await lists()).toEqual([now, now]);
    await way.open();
  });
});
