import { afterAll, beforeAll, expect, it } from 'vitest';
import { MessageExpiry } from '../../../src/messaging/history/message-expiry.js';
import { singleConversationID } from '../../../src/core/ids.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient } from '../../support/socket.js';

const MINUTE = 60_000;

describeOnEachDatabase('Messages that expire', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  const say = async (sendID: string, recvID: string, text: string): Promise<void> => {
    const message = {
      sendID,
      recvID,
      sessionType: 1,
      contentType: 101,
      content: { content: text },
      senderPlatformID: 1,
    };
    expect((await im.v3('/msg/send_msg', message, await im.adminToken())).body.errCode).toBe(0);
  };

  const letExpire = async (userID: string, peer: string, seconds: number): Promise<void> => {
    const conversationID = singleConversationID(userID, peer);
    const conversation = {
      conversationID,
      conversationType: 1,
      userID: peer,
      isMsgDestruct: true,
      msgDestructTime: seconds,
    };
    const answer = await im.v3(
      '/conversation/set_conversations',
      { userIDs: [userID], conversation },
      await im.tokenOf(userID),
    );
    expect(answer.body.errCode).toBe(0);
  };

  const seen = async (userID: string, peer: string): Promise<number[]> => {
    const conversationID = singleConversationID(userID, peer);
    const seqRanges = [{ conversationID, begin: 1, end: 100, num: 100 }];
    const { body } = await im.v3('/msg/pull_msg_by_seq', { userID, seqRanges, order: 0 }, await im.tokenOf(userID));
    return (body.data.msgs?.[conversationID]?.Msgs ?? []).map(({ seq }: { seq: number }) => seq);
  };

  const conversationOf = async (userID: string, peer: string): Promise<any> => {
    const conversationIDs = [singleConversationID(userID, peer)];
    const { body } = await im.v3(
      '/conversation/get_conversations',
      { ownerUserID: userID, conversationIDs },
      await im.tokenOf(userID),
    );
    return body.data.conversations[0];
  };

  it('are hidden from the owner who asked for it, and from nobody else', async () => {
    await im.register('ann', 'bob');
    await say('ann', 'bob', 'one');
    await say('bob', 'ann', 'two');
    await letExpire('bob', 'ann', 60);
    const bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'));
    const expiry = im.get(MessageExpiry);
    const begun = await conversationOf('bob', 'ann');

    await expiry.run(Date.now());
    expect(await seen('bob', 'ann')).toEqual([1, 2]);
    expect(await conversationOf('bob', 'ann')).toEqual(begun);

    const later = Date.now() + 2 * MINUTE;
    await expiry.run(later);
    expect(await seen('bob', 'ann')).toEqual([]);
    expect(await seen('ann', 'bob')).toEqual([1, 2]);
    expect(await conversationOf('bob', 'ann')).toMatchObject({ minSeq: 3, latestMsgDestructTime: later });
    const told = await bob.pushOf(1300);
    expect(told.detail).toEqual({ userID: 'bob', conversationIDList: ['si_ann_bob'] });

    await say('ann', 'bob', 'three');
    expect(await seen('bob', 'ann')).toEqual([3]);
    await bob.close();
  });

  it('tell nothing where nothing has expired, and are found among many conversations', async () => {
    const peers = Array.from({ length: 30 }, (_, index) => `peer${index}`);
    await im.register('owner', ...peers);
    for (const peer of peers) await say(peer, 'owner', 'hello');
    for (const peer of peers.slice(0, 20)) await letExpire('owner', peer, peer === 'peer7' ? 3600 : 60);
    const expiry = im.get(MessageExpiry);
    await expiry.run(Date.now() + 2 * MINUTE);
    const left = await Promise.all(peers.map(async (peer) => (await seen('owner', peer)).length));
    expect(left.reduce((sum, count) => sum + count, 0)).toBe(11);
    const version = async (): Promise<number> =>
      (await im.rows('im_versions', { collection: 'conversations', ownerID: 'owner' }))[0].version;
    const before = await version();
    await expiry.run(Date.now() + 2 * MINUTE);
    expect(await version()).toEqual(before);
  });
});
