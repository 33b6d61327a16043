import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { write, writeToGroup } from '../../support/conversations.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const ACTIVE = '/jssdk/get_active_conversations';
const SOME = '/jssdk/get_conversations';

describeOnEachDatabase('v3 jssdk', (database) => {
  let im: Im;
  let ann: string;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob', 'cid');
    ann = await im.tokenOf('ann');
    groupID = await im.group('bob', 'ann');
    await write(im, 'bob', 'ann', 'first');
    await write(im, 'ann', 'cid', 'to cid');
    await write(im, 'bob', 'ann', 'latest');
    await im.v1('/friend/import_friend', { uid: 'bob', ownerUid: 'ann' }, await im.adminToken());
    await writeToGroup(im, 'bob', groupID, 'to all');
  });
  afterAll(() => im.close());

  const call = async (path: string, body: object, token = ann): Promise<any> => (await im.v3(path, body, token)).body;
  /** Sends a body of any type, and reads `data` as a protobuf message when it is text. */
  const raw = async (path: string, body: Uint8Array | string, contentType: string | undefined): Promise<any> => {
    const headers = { operationID: randomUUID(), token: ann, ...(contentType ? { 'content-type': contentType } : {}) };
    const blob = contentType ? body : new Blob([body as string]);
    const answer: any = await (await fetch(im.url + path, { method: 'POST', headers, body: blob as BodyInit })).json();
    const answerType = path === ACTIVE ? 'GetActiveConversationsResp' : 'GetConversationsResp';
    return typeof answer.data === 'string'
      ? { ...answer, data: protobufType(answerType).decode(Buffer.from(answer.data, 'base64')) }
      : answer;
  };
  const idsOf = ({ data }: any): string[] => data.conversations.map((one: any) => one.conversation.conversationID);

  describe('in JSON', () => {
    it('answers conversations with all that is shown of them', async () => {
      const answer = await call(ACTIVE, { ownerUserID: 'bob', count: 10 });
      expect(answer).toMatchObject(SUCCESS);
      expect(idsOf(answer)).toEqual([`sg_${groupID}`, 'si_ann_bob', 'si_ann_cid']);
      const [inGroup, withBob, withCid] = answer.data.conversations;
      expect(Object.keys(withBob)).toEqual(['conversation', 'lastMsg', 'user', 'friend', 'group', 'maxSeq', 'readSeq']);
      expect(withBob).toMatchObject({
        conversation: { ownerUserID: 'ann', userID: 'bob', conversationType: 1 },
        user: { userID: 'bob', nickname: 'bob' },
        friend: { ownerUserID: 'ann', friendUserID: 'bob', remark: '', isPinned: false },
        group: null,
        readSeq: 0,
      });
      expect(withBob.maxSeq).toBe(withBob.lastMsg.seq);
      expect(withBob.friend.createTime).toBeGreaterThan(1e12);
      expect(withCid).toMatchObject({ friend: null, user: { userID: 'cid' }, maxSeq: 1, readSeq: 1 });
      expect(Buffer.from(withCid.lastMsg.content, 'base64').toString()).toBe('{"content":"to cid"}');
      expect(inGroup).toMatchObject({
        user: null,
        friend: null,
        group: { groupID, memberCount: 2, ownerUserID: 'bob' },
      });
      const unread = answer.data.conversations.reduce((sum: number, one: any) => sum + one.maxSeq - one.readSeq, 0);
      expect(answer.data.unreadCount).toBe(unread);
    });

    it('answers the first of them, and counts what is unread in all', async () => {
      const all = await call(ACTIVE, {});
      const first = await call(ACTIVE, { count: 1 });
      expect(idsOf(first)).toEqual(idsOf(all).slice(0, 1));
      expect(first.data.unreadCount).toBe(all.data.unreadCount);
      for (const count of [0, -1, 501]) expect(idsOf(await call(ACTIVE, { count }))).toEqual(idsOf(all));
    });

    it('answers those asked for, in their order', async () => {
      const answer = await call(SOME, { conversationIDs: ['si_ann_cid', 'si_bob_cid', 'si_ann_bob'] });
      expect(idsOf(answer)).toEqual(['si_ann_cid', 'si_ann_bob']);
      const [withCid, withBob] = answer.data.conversations;
      expect(answer.data.unreadCount).toBe(withBob.maxSeq - withBob.readSeq + withCid.maxSeq - withCid.readSeq);
    });

    it('answers null when there is nothing, and [] when nothing has a message', async () => {
      const nothing = { ...SUCCESS, data: { unreadCount: 0, conversations: null } };
      expect(await call(SOME, {})).toEqual(nothing);
      expect(await call(SOME, { conversationIDs: ['unknown'] })).toEqual(nothing);
      await im.register('new');
      const token = await im.tokenOf('new');
      expect(await call(ACTIVE, {}, token)).toEqual(nothing);
      const conversation = { conversationID: 'si_ann_new', conversationType: 1, userID: 'ann', isPinned: true };
      await call('/conversation/set_conversations', { userIDs: ['new'], conversation }, token);
      expect(await call(SOME, { conversationIDs: ['si_ann_new'] }, token)).toEqual({
        ...SUCCESS,
        data: { unreadCount: 0, conversations: [] },
      });
    });
  });

  describe('in protobuf', () => {
    it.each(['application/x-protobuf', 'application/protobuf', 'application/x-protobuf; charset=utf-8'])(
      'answers %s with the same as base64',
      async (contentType) => {
        const json = await call(ACTIVE, { count: 2 });
        const asked = protobufType('GetActiveConversationsReq').encode({ ownerUserID: 'bob', count: 2 });
        const { data, ...envelope } = await raw(ACTIVE, asked, contentType);
        expect(envelope).toEqual(SUCCESS);
        expect(data.unreadCount).toBe(json.data.unreadCount);
        const sent = protobufType('GetActiveConversationsResp');
        expect(data).toEqual(sent.decode(sent.encode(json.data)));
        expect(idsOf({ data })).toEqual(idsOf(json));
        expect(data.conversations[0].conversation.latestMsgDestructTime).toBe(-62135596800000);
      },
    );

    it('understands IDs that are no plain text', async () => {
      await im.register('zoë');
      await write(im, 'ann', 'zoë', 'grüß dich');
      const asked = protobufType('GetConversationsReq').encode({ conversationIDs: ['si_ann_zoë', 'si_ann_cid'] });
      const answer = await raw(SOME, asked, 'application/x-protobuf');
      expect(idsOf(answer)).toEqual(['si_ann_zoë', 'si_ann_cid']);
      const { content } = answer.data.conversations[0].lastMsg;
      expect(JSON.parse(Buffer.from(content, 'base64').toString())).toEqual({ content: 'grüß dich' });
    });

    it('takes an empty body for a message without members', async () => {
      const { data } = await raw(ACTIVE, new Uint8Array(), 'application/x-protobuf');
      expect(data.conversations.length).toBeGreaterThanOrEqual(3);
      expect((await raw(SOME, new Uint8Array(), 'application/x-protobuf')).data).toEqual({});
    });

    it('says in some bytes that there is nothing: the JavaScript client takes an empty text for no answer', async () => {
      const headers = { operationID: 'o', token: ann, 'content-type': 'application/x-protobuf' };
      const answer = await fetch(im.url + SOME, { method: 'POST', headers, body: new Uint8Array() });
      expect(await answer.json()).toEqual({ ...SUCCESS, data: 'CAA=' });
    });

    it('refuses what is no such message', async () => {
      for (const body of [new Uint8Array([0xff]), Buffer.from('{"count":1}'), new Uint8Array([0x12, 0x7f, 1])]) {
        expect(await raw(SOME, body, 'application/x-protobuf')).toMatchObject({ errCode: 1001 });
      }
    });
  });

  it('is JSON without a content type, and nothing else', async () => {
    expect(idsOf(await raw(ACTIVE, '{"count":1}', undefined))).toHaveLength(1);
    for (const contentType of ['text/plain', 'application/xml']) {
      expect(await raw(ACTIVE, '{"count":1}', contentType)).toEqual({
        errCode: 1001,
        errMsg: 'ArgsError',
        errDlt: 'unsupported content type',
      });
    }
  });

  it('wants a token before it looks at the body', async () => {
    const headers = { operationID: 'o', 'content-type': 'text/plain' };
    expect((await im.post(ACTIVE, '{}', headers)).body).toMatchObject({ errDlt: 'header must have token' });
  });

  it('leaves JSON alone that other paths are sent as protobuf', async () => {
    const headers = { operationID: 'o', token: ann, 'content-type': 'application/x-protobuf' };
    const answer = await im.post('/conversation/get_pinned_conversation_ids', '{"userID":"ann"}', headers);
    expect(answer.body).toMatchObject(SUCCESS);
  });
});
