import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { MessagesService } from '../../../src/messaging/messages.service.js';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import { Audience, brief, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { ServerFrame } from '../../support/socket.js';

/** Platforms whose clients can connect. */
const PLATFORMS = [2, 3, 4, 5, 6, 7, 8, 9, 11];
const BATCH = 300;
const BATCH_TIMEOUT_MS = 180_000;

describeOnEachDatabase('Pushes over sockets', (database) => {
  let im: Im;
  let audience: Audience;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'ann', 'bob', 'cid', 'dan');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(() => audience.settle());

  const text = (content: string, to: object) => ({ sendID: 'ann', ...to, contentType: 101, content: { content } });
  const newGroup = async (...memberUserIDs: string[]): Promise<string> => {
    const { groupInfo } = await audience.as('ann', '/group/create_group', {
      ownerUserID: 'ann',
      memberUserIDs,
      groupInfo: { groupName: 'team', groupType: 2 },
    });
    return groupInfo.groupID;
  };

  it('have one message each, in the map of its kind', async () => {
    await audience.of('ann').say({ recvID: 'bob' }, 'hello');
    await audience.as('ann', '/msg/revoke_msg', { userID: 'ann', conversationID: 'si_ann_bob', seq: 1 });
    const groupID = await newGroup('bob', 'cid');
    await audience.of('bob').say({ groupID }, 'hello');
    await audience.as('admin', '/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: ['bob'] });
    await audience.settle();
    for (const userID of ['ann', 'bob']) {
      const frames = audience.of(userID).pushes;
      expect(frames.length).toBeGreaterThan(6);
      for (const frame of frames) {
        expect(frame).toMatchObject({ reqIdentifier: 2001, msgIncr: '', errCode: 0, errMsg: '' });
        const { msgs = {}, notificationMsgs = {} } = protobufType('PushMessages').decode(frame.data);
        const [[conversationID, { Msgs }], ...more] = [
          ...Object.entries<any>(msgs),
          ...Object.entries<any>(notificationMsgs),
        ];
        expect(more).toEqual([]);
        expect(Msgs).toHaveLength(1);
        expect(conversationID in notificationMsgs).toBe(conversationID.startsWith('n_'));
        expect(conversationID.startsWith('n_')).toBe(Msgs[0].options?.isNotNotification === false);
      }
    }
  });

  describe('carry the operationID', () => {
    const operationIDs = async (): Promise<Record<string, string[]>> => {
      const heard = Object.entries(await audience.heard());
      return Object.fromEntries(
        heard.map(([userID, pushed]) => [
          userID,
          pushed.map(({ contentType, operationID }) => `${contentType} ${operationID}`),
        ]),
      );
    };

    it('of the body in v1', async () => {
      const body = { ...text('', { recvID: 'bob', sessionType: 1 }), content: { text: 'hi' } };
      await audience.legacy('v1', '/manager/send_msg', body, 'one');
      expect(await operationIDs()).toEqual({ ann: ['101 one'], bob: ['101 one'] });
    });

    it('of the body in v2', async () => {
      const asked = { secret: 'tuoyun', platform: 5, userID: 'openIM123456', operationID: 'token' };
      const { body } = await im.v2('/auth/user_token', asked);
      const request = { uid: 'dan', ownerUid: 'cid', operationID: 'two' };
      const answer = await im.v2('/friend/import_friend', request, body.data.token);
      expect(answer.body).toMatchObject({ errCode: 0 });
      expect(await operationIDs()).toEqual({ cid: ['1201 two', '1201 two'], dan: ['1201 two', '1201 two'] });
    });

    it('of the header in v3', async () => {
      await audience.as('admin', '/msg/send_msg', text('hi', { recvID: 'bob', sessionType: 1 }), 'three');
      expect(await operationIDs()).toEqual({ ann: ['101 three'], bob: ['101 three'] });
    });

    it('of the frame', async () => {
      await audience.of('ann').say({ recvID: 'bob' }, 'hi', {}, { operationID: 'four' });
      await audience.of('bob').say({ recvID: 'ann' }, 'hi', {}, { operationID: '' });
      expect(await operationIDs()).toEqual({ ann: ['101 four', '101 '], bob: ['101 four', '101 '] });
    });

    it('each its own, of many that are stored together', async () => {
      const all = Array.from({ length: 30 }, (_, index) => `op ${index}`);
      await Promise.all(all.map((name) => audience.of('ann').say({ recvID: 'bob' }, name, {}, { operationID: name })));
      const { bob } = await audience.heard();
      expect(bob.map(({ operationID }) => operationID)).toEqual(all);
      expect(bob.map(({ content }) => content.content)).toEqual(all);
    });
  });

  it('of a tip come twice: the signal, then the message in the chat', async () => {
    const groupID = await newGroup('bob', 'cid', 'dan');
    for (const [userID, pushed] of Object.entries(await audience.heard())) {
      expect(brief(pushed), userID).toBe('1501 +1501');
      const [signal, copy] = pushed;
      expect([signal.conversationID, copy.conversationID]).toEqual([`n_${groupID}`, `sg_${groupID}`]);
      expect([signal.seq, copy.seq]).toEqual([0, 1]);
      const options = expect.objectContaining({ isNotNotification: false, isSendMsg: true });
      expect(signal.message).toEqual({ ...copy.message, seq: signal.message.seq, options });
      expect(copy.message.options).toEqual({ offlinePush: false, unreadCount: true });
      expect(copy.message.serverMsgID).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it(
    'of very many messages in one batch come in their order to everybody',
    async () => {
      const groupID = await newGroup('bob', 'cid', 'dan');
      await audience.settle();
      const names = Array.from({ length: BATCH }, (_, index) => `${index}`);
      await Promise.all(
        names.map((name) => {
          const order = { sendID: 'ann', groupID, sessionType: 3, contentType: 101 };
          return im.get(MessagesService).send(systemActor(), { ...order, content: JSON.stringify({ content: name }) });
        }),
      );
      const rows = await im.rows('im_messages', { conversationID: `sg_${groupID}`, contentType: 101 });
      const stored = rows
        .map(({ seq, clientMsgID }) => [Number(seq), clientMsgID])
        .toSorted(([seq], [other]) => seq - other);
      expect(stored.map(([seq]) => seq)).toEqual(names.map((name) => Number(name) + 2));
      for (const [{ userID }, pushed] of await audience.settle()) {
        const heard = pushed.map(({ seq, clientMsgID }) => [seq, clientMsgID]);
        expect(heard, userID).toEqual(stored);
        expect(new Set(pushed.map(({ content }) => content.content))).toEqual(new Set(names));
      }
    },
    BATCH_TIMEOUT_MS,
  );

  it('reach every device of everybody once, the sending one included', async () => {
    const devices = [];
    for (const userID of ['ann', 'bob']) {
      for (const platformID of PLATFORMS) {
        devices.push(await audience.connect(userID, { platformID, codec: platformID % 2 ? 'json' : 'gob' }));
      }
      devices.push(await audience.connect(userID, { codec: 'gob' }));
    }
    await devices[0].say({ recvID: 'bob' }, 'hello');
    const heard = await audience.settle();
    expect([...heard].map(([{ userID }, pushed]) => `${userID} ${brief(pushed)}`.trim()).sort()).toEqual([
      ...Array<string>(PLATFORMS.length + 2).fill('ann +101'),
      ...Array<string>(PLATFORMS.length + 2).fill('bob +101'),
      'cid',
      'dan',
    ]);
    for (const device of devices) await device.close();
  });

  it('go to who is in the group then, and to nobody else', async () => {
    const groupID = await newGroup('bob', 'cid');
    await audience.settle();
    const hear = async (act: () => Promise<unknown>) => {
      await act();
      return inBrief(await audience.heard());
    };
    const say = (who: string) => () => audience.of(who).say({ groupID }, 'hello');
    expect(await hear(say('bob'))).toEqual({ ann: '+101', bob: '+101', cid: '+101' });
    await audience.as('bob', '/group/quit_group', { groupID, userID: 'bob' });
    await audience.as('ann', '/group/kick_group', { groupID, kickedUserIDs: ['cid'] });
    await audience.settle();
    expect(await hear(say('ann'))).toEqual({ ann: '+101' });
    await audience.as('ann', '/group/invite_user_to_group', { groupID, invitedUserIDs: ['dan'] });
    await audience.settle();
    expect(await hear(say('dan'))).toEqual({ ann: '+101', dan: '+101' });
    expect(await hear(() => audience.as('ann', '/group/dismiss_group', { groupID }))).toEqual({
      ann: '1511 +1511 1300',
      dan: '1511 +1511 1300',
    });
  });

  it('do not go to who connects later', async () => {
    await audience.of('ann').say({ recvID: 'bob' }, 'missed');
    await audience.settle();
    const late = await audience.connect('bob', { platformID: 2 });
    await audience.of('ann').say({ recvID: 'bob' }, 'heard');
    await late.pushOf(101);
    expect(late.heard).toEqual(['heard']);
    await late.close();
  });

  it('are the same bytes of the message in both codecs', async () => {
    await audience.of('cid').say({ recvID: 'bob' }, 'é 😀');
    await audience.settle();
    const last = (userID: string): ServerFrame => audience.of(userID).pushes.at(-2) as ServerFrame;
    expect(last('bob').data).toEqual(last('cid').data);
  });
});
