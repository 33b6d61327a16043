import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const PATH = '/group/create_group';
const GROUP_ID = /^[0-9a-f]{32}$/;

/** A parameter error that tells which field is wrong. */
const naming = (field: string) => ({
  errCode: 400,
  errMsg: expect.stringMatching(new RegExp(`(?<![a-z])${field}`, 'i')),
});

describeOnEachDatabase('Creating a group in v1', (database) => {
  let im: Im;
  let admin: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    // zoe appears only in requests that must be refused.
    await im.register('ann', 'bob', 'cid', 'eve', 'zoe');
  });
  afterAll(() => im?.close());

  const create = (change: object = {}) =>
    im.v1(PATH, { memberList: [{ uid: 'ann', setRole: 1 }], groupName: 'Climbers', ...change }, admin);

  /** Members by ID with their stored role. */
  async function rolesIn(groupID: string): Promise<Record<string, number>> {
    const members = await im.rows('im_group_members', { groupID });
    return Object.fromEntries(members.map((member) => [member.userID, Number(member.roleLevel)]));
  }

  /** The messages of the group by seq, once there are as many as expected. */
  function messagesOf(groupID: string, count: number): Promise<any[]> {
    return vi.waitFor(
      async () => {
        const rows = await im.rows('im_messages', { conversationID: `sg_${groupID}` });
        expect(rows).toHaveLength(count);
        return rows.sort((a, b) => Number(a.seq) - Number(b.seq));
      },
      { timeout: 5000 },
    );
  }

  async function expectNothingCreated(): Promise<void> {
    expect(await im.rows('im_group_members', { userID: 'zoe' })).toEqual([]);
    expect(await im.rows('im_groups', { groupName: 'Refused' })).toEqual([]);
    expect(await im.rows('im_conversations', { ownerUserID: 'zoe' })).toEqual([]);
  }

  describe('A group that is created', () => {
    it('answers the ID of the group, 32 hex digits, and nothing else', async () => {
      const answer = await create({ introduction: '简介', notification: '公告', faceUrl: 'url', operationID: '1' });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 0, errMsg: '', data: { groupID: expect.stringMatching(GROUP_ID) } });
    });

    it('is stored as it was described', async () => {
      const answer = await create({ introduction: '简介', notification: '公告', faceUrl: 'http://face', ex: 'extra' });
      const [group] = await im.rows('im_groups', { groupID: answer.body.data.groupID });
      expect(group).toMatchObject({
        groupName: 'Climbers',
        introduction: '简介',
        notification: '公告',
        faceURL: 'http://face',
        ex: 'extra',
      });
      expect(Number(group.status)).toBe(0);
    });

    it('gets another ID than a group of the same description', async () => {
      const [one, two] = [await create(), await create()];
      expect(one.body.data.groupID).not.toBe(two.body.data.groupID);
    });

    it('gives 1 the role of the owner, 2 that of an administrator, 0 and no role that of an ordinary member', async () => {
      const memberList = [
        { uid: 'ann', setRole: 1 },
        { uid: 'bob', setRole: 2 },
        { uid: 'cid', setRole: 0 },
        { uid: 'eve' },
      ];
      const answer = await create({ memberList });
      expect(await rolesIn(answer.body.data.groupID)).toEqual({ ann: 100, bob: 60, cid: 20, eve: 20 });
    });

    it('does not need its owner to come first', async () => {
      const answer = await create({ memberList: [{ uid: 'bob' }, { uid: 'ann', setRole: 1 }] });
      expect(await rolesIn(answer.body.data.groupID)).toEqual({ ann: 100, bob: 20 });
    });

    it('does not have the administrator who created it as a member', async () => {
      const answer = await create();
      expect(await rolesIn(answer.body.data.groupID)).toEqual({ ann: 100 });
    });

    it('copies nickname and avatar of its members from their profiles', async () => {
      await im.register('fay');
      await im.v1('/user/update_user_info', { uid: 'fay', name: 'Fay the Great', icon: 'http://fay' }, admin);
      const answer = await create({ memberList: [{ uid: 'fay', setRole: 1 }] });
      const [fay] = await im.rows('im_group_members', { groupID: answer.body.data.groupID });
      expect(fay).toMatchObject({ userID: 'fay', nickname: 'Fay the Great', faceURL: 'http://fay' });
    });

    it('notes in milliseconds when its members joined', async () => {
      const before = Date.now();
      const answer = await create();
      const [ann] = await im.rows('im_group_members', { groupID: answer.body.data.groupID });
      expect(Number(ann.joinTime)).toBeGreaterThanOrEqual(before);
      expect(Number(ann.joinTime)).toBeLessThanOrEqual(Date.now());
    });

    it('skips members who are not registered', async () => {
      const answer = await create({ memberList: [{ uid: 'ann', setRole: 1 }, { uid: 'ghost' }, { uid: 'bob' }] });
      expect(answer.body.errCode).toBe(0);
      expect(await rolesIn(answer.body.data.groupID)).toEqual({ ann: 100, bob: 20 });
    });

    it('counts a member who is listed twice once', async () => {
      const answer = await create({ memberList: [{ uid: 'ann', setRole: 1 }, { uid: 'bob' }, { uid: 'bob' }] });
      expect(answer.body.errCode).toBe(0);
      expect(await im.rows('im_group_members', { groupID: answer.body.data.groupID, userID: 'bob' })).toHaveLength(1);
      expect(await rolesIn(answer.body.data.groupID)).toEqual({ ann: 100, bob: 20 });
    });

    it('is called groupChat when its name is empty', async () => {
      const answer = await create({ groupName: '' });
      expect(await im.rows('im_groups', { groupID: answer.body.data.groupID })).toMatchObject([
        { groupName: 'groupChat' },
      ]);
    });
  });

  describe('The members of a new group', () => {
    const memberList = [{ uid: 'ann', setRole: 1 }, { uid: 'bob' }];

    it('are told of it by the first message of the group', async () => {
      const { groupID } = (await create({ memberList })).body.data;
      const [message] = await messagesOf(groupID, 1);
      expect(message).toMatchObject({ groupID, sendID: 'openIM123456' });
      expect([message.seq, message.contentType, message.sessionType, message.msgFrom].map(Number)).toEqual([
        1, 1501, 3, 200,
      ]);
      const { group } = JSON.parse(JSON.parse(message.content).detail);
      expect(group).toMatchObject({ groupID, groupName: 'Climbers', ownerUserID: 'ann', memberCount: 2 });
    });

    it('read its announcement right after that', async () => {
      const { groupID } = (await create({ memberList, notification: 'Rope needed' })).body.data;
      const messages = await messagesOf(groupID, 2);
      expect(messages.map((message) => Number(message.contentType))).toEqual([1501, 1519]);
      expect(messages.map((message) => Number(message.seq))).toEqual([1, 2]);
    });

    it('have the conversation of the group', async () => {
      const { groupID } = (await create({ memberList })).body.data;
      const conversations = await vi.waitFor(async () => {
        const rows = await im.rows('im_conversations', { conversationID: `sg_${groupID}` });
        expect(rows).toHaveLength(2);
        return rows;
      });
      expect(conversations.map((row) => row.ownerUserID).sort()).toEqual(['ann', 'bob']);
      for (const conversation of conversations) {
        expect(conversation.groupID).toBe(groupID);
        expect(Number(conversation.conversationType)).toBe(3);
      }
    });
  });

  describe('The owner of a new group', () => {
    it.each<[string, object[]]>([
      [
        'nobody is the owner',
        [
          { uid: 'zoe', setRole: 2 },
          { uid: 'bob', setRole: 0 },
        ],
      ],
      [
        'two are the owner',
        [
          { uid: 'zoe', setRole: 1 },
          { uid: 'bob', setRole: 1 },
        ],
      ],
    ])('is exactly one: the group is refused when %s', async (_case, memberList) => {
      const answer = await create({ groupName: 'Refused', memberList });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 700, errMsg: 'param failed' });
      await expectNothingCreated();
    });

    it('is a registered user', async () => {
      const memberList = [{ uid: 'ghost', setRole: 1 }, { uid: 'zoe' }];
      const answer = await create({ groupName: 'Refused', memberList });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 619, errMsg: 'create group chat failed' });
      await expectNothingCreated();
    });
  });

  describe('Who may create a group', () => {
    const body = { memberList: [{ uid: 'zoe', setRole: 1 }], groupName: 'Refused' };

    it.each<[string, string | undefined]>([
      ['no token', undefined],
      ['a garbage token', 'garbage'],
      ['a token of a foreign signature', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVSUQiOiJvcGVuSU0xMjM0NTYifQ.AAAA'],
    ])('not a caller with %s', async (_case, token) => {
      const answer = await im.v1(PATH, body, token);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 200, errMsg: 'Parse token failed' });
      await expectNothingCreated();
    });

    it('not an ordinary user, not even a group of their own', async () => {
      const answer = await im.v1(PATH, body, await im.tokenOf('zoe'));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ errCode: 800, errMsg: 'no permission' });
      await expectNothingCreated();
    });

    it('and a malformed request is refused as malformed whoever sends it', async () => {
      for (const token of [undefined, 'garbage', await im.tokenOf('zoe')]) {
        const answer = await im.v1(PATH, { memberList: body.memberList }, token);
        expect(answer.status).toBe(400);
        expect(answer.body).toEqual(naming('groupName'));
      }
      await expectNothingCreated();
    });
  });

  describe('A malformed request', () => {
    const zoe = { uid: 'zoe', setRole: 1 };

    it.each<[string, object]>([
      ['memberList', { memberList: undefined }],
      ['memberList', { memberList: null }],
      ['memberList', { memberList: [] }],
      ['memberList', { memberList: 'zoe' }],
      ['memberList', { memberList: { uid: 'zoe', setRole: 1 } }],
      ['memberList', { memberList: ['zoe'] }],
      ['uid', { memberList: [zoe, { setRole: 0 }] }],
      ['uid', { memberList: [zoe, { uid: '', setRole: 0 }] }],
      ['uid', { memberList: [zoe, { uid: 7, setRole: 0 }] }],
      ['setRole', { memberList: [zoe, { uid: 'bob', setRole: 3 }] }],
      ['setRole', { memberList: [zoe, { uid: 'bob', setRole: -1 }] }],
      ['setRole', { memberList: [zoe, { uid: 'bob', setRole: '2' }] }],
      ['setRole', { memberList: [zoe, { uid: 'bob', setRole: 1.5 }] }],
      ['groupName', { groupName: undefined }],
      ['groupName', { groupName: null }],
      ['groupName', { groupName: 5 }],
      ['introduction', { introduction: 5 }],
      ['notification', { notification: {} }],
      ['faceUrl', { faceUrl: [] }],
      ['operationID', { operationID: undefined }],
      ['operationID', { operationID: '' }],
      ['operationID', { operationID: 12 }],
    ])('names %s for %j', async (field, change) => {
      const body = { memberList: [zoe], groupName: 'Refused', operationID: 'op', ...change };
      const answer = await im.post(PATH, body, { token: admin });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual(naming(field));
      await expectNothingCreated();
    });

    it.each<[string, string]>([
      ['is empty', ''],
      ['is not JSON', '{"memberList":'],
      ['is an array', '[]'],
      ['is a string', '"group"'],
      [
        'has the key __proto__',
        '{"memberList":[{"uid":"zoe","setRole":1}],"groupName":"Refused","operationID":"1","__proto__":{}}',
      ],
      [
        'has the key __proto__ in a member',
        '{"memberList":[{"uid":"zoe","setRole":1,"__proto__":{"a":1}}],"groupName":"Refused","operationID":"1"}',
      ],
    ])('is refused when its body %s', async (_case, body) => {
      const answer = await im.post(PATH, body, { token: admin, 'content-type': 'application/json' });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ errCode: 400, errMsg: expect.any(String) });
      await expectNothingCreated();
    });
  });

  describe('The length of a text', () => {
    it.each<[string, string]>([
      ['groupName', 'groupName'],
      ['introduction', 'introduction'],
      ['notification', 'notification'],
      ['faceUrl', 'faceURL'],
      ['ex', 'ex'],
    ])('of %s is at most 255 characters, a pictograph being one', async (field, column) => {
      const longest = '😀'.repeat(255);
      const accepted = await create({ [field]: longest });
      expect(accepted.body).toMatchObject({ errCode: 0 });
      const [group] = await im.rows('im_groups', { groupID: accepted.body.data.groupID });
      expect(group[column]).toBe(longest);

      const refused = await create({ memberList: [{ uid: 'zoe', setRole: 1 }], [field]: 'x'.repeat(256) });
      expect(refused.status).toBe(400);
      expect(refused.body).toEqual(naming(field));
      await expectNothingCreated();
    });
  });

  describe('The request', () => {
    const body = { memberList: [{ uid: 'ann', setRole: 1 }], groupName: 'Climbers', operationID: '1' };

    it('may spell the avatar faceURL', async () => {
      const answer = await create({ faceURL: 'http://capitals' });
      expect(await im.rows('im_groups', { groupID: answer.body.data.groupID })).toMatchObject([
        { faceURL: 'http://capitals' },
      ]);
    });

    it('may carry members nobody knows, and null for what is optional', async () => {
      const answer = await create({ colour: 'red', introduction: null, notification: null, faceUrl: null });
      expect(answer.body).toMatchObject({ errCode: 0 });
    });

    it.each(['text/plain', 'application/x-www-form-urlencoded'])(
      'is read as JSON when it says it is %s',
      async (type) => {
        const answer = await im.post(PATH, JSON.stringify(body), { token: admin, 'content-type': type });
        expect(answer.body).toEqual({ errCode: 0, errMsg: '', data: { groupID: expect.stringMatching(GROUP_ID) } });
      },
    );
  });
});
