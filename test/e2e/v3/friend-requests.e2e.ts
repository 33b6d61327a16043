import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImEvents } from '../../../src/events/events.js';
import { FriendRequestAgreeing, FriendRequesting, OperationVetoed } from '../../../src/index.js';
import { argsError, type Heard, listen, logOf, notFound, notSelf, ok, SUCCESS } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ASK = '/friend/add_friend';
const ANSWER = '/friend/add_friend_response';
const RECEIVED = '/friend/get_friend_apply_list';
const SENT = '/friend/get_self_friend_apply_list';
const COUNT = '/friend/get_self_unhandled_apply_count';
const pagination = { pageNumber: 1, showNumber: 100 };

describeOnEachDatabase('Asking to be friends in v3', (database) => {
  let im: Im;
  let admin: string;
  let heard: Heard[];
  let serial = 0;
  /** Two registered users who have nothing to do with anybody. */
  let ann: string;
  let bob: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
    heard = listen(im);
    await im.register('stranger');
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    serial += 1;
    ann = `ann${serial}`;
    bob = `bob${serial}`;
    await im.register(ann, bob);
    heard.length = 0;
  });

  const as = async (userID: string, path: string, body: object) =>
    (await im.v3(path, body, await im.tokenOf(userID))).body;
  const ask = (fromUserID: string, toUserID: string, more: object = {}) =>
    as(fromUserID, ASK, { fromUserID, toUserID, ...more });
  const answer = (fromUserID: string, toUserID: string, handleResult: unknown, more: object = {}) =>
    as(toUserID, ANSWER, { fromUserID, toUserID, handleResult, ...more });
  const stored = async (fromUserID: string, toUserID: string) =>
    (await im.rows('im_friend_requests', { fromUserID, toUserID }))[0];
  const friendsOf = async (ownerUserID: string) =>
    (await im.rows('im_friends', { ownerUserID })).map((row) => row.friendUserID).sort();

  /** FriendRequest as it is when ann has asked bob. */
  const request = (more: object = {}) => ({
    fromUserID: ann,
    fromNickname: ann,
    fromFaceURL: '',
    toUserID: bob,
    toNickname: bob,
    toFaceURL: '',
    handleResult: 0,
    reqMsg: 'hi',
    createTime: expect.any(Number),
    handlerUserID: '',
    handleMsg: '',
    handleTime: 0,
    ex: 'x',
    ...more,
  });

  describe('A request', () => {
    it('is stored, listed for both, and told to who is asked', async () => {
      const before = Date.now();
      expect(await ask(ann, bob, { reqMsg: 'hi', ex: 'x' })).toEqual(SUCCESS);
      const received = await as(bob, RECEIVED, { userID: bob, pagination });
      expect(received).toEqual(ok({ FriendRequests: [request()], total: 1 }));
      const { createTime } = received.data.FriendRequests[0];
      expect(createTime).toBeGreaterThanOrEqual(before - 1000);
      expect(createTime).toBeLessThanOrEqual(Date.now() + 1000);
      expect(await as(ann, SENT, { userID: ann, pagination })).toEqual(ok({ friendRequests: [request()], total: 1 }));
      expect(await as(bob, COUNT, { userID: bob })).toEqual(ok({ count: 1 }));
      expect(heard).toEqual([
        {
          contentType: 1203,
          sendID: ann,
          recvID: bob,
          conversationID: `n_${ann}_${bob}`,
          seq: 0,
          detail: { fromToUserID: { fromUserID: ann, toUserID: bob }, request: request() },
        },
      ]);
      expect(await friendsOf(ann)).toEqual([]);
    });

    it('replaces the one before, whatever became of it', async () => {
      await ask(ann, bob, { reqMsg: 'hi', ex: 'x' });
      await answer(ann, bob, -1, { handleMsg: 'no' });
      expect(await ask(ann, bob, { reqMsg: 'please' })).toEqual(SUCCESS);
      const list = await as(bob, RECEIVED, { userID: bob, pagination });
      expect(list).toEqual(ok({ FriendRequests: [request({ reqMsg: 'please', ex: '' })], total: 1 }));
    });

    it.each<[string, () => object, object]>([
      ['toUserID is absent', () => ({ fromUserID: ann }), argsError('toUserID is empty')],
      ['toUserID is empty', () => ({ fromUserID: ann, toUserID: '' }), argsError('toUserID is empty')],
      ['both are absent', () => ({}), argsError('toUserID is empty')],
      ['fromUserID is empty', () => ({ fromUserID: '', toUserID: bob }), argsError('fromUserID is empty')],
      ['a text is a number', () => ({ fromUserID: ann, toUserID: bob, reqMsg: 5 }), argsError(expect.any(String))],
      [
        'the message is too long',
        () => ({ fromUserID: ann, toUserID: bob, reqMsg: 'x'.repeat(1025) }),
        argsError(expect.any(String)),
      ],
      ['the user is unknown', () => ({ fromUserID: ann, toUserID: 'ghost' }), notFound('user not found')],
    ])('is refused when %s', async (_, body, expected) => {
      expect(await as(ann, ASK, body())).toEqual(expected);
      expect(await im.rows('im_friend_requests', { fromUserID: ann })).toEqual([]);
      expect(heard).toEqual([]);
    });

    it('to oneself is refused', async () => {
      expect(await ask(ann, ann)).toEqual({
        errCode: 1301,
        errMsg: 'CanNotAddYourselfError',
        errDlt: `req.ToUserID, ${ann}=MISSING`,
      });
    });

    it('of an unknown user is refused to an administrator too', async () => {
      const { body } = await im.v3(ASK, { fromUserID: 'ghost', toUserID: bob }, admin);
      expect(body).toEqual(notFound('user not found'));
    });

    it('between friends is refused; one direction alone is no friendship', async () => {
      await im.v3('/friend/import_friend', { ownerUserID: ann, friendUserIDs: [bob] }, admin);
      expect(await ask(ann, bob)).toEqual({
        errCode: 1304,
        errMsg: 'RelationshipAlreadyError',
        errDlt: 'already friends has f',
      });
      await as(ann, '/friend/delete_friend', { ownerUserID: ann, friendUserID: bob });
      expect(await ask(ann, bob)).toEqual(SUCCESS);
    });

    it('is made by nobody else, but by an administrator', async () => {
      expect(await as('stranger', ASK, { fromUserID: ann, toUserID: bob })).toEqual(notSelf(ann));
      expect(await stored(ann, bob)).toBeUndefined();
      expect((await im.v3(ASK, { fromUserID: ann, toUserID: bob }, admin)).body).toEqual(SUCCESS);
    });

    it('can be refused by the host before it is made, and before it is agreed to', async () => {
      const applicant = ann;
      let refuse = true;
      const veto = (intent: FriendRequesting | FriendRequestAgreeing) => {
        if (refuse && intent.request.fromUserID === applicant) throw new OperationVetoed('not today', 5001);
      };
      im.get(ImEvents).on(FriendRequesting, 'before', veto);
      im.get(ImEvents).on(FriendRequestAgreeing, 'before', veto);
      expect(await ask(ann, bob)).toMatchObject({ errCode: 5001, errDlt: 'not today' });
      expect(await stored(ann, bob)).toBeUndefined();
      refuse = false;
      await ask(ann, bob);
      refuse = true;
      expect(await answer(ann, bob, 1)).toMatchObject({ errCode: 5001 });
      expect(await friendsOf(bob)).toEqual([]);
      expect(await answer(ann, bob, -1)).toEqual(SUCCESS);
    });
  });

  describe('To agree', () => {
    it('makes both friends, tells the applicant, and opens their chat', async () => {
      await ask(ann, bob, { reqMsg: 'hi', ex: 'x' });
      heard.length = 0;
      expect(await answer(ann, bob, 1, { handleMsg: 'yes' })).toEqual(SUCCESS);

      expect(await im.rows('im_friends', { ownerUserID: ann })).toMatchObject([
        { friendUserID: bob, remark: '', operatorUserID: ann, ex: '' },
      ]);
      const [row] = await im.rows('im_friends', { ownerUserID: bob });
      expect([row.friendUserID, Number(row.addSource), row.operatorUserID]).toEqual([ann, 2, ann]);
      expect(await logOf(im, 'friends', ann)).toEqual({ version: 1, changes: { [bob]: 1 } });
      expect(await logOf(im, 'friends', bob)).toEqual({ version: 1, changes: { [ann]: 1 } });

      const handled = request({
        handleResult: 1,
        handlerUserID: bob,
        handleMsg: 'yes',
        handleTime: expect.any(Number),
      });
      const detail = {
        fromToUserID: { fromUserID: ann, toUserID: bob },
        handleMsg: 'yes',
        friendVersion: 0,
        friendVersionID: '',
        request: handled,
      };
      const told = { contentType: 1201, sendID: bob, recvID: ann, detail };
      expect(heard).toEqual([
        { ...told, conversationID: `n_${ann}_${bob}`, seq: 0 },
        { ...told, conversationID: `si_${ann}_${bob}`, seq: 1 },
      ]);
      expect(heard[0].detail.request.handleTime).toBeGreaterThan(1_600_000_000_000);
      expect(await im.rows('im_conversations', { conversationID: `si_${ann}_${bob}` })).toHaveLength(2);
      expect(await as(ann, SENT, { userID: ann, pagination })).toEqual(ok({ friendRequests: [handled], total: 1 }));
      expect(await as(bob, COUNT, { userID: bob, time: 0 })).toEqual(ok({ count: 0 }));
    });

    it('answers the request the other way round too, and keeps a direction that is there', async () => {
      await im.v3('/friend/import_friend', { ownerUserID: ann, friendUserIDs: [bob] }, admin);
      await as(ann, '/friend/delete_friend', { ownerUserID: ann, friendUserID: bob });
      await ask(ann, bob);
      await ask(bob, ann, { reqMsg: 'me too' });
      expect(await answer(ann, bob, 1)).toEqual(SUCCESS);
      expect(await stored(bob, ann)).toMatchObject({ handleResult: 1, handlerUserID: bob, reqMsg: 'me too' });
      expect(await answer(bob, ann, 1)).toEqual(argsError('the friend request has been processed'));
      const [kept] = await im.rows('im_friends', { ownerUserID: bob });
      expect(Number(kept.addSource)).toBe(1);
      expect(await logOf(im, 'friends', bob)).toEqual({ version: 1, changes: { [ann]: 1 } });
    });

    it('by many at once does it once', async () => {
      await ask(ann, bob);
      const token = await im.tokenOf(bob);
      const body = { fromUserID: ann, toUserID: bob, handleResult: 1 };
      const answers = await Promise.all(Array.from({ length: 8 }, () => im.v3(ANSWER, body, token)));
      expect(answers.map((one) => one.body.errCode).sort()).toEqual([0, ...Array.from({ length: 7 }, () => 1001)]);
      expect(await im.rows('im_messages', { conversationID: `si_${ann}_${bob}` })).toHaveLength(1);
      expect((await logOf(im, 'friends', ann)).version).toBe(1);
    });
  });

  describe('To refuse', () => {
    it('tells the applicant, and nothing else changes', async () => {
      await ask(ann, bob, { reqMsg: 'hi', ex: 'x' });
      heard.length = 0;
      expect(await answer(ann, bob, -1, { handleMsg: 'no' })).toEqual(SUCCESS);
      const handled = request({
        handleResult: -1,
        handlerUserID: bob,
        handleMsg: 'no',
        handleTime: expect.any(Number),
      });
      expect(heard).toEqual([
        {
          contentType: 1202,
          sendID: bob,
          recvID: ann,
          conversationID: `n_${ann}_${bob}`,
          seq: 0,
          detail: { fromToUserID: { fromUserID: ann, toUserID: bob }, handleMsg: 'no', request: handled },
        },
      ]);
      expect(await friendsOf(ann)).toEqual([]);
      expect((await logOf(im, 'friends', ann)).version).toBe(0);
    });

    it('or to agree, what was refused is too late', async () => {
      await ask(ann, bob);
      await answer(ann, bob, -1);
      expect(await answer(ann, bob, -1)).toEqual({
        errCode: 1305,
        errMsg: 'FriendRequestHandled',
        errDlt: `friend request has already been processed, from=${ann}, to=${bob}`,
      });
      expect(await answer(ann, bob, 1)).toEqual(argsError('the friend request has been processed'));
      expect(await friendsOf(bob)).toEqual([]);
    });
  });

  describe('An answer', () => {
    it.each([0, 2, -2, undefined])('is not %s', async (handleResult) => {
      await ask(ann, bob);
      expect(await answer(ann, bob, handleResult)).toEqual(argsError('req.HandleResult != -1/1'));
    });

    it('needs both users', async () => {
      expect(await as(bob, ANSWER, { handleResult: 1 })).toEqual(argsError('toUserID is empty'));
      expect(await as(bob, ANSWER, { toUserID: bob, handleResult: 1 })).toEqual(argsError('fromUserID is empty'));
    });

    it.each([1, -1])('%s to what nobody asked is refused', async (handleResult) => {
      expect(await answer(ann, bob, handleResult)).toEqual(notFound(expect.any(String)));
    });

    it('is not given by the applicant or a stranger', async () => {
      await ask(ann, bob);
      for (const userID of [ann, 'stranger']) {
        const body = await as(userID, ANSWER, { fromUserID: ann, toUserID: bob, handleResult: 1 });
        expect(body).toEqual(notSelf(bob));
      }
      expect(await friendsOf(ann)).toEqual([]);
      const { body } = await im.v3(ANSWER, { fromUserID: ann, toUserID: bob, handleResult: 1 }, admin);
      expect(body).toEqual(SUCCESS);
      expect(await stored(ann, bob)).toMatchObject({ handlerUserID: 'openIM123456' });
    });
  });
});
