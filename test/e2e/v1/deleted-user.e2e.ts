import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Im } from '../../support/im.js';

describeOnEachDatabase('A new account of an ID that was deleted', (database) => {
  let im: Im;
  let admin: string;
  let groupID: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    groupID = await im.group('ann', 'zoe');
    await im.register('bob');
    await im.v1('/friend/import_friend', { uid: 'zoe', ownerUid: 'ann' }, admin);
    await send('ann', 'zoe', 'for the old zoe');
    await send('ann', groupID, 'for the old group', 2);
    await im.v1('/friend/add_blacklist', { uid: 'bob', ownerUid: 'zoe' }, admin);
    await im.v1('/friend/add_blacklist', { uid: 'zoe', ownerUid: 'bob' }, admin);
    // Whatever the server remembers of these, it has to forget.
    expect((await send('bob', 'zoe', 'no')).body.errCode).toBe(600);
    expect((await im.v1('/manager/delete_user', { deleteUidList: ['zoe'] }, admin)).body.errCode).toBe(0);
  });
  afterAll(() => im.close());

  const send = (sendID: string, recvID: string, text: string, sessionType = 1) =>
    im.v1('/manager/send_msg', { sendID, recvID, content: { text }, contentType: 101, sessionType }, admin);
  const textsFor = async (userID: string, conversationID: string): Promise<string[]> => {
    const seqRanges = [{ conversationID, begin: 1, end: 100, num: 100 }];
    const { body } = await im.v3('/msg/pull_msg_by_seq', { userID, seqRanges, order: 0 }, await im.tokenOf(userID));
    const messages: { contentType: number; content: string }[] = body.data.msgs?.[conversationID]?.Msgs ?? [];
    return messages
      .filter(({ contentType }) => contentType === 101)
      .map(({ content }) => JSON.parse(Buffer.from(content, 'base64').toString()).content);
  };

  describe('until it is registered', () => {
    it('writes nothing into the group it was in', async () => {
      expect((await send('zoe', groupID, 'from nobody', 2)).body).toMatchObject({ errCode: 618 });
    });

    it('is in no list of anybody', async () => {
      for (const [table, column] of [
        ['im_group_members', 'userID'],
        ['im_friends', 'ownerUserID'],
        ['im_friends', 'friendUserID'],
        ['im_blacks', 'ownerUserID'],
        ['im_blacks', 'blackUserID'],
        ['im_user_tokens', 'userID'],
      ] as const) {
        expect(await im.rows(table, { [column]: 'zoe' }), table).toEqual([]);
      }
    });
  });

  describe('once it is registered again', () => {
    beforeAll(() => im.register('zoe'));

    it('reads nothing of what the old one could', async () => {
      expect(await textsFor('zoe', 'si_ann_zoe')).toEqual([]);
      expect(await textsFor('zoe', `sg_${groupID}`)).toEqual([]);
      expect(await textsFor('ann', 'si_ann_zoe')).toEqual(['for the old zoe']);
    });

    it('blocks nobody and is blocked by nobody', async () => {
      expect((await send('bob', 'zoe', 'hello')).body.errCode).toBe(0);
      expect((await send('zoe', 'bob', 'hello back')).body.errCode).toBe(0);
    });

    it('reads what comes from then on, also in the conversations that were', async () => {
      await send('ann', 'zoe', 'for the new zoe');
      expect(await textsFor('zoe', 'si_ann_zoe')).toEqual(['for the new zoe']);
      expect(
        (await im.v1('/group/invite_user_to_group', { groupID, uidList: ['zoe'], reason: '' }, admin)).body.data,
      ).toEqual([{ uid: 'zoe', result: 0 }]);
      await send('ann', groupID, 'for the new member', 2);
      expect(await textsFor('zoe', `sg_${groupID}`)).toEqual(['for the new member']);
    });
  });

  it('one of thirty who delete the same user at once is told that it is done', async () => {
    await im.register('gone');
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => im.v1('/manager/delete_user', { deleteUidList: ['gone'] }, admin)),
    );
    expect(answers.filter(({ body }) => body.errCode === 0)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.errCode === 201)).toHaveLength(29);
  });

  it('a token asked for while its user is deleted does not outlive the user', async () => {
    for (let round = 0; round < 10; round += 1) {
      const uid = `fleeting-${round}`;
      await im.register(uid);
      const [asked] = await Promise.all([
        im.v3('/auth/user_token', { secret: 'openIM123', platformID: 1, userID: uid }),
        im.v1('/manager/delete_user', { deleteUidList: [uid] }, admin),
      ]);
      const token = asked.body.data?.token;
      if (!token) continue;
      const answer = await im.v3('/user/get_users', { pagination: { pageNumber: 1, showNumber: 1 } }, token);
      expect(answer.body.errCode).toBe(1507);
    }
  });
});
