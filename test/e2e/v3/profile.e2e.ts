import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OperationVetoed } from '../../../src/core/errors.js';
import { Transactions } from '../../../src/database/transactions.js';
import { ImEvents } from '../../../src/events/events.js';
import { Friend } from '../../../src/friends/friend.entity.js';
import type { Message } from '../../../src/messaging/message.entity.js';
import { MessagesAccepted } from '../../../src/messaging/message.events.js';
import { UserUpdated, UserUpdating } from '../../../src/users/user.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const NOT_ANN = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'ownerUserID, ann=MISSING' };
const NOT_FOUND = { errCode: 1004, errMsg: 'RecordNotFoundError', errDlt: expect.any(String) };
const ADMIN = 'openIM123456';

describeOnEachDatabase('Changing a profile in v3', (database) => {
  let im: Im;
  let admin: string;
  let ann: string;
  let bob: string;
  let told: Message[] = [];

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'cid', 'dan');
    [admin, ann, bob] = await Promise.all([im.adminToken(), im.tokenOf('ann'), im.tokenOf('bob')]);
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => void told.push(...messages));
  });
  afterAll(() => im.close());
  beforeEach(() => {
    told = [];
  });

  const update = async (userInfo: unknown, token = ann) =>
    (await im.v3('/user/update_user_info', { userInfo }, token)).body;
  const updateEx = async (userInfo: unknown, token = ann) =>
    (await im.v3('/user/update_user_info_ex', { userInfo }, token)).body;
  const profile = async (userID = 'ann') => {
    const { body } = await im.v3('/user/get_users_info', { userIDs: [userID] }, admin);
    const { nickname, faceURL, ex, globalRecvMsgOpt } = body.data.usersInfo[0];
    return { nickname, faceURL, ex, globalRecvMsgOpt };
  };
  /** What was said, to whom. */
  const notices = (contentType: number) =>
    told
      .filter((message) => message.contentType === contentType)
      .map(({ sendID, recvID, groupID, seq, content }) => ({
        sendID,
        recvID,
        groupID,
        seq,
        tips: JSON.parse(JSON.parse(content).detail),
      }));
  const changesOf = async (collection: string, ownerID: string, elementID: string) => {
    const rows = await im.rows('im_version_changes', { collection, ownerID, elementID });
    return rows.map(({ version, state }) => ({ version: Number(version), state: Number(state) }));
  };
  const signal = (sendID: string, recvID: string, userID: string) => ({
    sendID,
    recvID,
    groupID: '',
    seq: 0,
    tips: { userID },
  });

  describe('/user/update_user_info', () => {
    it('sets what is not empty, and tells the user', async () => {
      expect(await update({ userID: 'ann', nickname: 'Ann', faceURL: 'f', ex: 'e', globalRecvMsgOpt: 2 })).toEqual(
        SUCCESS,
      );
      expect(await profile()).toEqual({ nickname: 'Ann', faceURL: 'f', ex: 'e', globalRecvMsgOpt: 2 });
      expect(notices(1303)).toEqual([signal('ann', 'ann', 'ann')]);
      expect(await im.rows('im_messages', { sendID: 'ann' })).toEqual([]);
      const nothing = { nickname: '', faceURL: '', ex: null, globalRecvMsgOpt: 0, appMangerLevel: 2 };
      expect(await update({ userID: 'ann', ...nothing })).toEqual(SUCCESS);
      expect(await profile()).toEqual({ nickname: 'Ann', faceURL: 'f', ex: 'e', globalRecvMsgOpt: 2 });
      expect(await im.rows('im_users', { userID: 'ann' })).toMatchObject([{ appMangerLevel: 1 }]);
    });

    it('leaves what v3 does not know as it is', async () => {
      await im.v1('/user/update_user_info', { uid: 'cid', mobile: '123', gender: 2 }, admin);
      await update({ userID: 'cid', nickname: 'Cid' }, admin);
      expect(await im.rows('im_users', { userID: 'cid' })).toMatchObject([
        { phoneNumber: '123', gender: 2, nickname: 'Cid' },
      ]);
      expect(notices(1303).at(-1)).toEqual(signal(ADMIN, 'cid', 'cid'));
    });

    it.each([
      [null, 'UserInfo is empty'],
      [{}, 'UserID is empty'],
      [{ userID: '' }, 'UserID is empty'],
      ['ann', 'userInfo must be an object'],
      [{ userID: 'ann', nickname: 5 }, 'nickname must be a string'],
      [{ userID: 'ann', nickname: 'n'.repeat(256) }, 'nickname must be at most 255 characters'],
      [{ userID: 'ann', globalRecvMsgOpt: 3 }, 'globalRecvMsgOpt must be one of 0, 1, 2'],
    ])('refuses %j', async (userInfo, errDlt) => {
      const before = await profile();
      expect(await update(userInfo)).toEqual(argsError(errDlt));
      expect(await profile()).toEqual(before);
      expect(told).toEqual([]);
    });

    it('is for the user and administrators', async () => {
      expect(await update({ userID: 'ann', nickname: 'stolen' }, bob)).toEqual(NOT_ANN);
      expect(await update({ userID: 'nobody', nickname: 'x' }, bob)).toMatchObject({ errCode: 1002 });
      expect(await update({ userID: 'nobody', nickname: 'x' }, admin)).toEqual(NOT_FOUND);
      expect((await profile()).nickname).toBe('Ann');
      expect(told).toEqual([]);
    });
  });

  describe('/user/update_user_info_ex', () => {
    it('sets what is there, also to nothing', async () => {
      await update({ userID: 'bob', nickname: 'Bob', faceURL: 'f', ex: 'e', globalRecvMsgOpt: 1 }, bob);
      expect(await updateEx({ userID: 'bob', faceURL: '', ex: null, globalRecvMsgOpt: 0 }, bob)).toEqual(SUCCESS);
      expect(await profile('bob')).toEqual({ nickname: 'Bob', faceURL: '', ex: 'e', globalRecvMsgOpt: 0 });
    });

    it('tells the user also when nothing is there', async () => {
      expect(await updateEx({ userID: 'bob' }, bob)).toEqual(SUCCESS);
      expect(notices(1303)).toEqual([signal('bob', 'bob', 'bob')]);
    });

    it.each([
      [null, 'userInfo is empty'],
      [{}, 'userID is empty'],
      [{ userID: 'ann', ex: 'e'.repeat(4097) }, 'ex must be at most 4096 characters'],
      [{ userID: 'ann', globalRecvMsgOpt: -1 }, 'globalRecvMsgOpt must be one of 0, 1, 2'],
    ])('refuses %j', async (userInfo, errDlt) => {
      expect(await updateEx(userInfo)).toEqual(argsError(errDlt));
    });

    it('is for the user and administrators', async () => {
      expect(await updateEx({ userID: 'ann', nickname: '' }, bob)).toEqual(NOT_ANN);
      expect(await updateEx({ userID: 'nobody' }, admin)).toEqual(NOT_FOUND);
    });
  });

  describe('/user/set_global_msg_recv_opt', () => {
    const set = async (body: object, token = ann) => (await im.v3('/user/set_global_msg_recv_opt', body, token)).body;
    const write = () =>
      im.v1(
        '/manager/send_msg',
        { sendID: 'bob', recvID: 'ann', content: { text: 'hi' }, contentType: 101, sessionType: 1 },
        admin,
      );

    it('holds for the very next message', async () => {
      expect((await profile()).globalRecvMsgOpt).toBe(2);
      expect((await write()).body.errCode).toBe(0);
      expect(await set({ userID: 'ann', globalRecvMsgOpt: 1 })).toEqual(SUCCESS);
      expect(notices(1303)).toEqual([signal('ann', 'ann', 'ann')]);
      expect((await write()).body.errCode).not.toBe(0);
      expect(await set({ userID: 'ann' })).toEqual(SUCCESS);
      expect((await profile()).globalRecvMsgOpt).toBe(0);
      expect((await write()).body.errCode).toBe(0);
    });

    it('refuses other options and other callers', async () => {
      expect(await set({ globalRecvMsgOpt: 3 })).toEqual(argsError('GlobalRecvMsgOpt is invalid'));
      expect(await set({ globalRecvMsgOpt: 1 })).toEqual(argsError('UserID is empty'));
      expect(await set({ userID: 'ann', globalRecvMsgOpt: 1 }, bob)).toEqual(NOT_ANN);
      expect(await set({ userID: 'nobody' }, admin)).toEqual({ ...NOT_FOUND, errDlt: 'userID not found' });
      expect((await profile()).globalRecvMsgOpt).toBe(0);
    });
  });

  it('is asked about before, and told of after, with who did it', async () => {
    const events = im.get(ImEvents);
    const heard: unknown[] = [];
    events.on(UserUpdating, 'before', ({ actor, userID, profile: { nickname } }) => {
      if (nickname === 'forbidden') throw new OperationVetoed(`${actor.userID} may not call ${userID} that`, 4711);
    });
    events.on(UserUpdated, 'after-commit', ({ actor, userID, changed }) => {
      heard.push([actor.userID, actor.isAdmin, userID, changed]);
    });
    const before = await profile('bob');
    expect(await update({ userID: 'bob', nickname: 'forbidden' }, bob)).toEqual({
      errCode: 4711,
      errMsg: expect.any(String),
      errDlt: 'bob may not call bob that',
    });
    expect(await profile('bob')).toEqual(before);
    expect([told, heard]).toEqual([[], []]);
    await updateEx({ userID: 'bob', nickname: before.nickname, ex: 'new' }, bob);
    await updateEx({ userID: 'bob', ex: 'new' }, admin);
    expect(heard).toEqual([
      ['bob', false, 'bob', ['ex']],
      [ADMIN, true, 'bob', []],
    ]);
  });

  describe('a new name or avatar', () => {
    let groupID: string;
    let own: string;
    beforeAll(async () => {
      await im.v1('/friend/import_friend', { uidList: ['bob', 'cid'], ownerUid: 'ann' }, admin);
      groupID = await im.group('bob', 'dan');
      await im.v1('/group/invite_user_to_group', { groupID, uidList: ['ann'], reason: '' }, admin);
      // Created through v1, the group has names and avatars of its own.
      await update({ userID: 'ann', faceURL: 'avatar' });
      own = await im.group('ann', 'bob');
    });
    const last = async (collection: string, ownerID: string) =>
      Number((await im.rows('im_versions', { collection, ownerID }))[0]?.version ?? 0);

    it.each([
      ['her own doing', () => ann, 'ann'],
      ['an administrator’s', () => admin, ADMIN],
    ])('reaches friends and groups, when it is %s', async (_, token, op) => {
      const [friendVersion, memberVersion] = [await last('friends', 'bob'), await last('group-members', groupID)];
      const ownVersion = await last('group-members', own);
      const nickname = `Ann by ${op}`;
      expect(await updateEx({ userID: 'ann', nickname }, token())).toEqual(SUCCESS);

      expect(await changesOf('friends', 'bob', 'ann')).toEqual([{ version: friendVersion + 1, state: 3 }]);
      expect(await changesOf('friends', 'cid', 'ann')).toMatchObject([{ state: 3 }]);
      expect(await changesOf('friends', 'dan', 'ann')).toEqual([]);
      const byReceiver = notices(1209).sort((a, b) => (a.recvID < b.recvID ? -1 : 1));
      expect(byReceiver).toEqual([signal(op, 'bob', 'ann'), signal(op, 'cid', 'ann')]);

      expect(await changesOf('group-members', groupID, 'ann')).toEqual([{ version: memberVersion + 1, state: 3 }]);
      expect(await last('group-members', own)).toBe(ownVersion);
      const [version] = await im.rows('im_versions', { collection: 'group-members', ownerID: groupID });
      const member = {
        groupID,
        userID: 'ann',
        roleLevel: 20,
        joinTime: expect.any(Number),
        nickname,
        faceURL: 'avatar',
        appMangerLevel: 0,
        joinSource: 2,
        operatorUserID: ADMIN,
        ex: '',
        muteEndTime: 0,
        inviterUserID: ADMIN,
      };
      const operator = {
        ...member,
        userID: ADMIN,
        nickname: 'system1',
        faceURL: '',
        roleLevel: 60,
        joinTime: 0,
        appMangerLevel: 2,
        joinSource: 0,
        operatorUserID: '',
        inviterUserID: '',
      };
      expect(notices(1516)).toEqual([
        {
          sendID: op,
          recvID: groupID,
          groupID,
          seq: 0,
          tips: {
            group: expect.objectContaining({ groupID, memberCount: 3, ownerUserID: 'bob' }),
            opUser: op === 'ann' ? member : operator,
            operationTime: 0,
            changedUser: member,
            groupMemberVersion: memberVersion + 1,
            groupMemberVersionID: version.versionID,
            groupSortVersion: 0,
          },
        },
      ]);
      expect(notices(1303)).toEqual([signal(op, 'ann', 'ann')]);
    });

    it('is no news when it is the old one, and nobody but the user hears of other members', async () => {
      const before = [await last('friends', 'bob'), await last('group-members', groupID)];
      const { nickname } = await profile();
      await updateEx({ userID: 'ann', nickname, ex: 'changed', globalRecvMsgOpt: 0 });
      expect([await last('friends', 'bob'), await last('group-members', groupID)]).toEqual(before);
      expect(told.map(({ contentType }) => contentType)).toEqual([1303]);
    });

    it('reaches them from v1 too', async () => {
      await im.v1('/user/update_user_info', { uid: 'ann', name: 'from v1' }, admin);
      expect(notices(1209)).toHaveLength(2);
      expect(notices(1516)).toHaveLength(1);
    });

    it('reaches who lists the user, though he is not listed back', async () => {
      const { manager } = im.get(Transactions);
      await manager.delete(Friend, { ownerUserID: 'ann', friendUserID: 'cid' });
      await updateEx({ userID: 'ann', faceURL: 'newer' });
      expect(
        notices(1209)
          .map(({ recvID }) => recvID)
          .sort(),
      ).toEqual(['bob', 'cid']);
    });

    it('reaches nobody when it is taken back', async () => {
      const before = await last('friends', 'bob');
      const refuse = () => {
        throw new Error('no');
      };
      im.get(ImEvents).on(MessagesAccepted, 'in-transaction', ({ messages }) => {
        if (messages.some(({ content }) => content.includes('poison'))) refuse();
      });
      await im.v3('/user/update_user_info_ex', { userInfo: { userID: 'ann', nickname: 'poison' } }, ann);
      expect((await profile()).nickname).not.toBe('poison');
      expect(await last('friends', 'bob')).toBe(before);
      expect(told).toEqual([]);
    });
  });
});
