import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { GroupsService } from '../../../src/groups/groups.service.js';
import { HistoryService } from '../../../src/messaging/history/history.service.js';
import {
  argsError,
  type HistoryTalk,
  historyTalk,
  noPermission,
  notFound,
  SUCCESS,
  unpacked,
} from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADMIN = 'openIM123456';

describeOnEachDatabase('v3 revoking', (database) => {
  let im: Im;
  let talk: HistoryTalk;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('ann', 'bob', 'cid');
  });
  afterAll(() => im.close());

  const revoke = (caller: string, conversationID: string, seq: number, userID = caller) =>
    talk.call(caller, '/msg/revoke_msg', { conversationID, seq, userID });
  const shown = async (userID: string, conversationID: string, seq: number) =>
    (await talk.pull(userID, conversationID, { begin: seq, end: seq, num: 1 })).Msgs[0];

  describe('in a single chat', () => {
    it('shows everybody who revoked it, instead of what it said', async () => {
      const more = { content: '{"content":"secret"}', ex: 'mine', senderNickname: 'Ann' };
      const { seq, clientMsgID, sendTime } = await talk.say('ann', { recvID: 'bob' }, more);
      const before = await shown('bob', 'si_ann_bob', seq);
      expect(await revoke('ann', 'si_ann_bob', seq)).toEqual(SUCCESS);
      for (const userID of ['ann', 'bob']) {
        const message = await shown(userID, 'si_ann_bob', seq);
        expect(message).toEqual({ ...before, contentType: 2101, content: expect.any(String) });
        expect(unpacked(message)).toEqual({ detail: expect.any(String) });
        expect(JSON.parse(unpacked(message).detail)).toEqual({
          revokerID: 'ann',
          revokerRole: 1,
          clientMsgID,
          revokerNickname: 'ann',
          revokeTime: expect.any(Number),
          sourceMessageSendTime: sendTime,
          sourceMessageSendID: 'ann',
          sourceMessageSenderNickname: 'Ann',
          sessionType: 1,
          seq,
          ex: 'mine',
        });
      }
      const last = await im.get(HistoryService).lastMessages('bob', ['si_ann_bob']);
      expect(last.get('si_ann_bob')).toMatchObject({ seq, contentType: 2101 });
      expect(last.get('si_ann_bob')?.content).not.toContain('secret');
    });

    it('tells both, with a seq in their channel', async () => {
      await im.register('nan', 'nob');
      const { seq, clientMsgID } = await talk.say('nan', { recvID: 'nob' });
      talk.heard(0);
      await revoke('nan', 'si_nan_nob', seq);
      const [{ message, detail }, ...others] = talk.heard(2101);
      expect(others).toEqual([]);
      expect(message).toMatchObject({
        conversationID: 'n_nan_nob',
        seq: 1,
        sendID: 'nan',
        recvID: 'nob',
        sessionType: 1,
      });
      expect(detail).toEqual({
        revokerUserID: 'nan',
        clientMsgID,
        revokeTime: expect.any(Number),
        sesstionType: 1,
        seq,
        conversationID: 'si_nan_nob',
        isAdminRevoke: false,
      });
      expect(await im.rows('im_messages', { conversationID: 'n_nan_nob' })).toHaveLength(1);
    });

    it('is for the sender alone, who may be named by an administrator', async () => {
      const { seq } = await talk.say('ann', { recvID: 'bob' });
      expect(await revoke('bob', 'si_ann_bob', seq)).toEqual(noPermission('ownerUserID, ann=MISSING'));
      expect(await revoke('bob', 'si_ann_bob', seq, 'ann')).toEqual(noPermission('ownerUserID, ann=MISSING'));
      expect((await shown('bob', 'si_ann_bob', seq)).contentType).toBe(101);
      expect(await revoke(ADMIN, 'si_ann_bob', seq, 'ann')).toEqual(SUCCESS);
      expect((await shown('bob', 'si_ann_bob', seq)).contentType).toBe(2101);
    });

    it('can be done by an administrator in his own name; both sides hear of it', async () => {
      const { seq } = await talk.say('ann', { recvID: 'bob' });
      talk.heard(0);
      expect(await revoke(ADMIN, 'si_ann_bob', seq)).toEqual(SUCCESS);
      const [{ message, detail }] = talk.heard(2101);
      expect(message).toMatchObject({ conversationID: 'n_ann_bob', sendID: 'ann', recvID: 'bob' });
      expect(detail).toMatchObject({ revokerUserID: ADMIN, isAdminRevoke: true });
      const content = unpacked(await shown('bob', 'si_ann_bob', seq));
      expect(JSON.parse(content.detail)).toMatchObject({ revokerID: ADMIN, revokerNickname: 'system1' });
    });
  });

  describe('is refused', () => {
    it('a second time, also when eight try at once', async () => {
      const { seq } = await talk.say('ann', { recvID: 'bob' });
      talk.heard(0);
      const answers = await Promise.all(Array.from({ length: 8 }, () => revoke('ann', 'si_ann_bob', seq)));
      expect(answers.filter(({ errCode }) => errCode === 0)).toHaveLength(1);
      const again = { errCode: 1404, errMsg: 'MsgAlreadyRevoke', errDlt: 'msg already revoke' };
      expect(answers.filter(({ errCode }) => errCode !== 0)).toEqual(Array.from({ length: 7 }, () => again));
      expect(talk.heard(2101)).toHaveLength(1);
    });

    it('where there is no such message, or none the user may read', async () => {
      const { seq } = await talk.say('ann', { recvID: 'bob' });
      const missing = notFound('msg not found');
      expect(await revoke('ann', 'si_ann_bob', seq + 1)).toEqual(missing);
      expect(await revoke('ann', 'si_x_y', 1)).toEqual(missing);
      expect(await revoke('cid', 'si_ann_bob', seq)).toEqual(missing);
      expect(await revoke('ann', 'n_ann_bob', 1)).toEqual(missing);
      expect(await revoke(ADMIN, 'n_ann_bob', 1)).toEqual(missing);
      expect(await revoke(ADMIN, 'si_x_y', 1)).toEqual(missing);
    });

    it('for a user who is not registered', async () => {
      expect(await revoke(ADMIN, 'si_ann_bob', 1, 'nobody')).toMatchObject({ errCode: 1004 });
    });

    it.each([
      ['conversationID is empty', { seq: 1, userID: 'ann' }],
      ['conversationID is empty', { conversationID: '', seq: 1, userID: 'ann' }],
      ['seq is invalid', { conversationID: 'si_ann_bob', userID: 'ann' }],
      ['seq is invalid', { conversationID: 'si_ann_bob', seq: 0, userID: 'ann' }],
      ['seq is invalid', { conversationID: 'si_ann_bob', seq: -1, userID: 'ann' }],
      ['userID is empty', { conversationID: 'si_ann_bob', seq: 1 }],
    ])('because %s', async (errDlt, body) => {
      expect(await talk.call('ann', '/msg/revoke_msg', body)).toEqual(argsError(errDlt));
    });
  });

  describe('in a group', () => {
    let groupID: string;
    const people = ['owner', 'admin', 'admin2', 'member', 'member2', 'leaver'];
    beforeAll(async () => {
      await im.register(...people);
      const roles = new Map([
        ['owner', 100],
        ['admin', 60],
        ['admin2', 60],
      ]);
      const members = people.map((userID) => ({ userID, role: (roles.get(userID) ?? 20) as 100 }));
      const created = await im.get(GroupsService).create(systemActor('owner'), { groupName: 'g', members });
      ({ groupID } = created.group);
    });

    it.each([
      ['owner', 'owner', 0],
      ['owner', 'admin', 0],
      ['owner', 'member', 0],
      ['admin', 'owner', 1002],
      ['admin', 'admin', 0],
      ['admin', 'admin2', 1002],
      ['admin', 'member', 0],
      ['member', 'member', 0],
      ['member', 'member2', 1002],
      ['member', 'admin', 1002],
      [ADMIN, 'owner', 0],
    ])('%s on a message of %s: %d', async (caller, sender, errCode) => {
      const { seq } = await talk.say(sender, { groupID });
      const body = await revoke(caller, `sg_${groupID}`, seq);
      expect(body.errCode).toBe(errCode);
      if (errCode) expect(body).toEqual(noPermission('no permission'));
      const [row] = await im.rows('im_messages', { conversationID: `sg_${groupID}`, seq });
      if (errCode) expect(row.revocation).toBe('');
      else expect(JSON.parse(row.revocation)).toMatchObject({ userID: caller });
    });

    it('tells the group', async () => {
      const { seq } = await talk.say('member', { groupID });
      talk.heard(0);
      await revoke('owner', `sg_${groupID}`, seq);
      const [{ message, detail }] = talk.heard(2101);
      expect(message).toMatchObject({ conversationID: `n_${groupID}`, sendID: 'owner', groupID, sessionType: 3 });
      expect(message.seq).toBeGreaterThan(0);
      expect(detail).toMatchObject({ revokerUserID: 'owner', sesstionType: 3, seq });
      const content = unpacked(await shown('member2', `sg_${groupID}`, seq));
      expect(JSON.parse(content.detail)).toMatchObject({ revokerID: 'owner', revokerRole: 100 });
    });

    it('reaches what a former member wrote, who himself is out', async () => {
      const { seq } = await talk.say('leaver', { groupID });
      const { seq: other } = await talk.say('leaver', { groupID });
      await talk.kick('leaver', groupID);
      expect(await revoke('leaver', `sg_${groupID}`, seq)).toEqual(noPermission('op user not in group'));
      expect(await revoke('member', `sg_${groupID}`, seq)).toEqual(noPermission('no permission'));
      expect(await revoke('admin', `sg_${groupID}`, seq)).toEqual(SUCCESS);
      expect(await revoke('owner', `sg_${groupID}`, other)).toEqual(SUCCESS);
    });
  });

  describe('what is quoted', () => {
    const quoteOf = (quoteMessage: object) => ({
      contentType: 114,
      content: JSON.stringify({ text: 'as you said', quoteMessage, messageEntityList: null }),
    });

    it('is not readable in the quote any more, nor in its elements', async () => {
      const quoted = await talk.say('ann', { recvID: 'bob' }, { content: '{"content":"oops"}' });
      const { seq, clientMsgID } = quoted;
      const quoteMessage = {
        clientMsgID,
        seq,
        contentType: 101,
        content: '{"content":"oops"}',
        textElem: { content: 'oops' },
      };
      const quote = await talk.say('bob', { recvID: 'ann' }, quoteOf(quoteMessage));
      expect(unpacked(await shown('bob', 'si_ann_bob', quote.seq)).quoteMessage).toEqual(quoteMessage);

      await revoke('ann', 'si_ann_bob', seq);
      const content = unpacked(await shown('bob', 'si_ann_bob', quote.seq));
      expect(content).toMatchObject({ text: 'as you said', quoteMessage: { clientMsgID, seq, contentType: 2101 } });
      expect(JSON.stringify(content)).not.toContain('oops');
      expect(JSON.parse(JSON.parse(content.quoteMessage.content).detail)).toMatchObject({ revokerID: 'ann', seq });
    });

    it('is empty when it was deleted for everybody', async () => {
      const { seq, clientMsgID } = await talk.say('ann', { recvID: 'bob' });
      const quote = await talk.say(
        'bob',
        { recvID: 'ann' },
        quoteOf({ clientMsgID, seq, contentType: 101, content: 'x' }),
      );
      const physical = { conversationID: 'si_ann_bob', seqs: [seq] };
      expect(await talk.call(ADMIN, '/msg/delete_msg_phsical_by_seq', physical)).toEqual(SUCCESS);
      const { quoteMessage } = unpacked(await shown('bob', 'si_ann_bob', quote.seq));
      expect(quoteMessage).toEqual({ clientMsgID, seq, contentType: 2101, content: '{}' });
    });

    it.each([
      ['no quoted message', {}],
      ['a seq that is text', { seq: 'one' }],
      ['a later seq', { seq: 999 }],
      ['another message, of another conversation', { seq: 1, clientMsgID: 'elsewhere' }],
    ])('stays as it is with %s', async (_, quoteMessage) => {
      const quote = await talk.say('bob', { recvID: 'ann' }, quoteOf(quoteMessage));
      expect(unpacked(await shown('ann', 'si_ann_bob', quote.seq)).quoteMessage).toEqual(quoteMessage);
    });

    it.each(['not JSON', 'null', '5', '{"quoteMessage":null}', '{"quoteMessage":"text"}'])(
      'does no harm where the content is %s',
      async (content) => {
        const { seq } = await talk.say('bob', { recvID: 'ann' }, { contentType: 114, content });
        const message = await shown('ann', 'si_ann_bob', seq);
        expect(Buffer.from(message.content, 'base64').toString()).toBe(content);
      },
    );
  });
});
