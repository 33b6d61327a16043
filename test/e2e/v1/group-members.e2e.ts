import { Transactions } from '../../../src/database/transactions.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const INVITE = '/group/invite_user_to_group';
const KICK = '/group/kick_group';

/** A parameter error that tells which field is wrong. */
const naming = (field: string) => ({
  errCode: 400,
  errMsg: expect.stringMatching(new RegExp(`(?<![a-z])${field}`, 'i')),
});

describeOnEachDatabase('Members of a group in v1', (database) => {
  let im: Im;
  let admin: string;
  /** A group that only receives requests that must be refused: ann is its owner, bob a member, zoe none. */
  let closed: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid', 'dan', 'eve', 'zoe');
    closed = await im.group('ann', 'bob');
    await storedIn(closed, 1);
  });
  afterAll(() => im?.close());

  const invite = (groupID: string, uidList: string[]) => im.v1(INVITE, { groupID, uidList, reason: '' }, admin);
  const kick = (groupID: string, ...userIDs: string[]) =>
    im.v1(KICK, { groupID, uidListInfo: userIDs.map((userId) => ({ userId })) }, admin);

  async function rolesIn(groupID: string): Promise<Record<string, number>> {
    const members = await im.rows('im_group_members', { groupID });
    return Object.fromEntries(members.map((member) => [member.userID, Number(member.roleLevel)]));
  }

  /** The messages of the group by seq, once there are as many as expected. */
  function storedIn(groupID: string, count: number): Promise<any[]> {
    return vi.waitFor(
      async () => {
        const rows = await im.rows('im_messages', { conversationID: `sg_${groupID}` });
        rows.sort((a, b) => Number(a.seq) - Number(b.seq));
        expect(rows.map((row) => Number(row.seq))).toEqual(Array.from({ length: count }, (_, i) => i + 1));
        return rows;
      },
      { timeout: 5000 },
    );
  }

  async function conversationOf(ownerUserID: string, groupID: string): Promise<any> {
    const [row] = await im.rows('im_conversations', { ownerUserID, conversationID: `sg_${groupID}` });
    return row;
  }

  async function expectNothingChanged(): Promise<void> {
    expect(await rolesIn(closed)).toEqual({ ann: 100, bob: 20 });
    expect(await im.rows('im_messages', { conversationID: `sg_${closed}` })).toHaveLength(1);
    expect(await im.rows('im_conversations', { ownerUserID: 'zoe' })).toEqual([]);
  }

  describe('Inviting', () => {
    it('answers ok and one entry per user in the order of the request', async () => {
      const groupID = await im.group('ann');
      const answer = await invite(groupID, ['dan', 'bob', 'cid']);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: 'ok',
        data: [
          { uid: 'dan', result: 0 },
          { uid: 'bob', result: 0 },
          { uid: 'cid', result: 0 },
        ],
      });
    });

    it('adds ordinary members who look as their profile does, now and later', async () => {
      await im.v1('/user/update_user_info', { uid: 'eve', name: 'Eve', icon: 'http://eve' }, admin);
      const groupID = await im.group('ann');
      const before = Date.now();
      await invite(groupID, ['eve']);
      expect(await rolesIn(groupID)).toEqual({ ann: 100, eve: 20 });
      const [eve] = await im.rows('im_group_members', { groupID, userID: 'eve' });
      // Nothing of their own is stored, so the profile shows through.
      expect(eve).toMatchObject({ nickname: '', faceURL: '' });
      expect(Number(eve.joinTime)).toBeGreaterThanOrEqual(before);
      expect(Number(eve.joinTime)).toBeLessThanOrEqual(Date.now());
    });

    it('answers -1 for strangers and members, and adds the others', async () => {
      const groupID = await im.group('ann', 'bob');
      const answer = await invite(groupID, ['ghost', 'cid', 'bob', 'dan', 'ann']);
      expect(answer.body).toMatchObject({ errCode: 0, errMsg: 'ok' });
      expect(answer.body.data).toEqual([
        { uid: 'ghost', result: -1 },
        { uid: 'cid', result: 0 },
        { uid: 'bob', result: -1 },
        { uid: 'dan', result: 0 },
        { uid: 'ann', result: -1 },
      ]);
      expect(await rolesIn(groupID)).toEqual({ ann: 100, bob: 20, cid: 20, dan: 20 });
    });

    it('somebody twice adds them once and answers twice', async () => {
      const groupID = await im.group('ann');
      const answer = await invite(groupID, ['bob', 'cid', 'bob']);
      expect(answer.body).toMatchObject({ errCode: 0, errMsg: 'ok' });
      expect(answer.body.data.map((entry: any) => entry.uid)).toEqual(['bob', 'cid', 'bob']);
      expect(answer.body.data[0]).toEqual({ uid: 'bob', result: 0 });
      expect(await im.rows('im_group_members', { groupID, userID: 'bob' })).toHaveLength(1);
    });

    it('is told to the group in one message that names those who were added', async () => {
      const groupID = await im.group('ann', 'bob');
      await invite(groupID, ['cid', 'ghost', 'dan']);
      const messages = await storedIn(groupID, 2);
      expect(messages.map((row) => Number(row.contentType))).toEqual([1501, 1509]);
      const { invitedUserList } = JSON.parse(JSON.parse(messages[1].content).detail);
      expect(invitedUserList.map((user: any) => user.userID)).toEqual(['cid', 'dan']);
    });

    it('opens the conversation of the group for the new member', async () => {
      const groupID = await im.group('ann');
      await invite(groupID, ['cid']);
      const conversation = await vi.waitFor(async () => {
        const row = await conversationOf('cid', groupID);
        expect(row).toBeDefined();
        return row;
      });
      expect(conversation.groupID).toBe(groupID);
      expect(Number(conversation.conversationType)).toBe(3);
      expect(Number(conversation.maxSeq)).toBe(0);
    });

    it.each<[string, string[], object[]]>([
      ['nobody', [], []],
      [
        'only people who cannot be added',
        ['bob', 'ghost'],
        [
          { uid: 'bob', result: -1 },
          { uid: 'ghost', result: -1 },
        ],
      ],
    ])('%s succeeds and is not told to anybody', async (_case, uidList, data) => {
      const answer = await invite(closed, uidList);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: 'ok', data });
      await expectNothingChanged();
    });

    it('takes a reason of 255 characters, also when groupID is spelled groupId', async () => {
      const groupId = await im.group('ann');
      const answer = await im.v1(INVITE, { groupId, uidList: ['bob'], reason: '漢'.repeat(255) }, admin);
      expect(answer.body).toEqual({ errCode: 0, errMsg: 'ok', data: [{ uid: 'bob', result: 0 }] });
    });

    it('takes no longer reason', async () => {
      const answer = await im.v1(INVITE, { groupID: closed, uidList: ['zoe'], reason: 'x'.repeat(256) }, admin);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(naming('reason'));
      await expectNothingChanged();
    });

    it('into a group that does not exist is refused', async () => {
      const answer = await invite('no-such-group', ['zoe']);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 800, errMsg: 'no permission' });
    });

    it('into a group that was dismissed is refused', async () => {
      const groupID = await im.group('ann');
      // No implemented endpoint dismisses a group yet, so the row is set as one would.
      await im.get(Transactions).manager.query('UPDATE im_groups SET status = 2 WHERE groupID = ?', [groupID]);
      const answer = await invite(groupID, ['zoe']);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 800, errMsg: 'no permission' });
      expect(await im.rows('im_group_members', { groupID, userID: 'zoe' })).toEqual([]);
    });
  });

  describe('Kicking', () => {
    it.each(['userId', 'userID', 'uid'])('removes a member named by %s and answers uid', async (key) => {
      const groupID = await im.group('ann', 'bob');
      const answer = await im.v1(KICK, { groupID, uidListInfo: [{ [key]: 'bob' }], reason: 'noise' }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', data: [{ uid: 'bob', result: 0 }] });
      expect(await rolesIn(groupID)).toEqual({ ann: 100 });
    });

    it('ignores what else is said about the member', async () => {
      const groupID = await im.group('ann', 'bob');
      const bob = { userId: 'bob', role: 0, joinTime: 1638000000, nickName: 'Bob', faceUrl: '' };
      const answer = await im.v1(KICK, { groupID, uidListInfo: [bob] }, admin);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', data: [{ uid: 'bob', result: 0 }] });
    });

    it('answers in the order of the request, -1 for those who are no members', async () => {
      const groupID = await im.group('ann', 'bob', 'cid', 'dan');
      const answer = await kick(groupID, 'dan', 'zoe', 'bob', 'ghost');
      expect(answer.body).toEqual({
        errCode: 0,
        errMsg: '',
        data: [
          { uid: 'dan', result: 0 },
          { uid: 'zoe', result: -1 },
          { uid: 'bob', result: 0 },
          { uid: 'ghost', result: -1 },
        ],
      });
      expect(await rolesIn(groupID)).toEqual({ ann: 100, cid: 20 });
    });

    it('somebody twice removes them once and answers twice', async () => {
      const groupID = await im.group('ann', 'bob', 'cid');
      const answer = await kick(groupID, 'bob', 'bob');
      expect(answer.body.data.map((entry: any) => entry.uid)).toEqual(['bob', 'bob']);
      expect(answer.body.data[0]).toEqual({ uid: 'bob', result: 0 });
      expect(await rolesIn(groupID)).toEqual({ ann: 100, cid: 20 });
    });

    it('may remove the owner', async () => {
      const groupID = await im.group('ann', 'bob');
      expect((await kick(groupID, 'ann')).body.data).toEqual([{ uid: 'ann', result: 0 }]);
      expect(await rolesIn(groupID)).toEqual({ bob: 20 });
    });

    it('does not remove the caller', async () => {
      const groupID = await im.group('ann');
      await invite(groupID, ['openIM123456']);
      expect((await kick(groupID, 'openIM123456')).body).toEqual({
        errCode: 0,
        errMsg: '',
        data: [{ uid: 'openIM123456', result: -1 }],
      });
      expect(await rolesIn(groupID)).toEqual({ ann: 100, openIM123456: 20 });
    });

    it('is told to the group in one message that names those who were removed', async () => {
      const groupID = await im.group('ann', 'bob', 'cid');
      await kick(groupID, 'bob', 'zoe', 'cid');
      const messages = await storedIn(groupID, 2);
      expect(messages.map((row) => Number(row.contentType))).toEqual([1501, 1508]);
      const { kickedUserList, group } = JSON.parse(JSON.parse(messages[1].content).detail);
      expect(kickedUserList.map((user: any) => user.userID).sort()).toEqual(['bob', 'cid']);
      expect(group.memberCount).toBe(1);
    });

    it('lets the former member keep the conversation, but nothing that comes later', async () => {
      const groupID = await im.group('ann', 'bob');
      await kick(groupID, 'bob');
      await storedIn(groupID, 2);
      await vi.waitFor(async () => expect(Number((await conversationOf('bob', groupID)).maxSeq)).toBeGreaterThan(0));
      expect(Number((await conversationOf('bob', groupID)).maxSeq)).toBeLessThanOrEqual(2);
      expect(Number((await conversationOf('ann', groupID)).maxSeq)).toBe(0);
    });

    it('and inviting again opens the conversation again', async () => {
      const groupID = await im.group('ann', 'bob');
      await kick(groupID, 'bob');
      await vi.waitFor(async () => expect(Number((await conversationOf('bob', groupID)).maxSeq)).toBeGreaterThan(0));
      expect((await invite(groupID, ['bob'])).body.data).toEqual([{ uid: 'bob', result: 0 }]);
      await storedIn(groupID, 3);
      expect(Number((await conversationOf('bob', groupID)).maxSeq)).toBe(0);
    });

    it('nobody is refused', async () => {
      const answer = await kick(closed);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 700, errMsg: 'param failed' });
      await expectNothingChanged();
    });

    it('somebody who is no member is not told to anybody', async () => {
      expect((await kick(closed, 'zoe')).body.data).toEqual([{ uid: 'zoe', result: -1 }]);
      await expectNothingChanged();
    });

    it('out of a group that does not exist is refused', async () => {
      const answer = await kick('no-such-group', 'bob');
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 618, errMsg: 'There is no such group or the user not in the group' });
    });
  });

  describe.each<[string, object]>([
    [INVITE, { uidList: ['zoe'], reason: '' }],
    [KICK, { uidListInfo: [{ userId: 'bob' }] }],
  ])('Who may call %s', (path, body) => {
    it.each<[string, string | undefined]>([
      ['no token', undefined],
      ['a garbage token', 'garbage'],
    ])('not a caller with %s', async (_case, token) => {
      const answer = await im.v1(path, { groupID: closed, ...body }, token);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 200, errMsg: 'Parse token failed' });
      await expectNothingChanged();
    });

    it.each(['ann', 'bob', 'zoe'])('not the ordinary user %s, whatever the role in the group', async (userID) => {
      const answer = await im.v1(path, { groupID: closed, ...body }, await im.tokenOf(userID));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 800, errMsg: 'no permission' });
      await expectNothingChanged();
    });

    it('and a malformed request is refused as malformed whoever sends it', async () => {
      for (const token of [undefined, 'garbage', await im.tokenOf('ann')]) {
        const answer = await im.v1(path, body, token);
        expect(answer.status).toBe(400);
        expect(answer.body).toEqual(naming('groupID'));
      }
      await expectNothingChanged();
    });
  });

  describe('A malformed request', () => {
    it.each<[string, string, object]>([
      [INVITE, 'groupID', { groupID: '' }],
      [INVITE, 'groupID', { groupID: 5 }],
      [INVITE, 'uidList', { uidList: undefined }],
      [INVITE, 'uidList', { uidList: null }],
      [INVITE, 'uidList', { uidList: 'zoe' }],
      [INVITE, 'uidList', { uidList: ['zoe', 5] }],
      [INVITE, 'reason', { reason: undefined }],
      [INVITE, 'reason', { reason: 5 }],
      [INVITE, 'operationID', { operationID: undefined }],
      [INVITE, 'operationID', { operationID: '' }],
      [KICK, 'groupID', { groupID: '' }],
      [KICK, 'uidListInfo', { uidListInfo: undefined }],
      [KICK, 'uidListInfo', { uidListInfo: 'bob' }],
      [KICK, 'uidListInfo', { uidListInfo: ['bob'] }],
      [KICK, 'userId', { uidListInfo: [{ userId: 'bob' }, { role: 0 }] }],
      [KICK, 'userId', { uidListInfo: [{ userId: 'bob' }, { userId: '' }] }],
      [KICK, 'userId', { uidListInfo: [{ userId: 5 }] }],
      [KICK, 'reason', { reason: 5 }],
      [KICK, 'operationID', { operationID: undefined }],
    ])('to %s names %s for %j', async (path, field, change) => {
      const list = path === INVITE ? { uidList: ['zoe'], reason: '' } : { uidListInfo: [{ userId: 'bob' }] };
      const body = { groupID: closed, ...list, operationID: 'op', ...change };
      const answer = await im.post(path, body, { token: admin });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(naming(field));
      await expectNothingChanged();
    });

    it.each<[string, string]>([
      [INVITE, '{"groupID"'],
      [INVITE, '{"groupID":"g","uidList":["zoe"],"reason":"","operationID":"op","__proto__":{}}'],
      [KICK, '[]'],
      [KICK, '{"groupID":"g","uidListInfo":[{"userId":"bob","__proto__":{}}],"operationID":"op"}'],
    ])('to %s is refused when it says %s', async (path, body) => {
      const answer = await im.post(path, body, { token: admin, 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.any(String) });
    });
  });
});
