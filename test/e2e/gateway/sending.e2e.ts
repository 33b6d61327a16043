import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const MESSAGE_ID = expect.stringMatching(/^[0-9a-f]{32}$/);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** A member of a message that everybody passes over. */
const UNKNOWN = Buffer.concat([Buffer.of(0xc0, 0x02, 0x05), Buffer.of(0xca, 0x02, 0x03), Buffer.from('abc')]);
/** The entry `unreadCount` of `options` as some JavaScript clients write false: without a value. */
const BARE_FALSE = Buffer.concat([Buffer.of(0x9a, 0x01, 0x0d, 0x0a, 0x0b), Buffer.from('unreadCount')]);

const SEVEN = [
  'conversationUpdate',
  'history',
  'offlinePush',
  'persistent',
  'senderConversationUpdate',
  'senderSync',
  'unreadCount',
];
const off = (...names: string[]) => Object.fromEntries(names.map((name) => [name, false]));

describeOnEachDatabase('Sending over a socket', (database) => {
  let im: Im;
  let audience: Audience;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    const users = [{ userID: 'news', nickname: 'News', appMangerLevel: 3 }];
    await im.v3('/user/user_register', { secret: 'openIM123', users });
    audience = await Audience.begin(im, 'ann', 'bob', 'cid', 'dan', 'news');
    groupID = await im.group('ann', 'bob', 'cid');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(() => audience.settle());

  describe('leaves nothing of the message out', () => {
    const written = (to: object) => ({
      sendID: 'ann',
      ...to,
      clientMsgID: `all of it to ${Object.values(to).join()}`,
      senderPlatformID: 7,
      senderNickname: 'Ann <é> 😀',
      senderFaceURL: 'http://faces/ann?a=1&b=2',
      msgFrom: 100,
      contentType: 110,
      content: base64({ data: '😀 "quoted" \\ \u2028', description: '', extension: '' }),
      createTime: 1_700_000_000_123,
      options: { unreadCount: true, offlinePush: false, notPrivate: false, mine: true },
      offlinePushInfo: { title: 't', desc: 'd', ex: 'e', iOSPushSound: 's', iOSBadgeCount: true, signalInfo: 'i' },
      atUserIDList: ['bob', 'nobody'],
      attachedInfo: '{"isPrivateChat":true,"burnDuration":30}',
      ex: 'null',
    });

    it.each(['ann', 'bob'])('of a chat with a user, %s sees', async (reader) => {
      const client = audience.of(reader);
      const message = { ...written({ recvID: 'bob' }), clientMsgID: `to bob, seen by ${reader}`, sessionType: 1 };
      const before = Date.now();
      const sent = await audience.of('ann').get(1003, { ...message, status: 1 }, { operationID: 'all' });
      expect(sent).toEqual({
        serverMsgID: MESSAGE_ID,
        clientMsgID: message.clientMsgID,
        sendTime: expect.any(Number),
      });
      expect(sent.sendTime).toBeGreaterThanOrEqual(before);
      const { conversationID, seq, operationID, message: pushed } = await client.pushOf(110, isOf(message));
      expect([conversationID, operationID]).toEqual(['si_ann_bob', 'all']);
      expect(withoutDefaults(pushed)).toEqual({ ...message, ...sent, seq, status: 2 });
      await expectPulled(reader, conversationID, seq, pushed);
    });

    it('of a group, a member sees', async () => {
      const message = { ...written({ recvID: groupID, groupID }), sessionType: 3 };
      const sent = await audience.of('ann').get(1003, { ...message, status: 1 });
      for (const reader of ['bob', 'cid', 'ann']) {
        const { conversationID, seq, message: pushed } = await audience.of(reader).pushOf(110, isOf(message));
        expect(conversationID).toBe(`sg_${groupID}`);
        expect(withoutDefaults(pushed)).toEqual({ ...message, ...sent, seq, status: 2 });
        await expectPulled(reader, conversationID, seq, pushed);
      }
    });

    async function expectPulled(reader: string, conversationID: string, seq: number, pushed: object): Promise<void> {
      const client = audience.of(reader);
      const seqRanges = [{ conversationID, begin: seq, end: seq, num: 1 }];
      const ranges = await client.get(1002, { userID: reader, seqRanges });
      const list = await client.get(1005, { userID: reader, conversations: [{ conversationID, seqs: [seq] }] });
      const last = await client.get(1007, { userID: reader, conversationIDs: [conversationID] });
      expect(ranges.msgs[conversationID].Msgs).toEqual([pushed]);
      expect(list.msgs[conversationID].Msgs).toEqual([pushed]);
      expect(last.msgs).toEqual({ [conversationID]: pushed });
    }
  });

  it('members nobody knows are passed over, and a switch without value is off', async () => {
    const data = protobufType('MsgData').encode(audience.of('ann').textMessage({ recvID: 'bob' }, 'odd'));
    const answer = await audience.of('ann').ask(1003, Buffer.concat([data, UNKNOWN, BARE_FALSE]));
    expect(answer.errCode).toBe(0);
    const { message } = await audience.of('bob').pushOf(101, ({ content }) => content.content === 'odd');
    expect(message.options).toEqual({ unreadCount: false });
  });

  it('a group may be named as receiver or not', async () => {
    await audience.of('ann').say({ groupID }, 'once', { recvID: '' });
    const { message } = await audience.of('bob').pushOf(101, ({ content }) => content.content === 'once');
    expect(message).toMatchObject({ groupID, recvID: groupID });
  });

  it('the sender’s clock does not decide when a kept message was sent', async () => {
    for (const sendTime of [1, 253_402_300_799_999]) {
      const before = Date.now();
      const sent = await audience
        .of('ann')
        .get(1003, audience.of('ann').textMessage({ recvID: 'dan' }, 'x', { sendTime }));
      expect(sent.sendTime).toBeGreaterThanOrEqual(before);
      expect(sent.sendTime).toBeLessThan(Date.now() + 1_000);
    }
  });

  describe('of typing', () => {
    const typing = (more: object = {}) => ({ contentType: 113, content: base64({ msgTips: 'yes' }), ...more });

    it('reaches the peer alone, and leaves no trace', async () => {
      const second = await audience.connect('ann', { platformID: 2 });
      const answer = await audience.of('ann').say({ recvID: 'cid' }, '', typing({ sendTime: 1_700_000_000_000 }));
      expect(protobufType('SendMsgResp').decode(answer.data)).toMatchObject({ sendTime: 1_700_000_000_000 });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ cid: '+113' });
      expect(heard['cid'][0]).toMatchObject({ conversationID: 'si_ann_cid', seq: 0, content: { msgTips: 'yes' } });
      expect(heard['cid'][0].message.options).toEqual(off(...SEVEN));
      expect(await im.rows('im_messages', { conversationID: 'si_ann_cid' })).toEqual([]);
      expect(await im.rows('im_conversations', { conversationID: 'si_ann_cid' })).toEqual([]);
      expect(await audience.of('cid').get(1001, { userID: 'cid' })).not.toHaveProperty('maxSeqs.si_ann_cid');
      await second.close();
    });

    it('is so whatever switches it came with', async () => {
      const options = { history: true, senderSync: true, unreadCount: true, notPrivate: true };
      await audience.of('ann').say({ recvID: 'cid' }, '', typing({ options }));
      const { cid, ...others } = await audience.heard();
      expect(others).toEqual({});
      expect(cid[0].message.options).toEqual({ ...off(...SEVEN), notPrivate: true });
    });
  });

  it('the old kind of revocation raises no unread count', async () => {
    const options = { unreadCount: true, notPrivate: true };
    await audience.of('ann').say({ recvID: 'bob' }, '', { contentType: 111, options });
    const { bob } = await audience.heard();
    expect(bob[0].message.options).toEqual({ ...off('offlinePush', 'unreadCount'), notPrivate: true });
    expect(bob[0].seq).toBeGreaterThan(0);
  });

  it('for those online only gets no seq', async () => {
    const online = { recvID: 'cid' };
    const options = off('history', 'persistent', 'conversationUpdate');
    await audience.of('ann').say(online, 'now', { options });
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual({ ann: '+101', cid: '+101' });
    expect(heard['cid'][0]).toMatchObject({ seq: 0, content: { content: 'now' } });
    expect(await im.rows('im_messages', { conversationID: 'si_ann_cid' })).toEqual([]);
  });

  it('without sync of the sender reaches the receiver alone', async () => {
    await audience.of('ann').say({ recvID: 'bob' }, 'quiet', { options: { senderSync: false } });
    expect(inBrief(await audience.heard())).toEqual({ bob: '+101' });
  });

  it('to oneself is heard once', async () => {
    await audience.of('ann').say({ recvID: 'ann' }, 'note');
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual({ ann: '+101' });
    expect(heard['ann'][0]).toMatchObject({ conversationID: 'si_ann_ann', seq: 1 });
  });

  it('of a notification account opens a conversation of the receiver alone', async () => {
    const notice = { sessionType: 4, contentType: 1400, content: base64({ detail: '{"text":"today"}' }) };
    await audience.of('news').say({ recvID: 'dan' }, '', notice);
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual({ news: '+1400', dan: '+1400' });
    expect(heard['dan'][0]).toMatchObject({ conversationID: 'sn_dan_news', seq: 1, detail: { text: 'today' } });
    const rows = await im.rows('im_conversations', { conversationID: 'sn_dan_news' });
    expect(rows.map(({ ownerUserID }) => ownerUserID)).toEqual(['dan']);
  });

  it.each<[string, string[], Record<string, number>]>([
    ['a member and a stranger', ['bob', 'dan'], { bob: 1 }],
    ['everybody', ['AtAllTag'], { bob: 2, cid: 2 }],
    ['everybody and one of them', ['AtAllTag', 'cid'], { bob: 2, cid: 3 }],
  ])('a mention of %s is heard of by those it calls', async (_whom, atUserIDList, expected) => {
    for (const userID of ['ann', 'bob', 'cid']) {
      const conversation = { conversationID: `sg_${groupID}`, conversationType: 3, groupID, groupAtType: 0 };
      await audience.as(userID, '/conversation/set_conversations', { userIDs: [userID], conversation });
    }
    await audience.settle();
    const content = base64({ text: 'look', atUserList: atUserIDList, isAtSelf: false });
    const message = { contentType: 106, content, atUserIDList };
    await audience.of('ann').say({ groupID }, '', message, { operationID: 'call' });
    const heard = await audience.heard();
    const called = Object.keys(expected);
    expect(heard['ann'].map(({ contentType }) => contentType)).toEqual([106]);
    for (const userID of ['bob', 'cid']) {
      const told = heard[userID].map(({ contentType, operationID, detail }) => [contentType, operationID, detail]);
      const changed = { userID, conversationIDList: [`sg_${groupID}`] };
      // Which of the two comes first is nobody's promise.
      expect(told.toSorted(([one], [other]) => Number(one) - Number(other))).toEqual([
        [106, 'call', undefined],
        ...(called.includes(userID) ? [[1300, '@@@call', changed]] : []),
      ]);
    }
    const rows = await im.rows('im_conversations', { conversationID: `sg_${groupID}` });
    const marked = rows.filter((row) => Number(row.groupAtType) !== 0);
    expect(Object.fromEntries(marked.map((row) => [row.ownerUserID, Number(row.groupAtType)]))).toEqual(expected);
  });
});

function isOf({ clientMsgID }: { clientMsgID: string }): (pushed: { clientMsgID: string }) => boolean {
  return (pushed) => pushed.clientMsgID === clientMsgID;
}

/** Members that say nothing, which a writer of protobuf may leave out or write. */
function withoutDefaults(message: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== '' && value !== false));
}
