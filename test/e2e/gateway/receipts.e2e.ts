import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const unpacked = ({ content }: { content: string }): any =>
  JSON.parse(JSON.parse(Buffer.from(content, 'base64').toString()).detail);

describeOnEachDatabase('Over sockets', (database) => {
  let im: Im;
  let audience: Audience;
  let serial = 0;
  let ann: string;
  let bob: string;
  let chat: string;
  let channel: string;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'olga', 'gus', 'mia', 'cid');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(async () => {
    serial += 1;
    [ann, bob] = ['ann', 'bob'].map((name) => `${name}${serial}`);
    [chat, channel] = ['si', 'n'].map((kind) => `${kind}_${ann}_${bob}`);
    await im.register(ann, bob);
    await audience.connect(ann);
    await audience.connect(bob, { codec: 'gob' });
    await audience.connect(bob, { platformID: 5 });
  });

  const talk = async (count = 3): Promise<void> => {
    for (let number = 1; number <= count; number += 1) await audience.of(ann).say({ recvID: bob }, `${number}`);
    await audience.settle();
  };
  const pulled = async (userID: string, conversationID: string, seq: number): Promise<any> => {
    const client = audience.of(userID);
    const seqRanges = [{ conversationID, begin: seq, end: seq, num: 1 }];
    const byRange = (await client.get(1002, { userID, seqRanges })).msgs[conversationID].Msgs;
    const byList = (await client.get(1005, { userID, conversations: [{ conversationID, seqs: [seq] }] })).msgs;
    expect(byList[conversationID].Msgs).toEqual(byRange);
    return byRange[0];
  };

  describe('receipts of a chat with a user', () => {
    it('reach the peer and the reader’s own devices, once, and show in pulls', async () => {
      await talk();
      const read = { userID: bob, conversationID: chat, hasReadSeq: 2, seqs: [3] };
      await audience.as(bob, '/msg/mark_conversation_as_read', read, 'read');
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2200', [bob]: '2200' });
      for (const [receipt] of Object.values(heard)) {
        expect(receipt).toMatchObject({ conversationID: channel, seq: 1, operationID: 'read', sendID: bob });
        expect(receipt.message).toMatchObject({ sessionType: 1, recvID: ann });
        const tips = { markAsReadUserID: bob, conversationID: chat, seqs: [1, 2, 3], hasReadSeq: 2 };
        expect(receipt.detail).toEqual(tips);
      }
      for (const seq of [1, 2, 3]) expect((await pulled(ann, chat, seq)).isRead).toBe(true);
      const { seqs } = await audience.of(bob).get(1006, { userID: bob });
      expect(seqs[chat]).toMatchObject({ maxSeq: 3, hasReadSeq: 2 });
      const { notificationMsgs } = await audience
        .of(ann)
        .get(1002, { userID: ann, seqRanges: [{ conversationID: channel, begin: 1, end: 1, num: 1 }] });
      expect(notificationMsgs[channel].Msgs).toEqual([heard[ann][0].message]);
    });

    it('of what is read already are none', async () => {
      await talk();
      const read = { userID: bob, conversationID: chat, hasReadSeq: 3, seqs: [] };
      await audience.as(bob, '/msg/mark_conversation_as_read', read);
      await audience.settle();
      await audience.as(bob, '/msg/mark_conversation_as_read', read);
      await audience.as(bob, '/msg/mark_conversation_as_read', { ...read, hasReadSeq: 1 });
      await audience.as(bob, '/msg/mark_msgs_as_read', { userID: bob, conversationID: chat, seqs: [1, 2] });
      expect(inBrief(await audience.heard())).toEqual({});
    });

    it('of single messages name those', async () => {
      await talk();
      await audience.as(bob, '/msg/mark_msgs_as_read', { userID: bob, conversationID: chat, seqs: [1, 3] });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2200', [bob]: '2200' });
      expect(heard[ann][0].detail).toMatchObject({ seqs: [1, 3], hasReadSeq: 3 });
      expect((await pulled(ann, chat, 2)).isRead ?? false).toBe(false);
    });

    it('are kept from the peer where only the position is set', async () => {
      await talk();
      const set = { userID: bob, conversationID: chat, hasReadSeq: 2 };
      await audience.as(bob, '/msg/set_conversation_has_read_seq', set);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [bob]: '2200' });
      expect(heard[bob][0]).toMatchObject({ conversationID: `n_${bob}_${bob}`, seq: 0, sendID: bob });
      expect(heard[bob][0].detail).toMatchObject({ seqs: [], hasReadSeq: 2 });
    });
  });

  describe('of a group', () => {
    let groupID: string;
    let group: string;
    beforeEach(async () => {
      const { groupInfo } = await audience.as('olga', '/group/create_group', {
        ownerUserID: 'olga',
        adminUserIDs: ['gus'],
        memberUserIDs: ['mia', 'cid', bob],
        groupInfo: { groupName: 'team', groupType: 2 },
      });
      ({ groupID } = groupInfo);
      group = `sg_${groupID}`;
      for (const who of ['olga', 'gus', 'mia']) await audience.of(who).say({ groupID }, `by ${who}`);
      await audience.settle();
    });
    const EVERYBODY = () => Object.fromEntries(['olga', 'gus', 'mia', 'cid', bob].map((userID) => [userID, '2101']));

    it('receipts are heard by the reader’s own devices alone', async () => {
      const read = { userID: bob, conversationID: group, hasReadSeq: 3, seqs: [2, 3] };
      await audience.as(bob, '/msg/mark_conversation_as_read', read);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [bob]: '2200' });
      expect(heard[bob][0]).toMatchObject({ conversationID: `n_${bob}_${bob}`, seq: 0 });
      expect(heard[bob][0].message).toMatchObject({ sessionType: 1, sendID: bob, recvID: bob });
      const tips = { markAsReadUserID: bob, conversationID: group, seqs: [], hasReadSeq: 3 };
      expect(heard[bob][0].detail).toEqual(tips);
    });

    it.each([
      ['the sender', 'mia', 4, 'mia'],
      ['the owner', 'olga', 3, 'gus'],
      ['an administrator', 'gus', 4, 'mia'],
    ])('a message that %s revokes is heard of by all, and shows as revoked', async (_who, revoker, seq, sender) => {
      await audience.as(revoker, '/msg/revoke_msg', { userID: revoker, conversationID: group, seq }, 'revoke');
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual(EVERYBODY());
      for (const [told] of Object.values(heard)) {
        expect(told).toMatchObject({ conversationID: `n_${groupID}`, seq: 1, operationID: 'revoke', sendID: revoker });
        expect(told.detail).toMatchObject({
          revokerUserID: revoker,
          conversationID: group,
          seq,
          sesstionType: 3,
          isAdminRevoke: false,
          clientMsgID: expect.stringMatching(/./),
        });
      }
      const shown = await pulled('cid', group, seq);
      expect(shown).toMatchObject({ contentType: 2101, sendID: sender, seq, status: 2 });
      expect(unpacked(shown)).toEqual({
        revokerID: revoker,
        revokerNickname: revoker,
        sourceMessageSendID: sender,
        sessionType: 3,
        seq,
        revokerRole: { olga: 100, gus: 60, mia: 20 }[revoker],
        clientMsgID: shown.clientMsgID,
        revokeTime: heard['cid'][0].detail.revokeTime,
        sourceMessageSendTime: shown.sendTime,
        sourceMessageSenderNickname: '',
        ex: '',
      });
    });

    it.each([
      ['gus', 2],
      ['mia', 3],
      ['cid', 4],
      ['olga', 9],
    ])('nobody hears of what %s may not revoke', async (who, seq) => {
      const body = { userID: who, conversationID: group, seq };
      const refused = await im.v3('/msg/revoke_msg', body, await audience.tokenOf(who));
      expect([1002, 1004]).toContain(refused.body.errCode);
      expect(inBrief(await audience.heard())).toEqual({});
    });
  });

  describe('a message of a chat that is revoked', () => {
    it('by its sender is heard of by both, and so is its quotation', async () => {
      await talk(1);
      const { clientMsgID } = await pulled(ann, chat, 1);
      const quoteMessage = { clientMsgID, seq: 1, contentType: 101, textElem: { content: '1' } };
      const quote = { contentType: 114, content: base64({ text: 'indeed', quoteMessage }) };
      await audience.of(bob).say({ recvID: ann }, '', quote);
      await audience.settle();
      await audience.as(ann, '/msg/revoke_msg', { userID: ann, conversationID: chat, seq: 1 });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2101', [bob]: '2101' });
      expect(heard[bob][0]).toMatchObject({ conversationID: channel, seq: 1, sendID: ann });
      expect(heard[bob][0].detail).toMatchObject({ clientMsgID, seq: 1, sesstionType: 1, revokerUserID: ann });
      for (const reader of [ann, bob]) {
        expect(unpacked(await pulled(reader, chat, 1))).toMatchObject({ revokerID: ann, seq: 1, clientMsgID });
        const { content } = await pulled(reader, chat, 2);
        const shown = JSON.parse(Buffer.from(content, 'base64').toString()).quoteMessage;
        expect(shown.contentType).toBe(2101);
        expect(shown).not.toHaveProperty('textElem');
      }
      const { msgs } = await audience.of(bob).get(1007, { userID: bob, conversationIDs: [chat] });
      expect(msgs[chat].contentType).toBe(114);
    });

    it('by an administrator says so', async () => {
      await talk(1);
      await audience.as('admin', '/msg/revoke_msg', { userID: ann, conversationID: chat, seq: 1 });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2101', [bob]: '2101' });
      expect(heard[ann][0].detail).toMatchObject({ revokerUserID: 'openIM123456', isAdminRevoke: true });
    });

    it('by the other side is not', async () => {
      await talk(1);
      const body = { userID: bob, conversationID: chat, seq: 1 };
      const refused = await im.v3('/msg/revoke_msg', body, await audience.tokenOf(bob));
      expect(refused.body.errCode).toBe(1002);
      expect(inBrief(await audience.heard())).toEqual({});
      expect((await pulled(ann, chat, 1)).contentType).toBe(101);
    });

    it('while somebody was away, he finds by its seq', async () => {
      await talk(2);
      await audience.of(bob).close();
      await audience.of(bob).close();
      await audience.as(ann, '/msg/revoke_msg', { userID: ann, conversationID: chat, seq: 2 });
      const back = await audience.connect(bob);
      const { maxSeqs } = await back.get(1001, { userID: bob });
      expect(maxSeqs).toEqual({ [chat]: 2, [channel]: 1 });
      const seqRanges = [{ conversationID: channel, begin: 1, end: 1, num: 10 }];
      const { notificationMsgs } = await back.get(1002, { userID: bob, seqRanges });
      const [{ contentType, content }] = notificationMsgs[channel].Msgs;
      expect(contentType).toBe(2101);
      expect(unpacked({ content })).toMatchObject({ seq: 2, conversationID: chat });
    });
  });
});
