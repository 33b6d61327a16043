import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idHashOf } from '../../../src/sync/id-hash.js';
import { write, writeToGroup } from '../../support/conversations.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
const NO_PERMISSION = { errCode: 1002, errMsg: 'NoPermissionError' };
const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };

describeOnEachDatabase('v3 conversations', (database) => {
  let im: Im;
  let admin: string;
  let ann: string;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'cid');
    admin = await im.adminToken();
    ann = await im.tokenOf('ann');
    await write(im, 'ann', 'bob');
    await write(im, 'cid', 'ann');
    groupID = await im.group('bob', 'ann');
  });
  afterAll(() => im.close());

  const call = async (name: string, body: object, token = ann): Promise<any> =>
    (await im.v3(`/conversation/${name}`, body, token)).body;
  const idsOf = async (name: string, body: object, token = ann): Promise<string[]> =>
    (await call(name, body, token)).data.conversations?.map((one: any) => one.conversationID);
  const all = () => ['si_ann_bob', 'si_ann_cid', `sg_${groupID}`];

  describe('a conversation', () => {
    it('has exactly the documented members', async () => {
      expect(await call('get_conversation', { ownerUserID: 'ann', conversationID: 'si_ann_bob' })).toEqual({
        ...SUCCESS,
        data: {
          conversation: {
            ownerUserID: 'ann',
            conversationID: 'si_ann_bob',
            recvMsgOpt: 0,
            conversationType: 1,
            userID: 'bob',
            groupID: '',
            isPinned: false,
            attachedInfo: '',
            isPrivateChat: false,
            groupAtType: 0,
            ex: '',
            burnDuration: 0,
            minSeq: 0,
            maxSeq: 0,
            msgDestructTime: 0,
            latestMsgDestructTime: -62135596800000,
            isMsgDestruct: false,
          },
        },
      });
    });

    it('of a group names the group', async () => {
      const { data } = await call('get_conversation', { ownerUserID: 'ann', conversationID: `sg_${groupID}` });
      expect(data.conversation).toMatchObject({ conversationType: 3, userID: '', groupID });
    });

    it('that is not there is not found', async () => {
      expect(await call('get_conversation', { ownerUserID: 'ann', conversationID: 'si_ann_zoe' })).toEqual({
        errCode: 1004,
        errMsg: 'RecordNotFoundError',
        errDlt: 'conversation not found',
      });
    });

    it.each([
      ['get_conversation', { conversationID: 'x' }, 'ownerUserID is empty'],
      ['get_conversation', { ownerUserID: 'ann' }, 'conversationID is empty'],
      ['get_conversations', { conversationIDs: ['x'] }, 'ownerUserID is empty'],
      ['get_conversations', { ownerUserID: 'ann' }, 'conversationIDs is empty'],
      ['get_conversations', { ownerUserID: 'ann', conversationIDs: [] }, 'conversationIDs is empty'],
      ['get_all_conversations', {}, 'ownerUserID is empty'],
      ['get_sorted_conversation_list', { pagination: { pageNumber: 1 } }, 'userID is empty'],
      ['get_sorted_conversation_list', { userID: 'ann' }, 'pagination is empty'],
      ['get_sorted_conversation_list', { userID: 'ann', pagination: { pageNumber: 0 } }, 'pageNumber is invalid'],
      ['delete_conversations', { ownerUserID: 'ann' }, 'need_delete_time or conversationIDs need be set'],
      [
        'delete_conversations',
        { ownerUserID: 'ann', needDeleteTime: 1, conversationIDs: ['x'] },
        'need_delete_time and conversationIDs cannot both be set',
      ],
      ['delete_conversations', { ownerUserID: 'ann', needDeleteTime: -1 }, expect.stringContaining('needDeleteTime')],
    ])('%s refuses %j', async (name, body, errDlt) => {
      expect(await call(name, body)).toEqual(argsError(errDlt));
    });
  });

  describe('lists', () => {
    it('by ID leave out what is not there', async () => {
      const conversationIDs = ['si_ann_cid', 'unknown', 'si_ann_bob', 'si_ann_cid'];
      const found = await idsOf('get_conversations', { ownerUserID: 'ann', conversationIDs });
      expect(found).toEqual(['si_ann_cid', 'si_ann_bob']);
      expect(await call('get_conversations', { ownerUserID: 'ann', conversationIDs: ['unknown'] })).toEqual({
        ...SUCCESS,
        data: { conversations: null },
      });
    });

    it('have everything in the order of its creation', async () => {
      expect(await idsOf('get_all_conversations', { ownerUserID: 'ann' })).toEqual(all());
    });

    it('come in pages', async () => {
      const page = (pageNumber: number, showNumber: number) =>
        call('get_owner_conversation', { userID: 'ann', pagination: { pageNumber, showNumber } });
      const first = await page(1, 2);
      const second = await page(2, 2);
      expect(first.data.total).toBe(3);
      expect([...first.data.conversations, ...second.data.conversations].map((one) => one.conversationID)).toEqual(
        all(),
      );
      for (const empty of [page(3, 2), page(1, 0), page(0, 10), call('get_owner_conversation', { userID: 'ann' })]) {
        expect((await empty).data).toEqual({ total: 3, conversations: null });
      }
    });

    it('are of a user who has none empty', async () => {
      await im.register('lone');
      const lone = await im.tokenOf('lone');
      expect((await call('get_all_conversations', { ownerUserID: 'lone' }, lone)).data).toEqual({
        conversations: null,
      });
      expect((await call('get_pinned_conversation_ids', { userID: 'lone' }, lone)).data).toEqual({
        conversationIDs: null,
      });
      const sorted = await call(
        'get_sorted_conversation_list',
        { userID: 'lone', pagination: { pageNumber: 1, showNumber: 1 } },
        lone,
      );
      expect(sorted).toMatchObject({ errCode: 1004 });
    });
  });

  describe('others', () => {
    it.each([
      ['get_conversation', { ownerUserID: 'ann', conversationID: 'si_ann_bob' }],
      ['get_conversations', { ownerUserID: 'ann', conversationIDs: ['si_ann_bob'] }],
      ['get_all_conversations', { ownerUserID: 'ann' }],
      ['get_owner_conversation', { userID: 'ann' }],
      ['get_owner_conversation', {}],
      ['get_sorted_conversation_list', { userID: 'ann', pagination: { pageNumber: 1, showNumber: 1 } }],
      ['update_conversations_by_user', { userID: 'ann', ex: 'x' }],
      ['delete_conversations', { ownerUserID: 'ann', conversationIDs: ['si_ann_bob'] }],
      ['get_not_notify_conversation_ids', { userID: 'ann' }],
      ['get_pinned_conversation_ids', { userID: 'ann' }],
      ['get_full_conversation_ids', { userID: 'ann' }],
      ['get_incremental_conversations', { userID: 'ann' }],
      ['set_conversations', { userIDs: ['ann'], conversation: { conversationType: 1, userID: 'bob' } }],
      ['set_conversations', { userIDs: ['bob', 'ann'], conversation: { conversationType: 1, userID: 'bob' } }],
    ])('do not get through %s with %j', async (name, body) => {
      const bob = await im.tokenOf('bob');
      expect(await call(name, body, bob)).toMatchObject(NO_PERMISSION);
    });

    it('are administrators', async () => {
      expect(await idsOf('get_all_conversations', { ownerUserID: 'ann' }, admin)).toEqual(all());
    });
  });

  describe('synchronising', () => {
    it('answers all IDs, unless the client has them', async () => {
      const { data } = await call('get_full_conversation_ids', { userID: 'ann', idHash: 0 });
      expect(data).toEqual({
        version: expect.any(Number),
        versionID: expect.stringMatching(/^[0-9a-f]{24}$/),
        equal: false,
        conversationIDs: all(),
      });
      const known = `{"userID":"ann","idHash":${idHashOf(all())}}`;
      const answer = await im.post('/conversation/get_full_conversation_ids', known, { operationID: 'o', token: ann });
      expect(answer.body.data).toMatchObject({ equal: true, conversationIDs: null });
    });

    it('answers what changed since a version', async () => {
      const nothingKnown = await call('get_incremental_conversations', { userID: 'ann', versionID: '', version: 0 });
      expect(nothingKnown.data).toEqual({
        version: expect.any(Number),
        versionID: expect.any(String),
        full: true,
        delete: null,
        insert: null,
        update: null,
      });
      const { version, versionID } = nothingKnown.data;
      await im.register('new');
      await write(im, 'new', 'ann');
      const conversation = { conversationID: 'si_ann_bob', conversationType: 1, userID: 'bob', isPinned: true };
      expect(await call('set_conversations', { userIDs: ['ann'], conversation })).toEqual(SUCCESS);
      expect(
        await call('delete_conversations', { ownerUserID: 'ann', conversationIDs: ['si_ann_cid', 'unknown'] }),
      ).toEqual(SUCCESS);
      const { data } = await call('get_incremental_conversations', { userID: 'ann', versionID, version });
      expect(data).toMatchObject({ version: version + 3, versionID, full: false, delete: ['si_ann_cid'] });
      expect(data.insert.map((one: any) => one.conversationID)).toEqual(['si_ann_new']);
      expect(data.update).toEqual([expect.objectContaining({ conversationID: 'si_ann_bob', isPinned: true })]);
      const now = await call('get_incremental_conversations', { userID: 'ann', versionID, version: version + 3 });
      expect(now.data).toMatchObject({ full: false, delete: null, insert: null, update: null });
      expect((await call('get_pinned_conversation_ids', { userID: 'ann' })).data).toEqual({
        conversationIDs: ['si_ann_bob'],
      });
    });
  });

  describe('the sorted list', () => {
    it('has pinned conversations first, then the newest, and loses none of the same time', async () => {
      await im.register('max', 'p1', 'p2', 'p3', 'p4');
      const max = await im.tokenOf('max');
      const at = Date.now();
      for (const peer of ['p1', 'p2', 'p3']) await write(im, peer, 'max', `from ${peer}`, at);
      await write(im, 'max', 'p4', 'own', at + 5000);
      await call(
        'set_conversations',
        {
          userIDs: ['max'],
          conversation: { conversationID: 'si_max_p2', conversationType: 1, userID: 'p2', isPinned: true },
        },
        max,
      );
      const list = async (pageNumber: number, conversationIDs: string[] = []) =>
        (
          await call(
            'get_sorted_conversation_list',
            { userID: 'max', conversationIDs, pagination: { pageNumber, showNumber: 2 } },
            max,
          )
        ).data;
      const pages = [await list(1), await list(2), await list(3)];
      expect(pages.map((page) => page.conversationElems?.map((one: any) => one.conversationID))).toEqual([
        ['si_max_p2', 'si_max_p4'],
        ['si_max_p1', 'si_max_p3'],
        undefined,
      ]);
      expect(pages[0]).toMatchObject({ conversationTotal: 4, unreadTotal: 3 });
      expect(pages[2].conversationElems).toBeNull();
      expect(await list(1, ['si_max_p1', 'si_max_zoe'])).toMatchObject({ conversationTotal: 1, unreadTotal: 1 });
      // Of one's own message, the name shown is the peer's.
      expect(pages[0].conversationElems[1]).toEqual({
        conversationID: 'si_max_p4',
        recvMsgOpt: 0,
        unreadCount: 0,
        IsPinned: false,
        msgInfo: {
          serverMsgID: expect.any(String),
          clientMsgID: expect.any(String),
          sessionType: 1,
          sendID: 'max',
          recvID: 'p4',
          senderName: 'p4',
          faceURL: '',
          groupID: '',
          groupName: '',
          groupFaceURL: '',
          groupType: 0,
          groupMemberCount: 0,
          LatestMsgRecvTime: at + 5000,
          msgFrom: 100,
          contentType: 101,
          content: '{"content":"own"}',
          ex: '',
        },
      });
    });

    it('tells of a group its name and size', async () => {
      await writeToGroup(im, 'bob', groupID, 'news');
      const { data } = await call('get_sorted_conversation_list', {
        userID: 'ann',
        conversationIDs: [`sg_${groupID}`],
        pagination: { pageNumber: 1, showNumber: 1 },
      });
      expect(data.conversationElems[0].msgInfo).toMatchObject({
        groupID,
        groupName: 'group',
        groupType: 2,
        groupMemberCount: 2,
        senderName: 'bob',
        content: '{"content":"news"}',
      });
    });
  });
});
