import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImEvents } from '../../../src/events/events.js';
import { ConversationsChanged } from '../../../src/messaging/conversation.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('Mentions in groups', (database) => {
  let im: Im;
  let admin: string;
  let groupID: string;
  let changes: Record<string, readonly string[]>[];

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    im.get(ImEvents).on(ConversationsChanged, 'after-commit', ({ changed }) => {
      changes.push(Object.fromEntries(changed));
    });
  });
  afterAll(() => im?.close());

  async function newGroup(): Promise<void> {
    groupID = await im.group('ann', 'bob', 'cid', 'dan');
    await im.register('zoe');
    await im.v1('/group/invite_user_to_group', { groupID, uidList: ['zoe'] }, admin);
    await im.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: 'zoe' }] }, admin);
    changes = [];
  }

  const mention = async (atUserList: string[], change: object = {}): Promise<void> => {
    const content = { text: 'look', atUserList, isAtSelf: false };
    const message = { sendID: 'ann', groupID, sessionType: 3, contentType: 106, content, ...change };
    expect((await im.v3('/msg/send_msg', message, admin)).body).toMatchObject({ errCode: 0 });
  };
  const marks = async (): Promise<Record<string, number>> => {
    const rows = await im.rows('im_conversations', { conversationID: `sg_${groupID}` });
    return Object.fromEntries(
      rows.filter((row) => row.groupAtType !== 0).map((row) => [row.ownerUserID, row.groupAtType]),
    );
  };
  const versionOf = async (ownerID: string): Promise<number> => {
    const [row] = await im.rows('im_versions', { collection: 'conversations', ownerID });
    return Number(row.version);
  };

  it.each<[string, string[], Record<string, number>]>([
    ['of members', ['bob', 'cid'], { bob: 1, cid: 1 }],
    ['of one twice', ['bob', 'bob'], { bob: 1 }],
    ['of oneself', ['ann'], { ann: 1 }],
    ['of who is no member, or was one', ['nobody', 'zoe'], {}],
    ['of everybody', ['AtAllTag'], { bob: 2, cid: 2, dan: 2 }],
    ['of everybody and members', ['AtAllTag', 'cid', 'zoe'], { bob: 2, cid: 3, dan: 2 }],
    ['of everybody and oneself', ['ann', 'AtAllTag'], { ann: 3, bob: 2, cid: 2, dan: 2 }],
  ])('%s show in their conversation lists', async (_case, atUserList, expected) => {
    await newGroup();
    const before = await Promise.all(['ann', 'bob', 'dan'].map(versionOf));
    await mention(atUserList);
    expect(await marks()).toEqual(expected);
    const owners = Object.keys(expected);
    expect(changes).toEqual(
      owners.length === 0 ? [] : [Object.fromEntries(owners.map((owner) => [owner, [`sg_${groupID}`]]))],
    );
    const after = await Promise.all(['ann', 'bob', 'dan'].map(versionOf));
    expect(after).toEqual(before.map((version, index) => version + Number(['ann', 'bob', 'dan'][index] in expected)));
  });

  it('are told once: who has the mark is not told again', async () => {
    await newGroup();
    await mention(['bob']);
    await mention(['bob', 'cid']);
    expect(changes).toEqual([{ bob: [`sg_${groupID}`] }, { cid: [`sg_${groupID}`] }]);
    await mention(['AtAllTag']);
    expect(await marks()).toEqual({ bob: 2, cid: 2, dan: 2 });
  });

  it('many at once, of several groups in one commit', async () => {
    await newGroup();
    const first = groupID;
    const second = await im.group('ann', 'bob', 'cid');
    await Promise.all([
      mention(['bob']),
      mention(['bob'], { groupID: second }),
      mention(['AtAllTag'], { groupID: second }),
      mention(['cid'], { groupID: first }),
    ]);
    groupID = first;
    expect(await marks()).toEqual({ bob: 1, cid: 1 });
    groupID = second;
    const { bob, ...others } = await marks();
    expect(others).toEqual({ cid: 2 });
    expect([1, 2]).toContain(bob);
  });

  describe('change nothing', () => {
    it.each<[string, object]>([
      ['in a single chat', { sessionType: 1, recvID: 'bob', groupID: undefined }],
      ['for those online only', { isOnlineOnly: true }],
      ['in a text that is no mention', { contentType: 101, content: { content: '@bob', atUserList: ['bob'] } }],
    ])('%s', async (_case, change) => {
      await newGroup();
      await mention(['bob'], change);
      expect(await marks()).toEqual({});
      expect(await im.rows('im_conversations', { groupAtType: 1, ownerUserID: 'bob', conversationType: 1 })).toEqual(
        [],
      );
      expect(changes).toEqual([]);
    });
  });

  it('work in v1 too', async () => {
    await newGroup();
    const message = { sendID: 'ann', recvID: groupID, sessionType: 2, contentType: 106 };
    await im.v1(
      '/manager/send_msg',
      { ...message, content: { text: 'x', atUserList: ['dan'], isAtSelf: false } },
      admin,
    );
    expect(await marks()).toEqual({ dan: 1 });
  });
});

describeOnEachDatabase('Where only friends write to each other', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database, env: { FRIEND_VERIFY: 'true' } });
    await im.register('ann', 'bob', 'cid');
    await im.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'bob' }, await im.adminToken());
    const users = [{ userID: 'news', appMangerLevel: 3 }];
    await im.v3('/user/user_register', { secret: 'openIM123', users });
  });
  afterAll(() => im?.close());

  it.each<[string, string, number]>([
    ['ann', 'bob', 0],
    ['bob', 'ann', 0],
    ['ann', 'cid', 1303],
    ['news', 'cid', 0],
    ['openIM123456', 'cid', 0],
  ])('%s to %s', async (sendID, recvID, errCode) => {
    const message = { sendID, recvID, sessionType: 1, contentType: 101, content: { content: 'x' } };
    const { body } = await im.v3('/msg/send_msg', message, await im.adminToken());
    expect(body.errCode).toBe(errCode);
    expect(await im.rows('im_messages', { sendID, recvID, contentType: 101 })).toHaveLength(errCode === 0 ? 1 : 0);
  });
});
