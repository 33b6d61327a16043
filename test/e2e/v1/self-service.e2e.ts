import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Im } from '../../support/im.js';

describeOnEachDatabase('Self-service in v1, as the v1.0.7 server had it', (database) => {
  let im: Im;
  let ann: string;
  let bob: string;
  beforeAll(async () => {
    im = await startIm({ database, env: { V1_SELF_SERVICE: 'true' } });
    await im.register('ann', 'bob', 'cid', 'dan');
    [ann, bob] = await Promise.all([im.tokenOf('ann'), im.tokenOf('bob')]);
  });
  afterAll(() => im.close());

  const groupOf = async (token: string, memberList: object[]): Promise<string> =>
    (await im.v1('/group/create_group', { memberList, groupName: 'g' }, token)).body.data.groupID;
  const rolesIn = async (groupID: string) => {
    const rows = await im.rows('im_group_members', { groupID });
    return Object.fromEntries(rows.map(({ userID, roleLevel }) => [userID, Number(roleLevel)]));
  };

  describe('creating a group', () => {
    it('makes the caller the owner, whoever is named as one', async () => {
      const groupID = await groupOf(ann, [
        { uid: 'bob', setRole: 1 },
        { uid: 'cid', setRole: 2 },
        { uid: 'dan', setRole: 0 },
      ]);
      expect(await rolesIn(groupID)).toEqual({ ann: 100, cid: 60, dan: 20 });
    });
  });

  describe('inviting', () => {
    it('is open to members and closed to others', async () => {
      const groupID = await groupOf(ann, [{ uid: 'bob' }]);
      const invite = (uid: string, token: string) =>
        im.v1('/group/invite_user_to_group', { groupID, uidList: [uid], reason: '' }, token);
      expect((await invite('cid', bob)).body.data).toEqual([{ uid: 'cid', result: 0 }]);
      expect((await invite('cid', await im.tokenOf('dan'))).body).toEqual({ errCode: 800, errMsg: 'no permission' });
    });
  });

  describe('kicking', () => {
    it('is for the owner and administrators, and reaches only lower ranks', async () => {
      const groupID = await groupOf(ann, [{ uid: 'bob', setRole: 2 }, { uid: 'cid' }, { uid: 'dan' }]);
      const kick = (uid: string, token: string) =>
        im.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: uid }] }, token);
      expect((await kick('cid', await im.tokenOf('dan'))).body).toEqual({ errCode: 800, errMsg: 'no permission' });
      expect((await kick('ann', bob)).body.data).toEqual([{ uid: 'ann', result: -1 }]);
      expect((await kick('cid', bob)).body.data).toEqual([{ uid: 'cid', result: 0 }]);
      expect((await kick('bob', ann)).body.data).toEqual([{ uid: 'bob', result: 0 }]);
      expect((await kick('ann', ann)).body.data).toEqual([{ uid: 'ann', result: -1 }]);
      expect(await rolesIn(groupID)).toEqual({ ann: 100, dan: 20 });
    });
  });

  it('blocks for the caller, whoever is named as the owner', async () => {
    expect((await im.v1('/friend/add_blacklist', { uid: 'cid', ownerUid: 'bob' }, ann)).body.errCode).toBe(0);
    expect(await im.rows('im_blacks', { blackUserID: 'cid' })).toMatchObject([{ ownerUserID: 'ann' }]);
  });

  it('changes the profile of the caller, whoever is named', async () => {
    expect((await im.v1('/user/update_user_info', { uid: 'bob', name: 'mine' }, ann)).body.errCode).toBe(0);
    expect((await im.rows('im_users', { userID: 'ann' }))[0].nickname).toBe('mine');
    expect((await im.rows('im_users', { userID: 'bob' }))[0].nickname).toBe('bob');
  });

  it.each([
    '/friend/import_friend',
    '/manager/delete_user',
    '/manager/get_all_users_uid',
    '/manager/send_msg',
    '/user/get_user_info',
  ])('does not open %s', async (path) => {
    const body = {
      uid: 'bob',
      ownerUid: 'ann',
      deleteUidList: ['bob'],
      uidList: ['bob'],
      sendID: 'ann',
      recvID: 'bob',
      content: { text: 'hi' },
      contentType: 101,
      sessionType: 1,
    };
    const { uidList, ...single } = body;
    const answer = await im.v1(path, path === '/user/get_user_info' ? { uidList } : single, ann);
    expect(answer.body.errCode).not.toBe(0);
    expect(answer.body.errMsg).toBe('not authorized');
  });
});
