import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SELF = { deleteSyncOpt: { IsSyncSelf: true, IsSyncOther: false } };
const OTHERS = { deleteSyncOpt: { IsSyncSelf: false, IsSyncOther: true } };
const NOBODY = { deleteSyncOpt: { IsSyncSelf: false, IsSyncOther: false } };

describeOnEachDatabase('Sockets hear of messages:', (database) => {
  let im: Im;
  let audience: Audience;
  let serial = 0;
  let ann: string;
  let bob: string;
  let chat: string;
  let channel: string;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'gus', 'mia', 'stranger');
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
    await audience.connect(ann, { platformID: 2, codec: 'gob' });
    await audience.connect(bob, { codec: 'gob' });
    for (const number of [1, 2, 3]) await audience.of(ann).say({ recvID: bob }, `${number}`);
    const { groupInfo } = await audience.as(ann, '/group/create_group', {
      ownerUserID: ann,
      memberUserIDs: ['gus', 'mia'],
      groupInfo: { groupName: 'team', groupType: 2 },
    });
    ({ groupID } = groupInfo);
    await audience.settle();
  });

  describe('deleted', () => {
    const remove = (conversationID: string, seqs: number[], sync: object) =>
      audience.as(ann, '/msg/delete_msgs', { userID: ann, conversationID, seqs, ...sync }, 'delete');

    it('for oneself, by one’s own devices', async () => {
      await remove(chat, [1, 3, 99], SELF);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2102' });
      expect(heard[ann][0]).toMatchObject({ conversationID: `n_${ann}_${ann}`, operationID: 'delete', seq: 1 });
      expect(heard[ann][0].detail).toEqual({ userID: ann, conversationID: chat, seqs: [1, 3] });
    });

    it('for oneself without a word, by nobody', async () => {
      await remove(chat, [1], NOBODY);
      expect(inBrief(await audience.heard())).toEqual({});
    });

    it('for both, by both', async () => {
      await remove(chat, [2], OTHERS);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2102', [bob]: '2102' });
      expect(heard[bob][0]).toMatchObject({ conversationID: channel, seq: 1, sendID: ann });
      expect(heard[bob][0].detail).toEqual({ userID: ann, conversationID: chat, seqs: [2] });
    });

    it('for a group, by its members', async () => {
      await audience.of('gus').say({ groupID }, 'oops');
      await audience.settle();
      await remove(`sg_${groupID}`, [2], OTHERS);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2102', gus: '2102', mia: '2102' });
      expect(heard['mia'][0]).toMatchObject({ conversationID: `n_${groupID}`, seq: 1 });
      expect(heard['mia'][0].message).toMatchObject({ sessionType: 3, groupID });
    });
  });

  describe('cleared', () => {
    it('for oneself, by one’s own devices: all conversations in one', async () => {
      const conversationIDs = [chat, `sg_${groupID}`];
      await audience.as(ann, '/msg/clear_conversation_msg', { userID: ann, conversationIDs, ...SELF }, 'clear');
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '1300 1703' });
      for (const one of heard[ann]) expect(one).toMatchObject({ seq: 0, operationID: 'clear', sendID: ann });
      const [changed, cleared] = heard[ann].map(({ detail }) => detail);
      expect(changed.conversationIDList.toSorted()).toEqual(conversationIDs.toSorted());
      expect(cleared).toMatchObject({ userID: ann });
      expect(cleared.conversationIDs.toSorted()).toEqual(conversationIDs.toSorted());
    });

    it('for both, by both', async () => {
      await audience.as(ann, '/msg/clear_conversation_msg', { userID: ann, conversationIDs: [chat], ...OTHERS });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '1703', [bob]: '1703' });
      expect(heard[bob][0]).toMatchObject({ conversationID: channel, sendID: ann, seq: 0 });
      expect(heard[bob][0].detail).toEqual({ userID: ann, conversationIDs: [chat] });
    });

    it('for a group, by its members', async () => {
      const conversationIDs = [`sg_${groupID}`];
      await audience.as(ann, '/msg/clear_conversation_msg', { userID: ann, conversationIDs, ...OTHERS });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '1703', gus: '1703', mia: '1703' });
      expect(heard['gus'][0].message).toMatchObject({ sessionType: 3, groupID, sendID: ann });
    });

    it('all of a user’s', async () => {
      await audience.as(bob, '/msg/user_clear_all_msg', { userID: bob, ...SELF });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [bob]: '1300 1703' });
      expect(heard[bob][1].detail).toEqual({ userID: bob, conversationIDs: [chat] });
    });
  });

  describe('of conversations', () => {
    const set = (who: string, fields: object, operationID = 'set') => {
      const conversation = { conversationID: chat, conversationType: 1, userID: who === ann ? bob : ann, ...fields };
      return audience.as(who, '/conversation/set_conversations', { userIDs: [who], conversation }, operationID);
    };

    it('set, by their user, and only what changed', async () => {
      await set(ann, { isPinned: true });
      await set(ann, { isPinned: true }, 'again');
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '1300' });
      expect(heard[ann][0]).toMatchObject({ conversationID: `n_${ann}_${ann}`, seq: 0, operationID: 'set' });
      expect(heard[ann][0].detail).toEqual({ userID: ann, conversationIDList: [chat] });
    });

    it('made private, by both, with a line in the chat', async () => {
      await set(ann, { isPrivateChat: true });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '1701 +1701', [bob]: '1701 +1701' });
      const [signal, line] = heard[bob];
      expect([signal.conversationID, line.conversationID]).toEqual([channel, chat]);
      expect(signal.message.serverMsgID).toBe(line.message.serverMsgID);
      const tips = { sendID: ann, recvID: bob, isPrivate: true, conversationID: chat };
      for (const { detail } of [signal, line]) expect(detail).toEqual(tips);
    });

    it('set by an administrator for several, by each', async () => {
      const conversation = { conversationID: `sg_${groupID}`, conversationType: 3, groupID, recvMsgOpt: 2 };
      await audience.as('admin', '/conversation/set_conversations', { userIDs: ['gus', 'mia'], conversation });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ gus: '1300', mia: '1300' });
      expect(heard['mia'][0]).toMatchObject({ conversationID: 'n_mia_mia', sendID: 'mia' });
    });

    it('deleted, by nobody', async () => {
      const body = { ownerUserID: ann, conversationIDs: [chat] };
      await audience.as(ann, '/conversation/delete_conversations', body);
      expect(inBrief(await audience.heard())).toEqual({});
    });
  });

  describe('of the business', () => {
    const notice = { key: 'order', data: '{"id":1}' };
    const send = (more: object) =>
      audience.as('admin', '/msg/send_business_notification', { sendUserID: 'shop', ...notice, ...more }, 'biz');

    it.each<[string, object, string, number[]]>([
      ['a passing signal', {}, '2001', [0]],
      ['one that is kept', { reliabilityLevel: 2 }, '2001', [1]],
      ['one that shows in the chat', { sendMsg: true }, '2001 +2001', [0, 1]],
      ['one that is kept and shows', { sendMsg: true, reliabilityLevel: 2 }, '2001 +2001', [1, 1]],
    ])('to a user, %s', async (_which, more, brief, seqs) => {
      await send({ recvUserID: bob, ...more });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [bob]: brief });
      expect(heard[bob].map(({ seq }) => seq)).toEqual(seqs);
      for (const { detail, sendID, operationID } of heard[bob]) {
        expect([detail, sendID, operationID]).toEqual([notice, 'shop', 'biz']);
      }
    });

    it('to a group, by its members', async () => {
      await send({ recvGroupID: groupID });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ [ann]: '2001', gus: '2001', mia: '2001' });
      expect(heard['gus'][0].conversationID).toBe(`n_${groupID}`);
    });
  });

  it('sent to many by an administrator, by each of them', async () => {
    const order = { sendID: ann, contentType: 101, sessionType: 1, content: { content: 'all' } };
    await audience.as('admin', '/msg/batch_send_msg', { ...order, recvIDs: [bob, 'gus', 'ghost'] }, 'many');
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual({ [ann]: '+101 +101', [bob]: '+101', gus: '+101' });
    for (const { operationID, content } of Object.values(heard).flat()) {
      expect([operationID, content.content]).toEqual(['many', 'all']);
    }
  });
});
