import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

withOfficialSdk('What an AppServer does reaches the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  it('a message in v1, in a user’s name: all his devices have it too', async () => {
    const { msgID } = await world.v1('/manager/send_msg', {
      sendID: 'ann',
      recvID: 'bob',
      content: { text: 'from v1' },
      contentType: 101,
      sessionType: 1,
    });
    for (const client of [ann, bob]) {
      expect(await client.text('from v1')).toMatchObject({
        clientMsgID: msgID,
        sendID: 'ann',
        recvID: 'bob',
        sessionType: 1,
        seq: 1,
      });
    }
    expect(cid.names()).toEqual([]);
  });

  it('a group in v1, its members, and a message to it', async () => {
    const { data } = await world.v1('/group/create_group', {
      memberList: [
        { uid: 'ann', setRole: 1 },
        { uid: 'bob', setRole: 0 },
      ],
      groupName: 'from v1',
    });
    const { groupID } = data;
    for (const client of [ann, bob]) {
      expect(await client.once('OnJoinedGroupAdded')).toMatchObject({
        groupID,
        groupName: 'from v1',
        ownerUserID: 'ann',
      });
    }
    await newPage(ann, bob, cid);
    await world.v1('/group/invite_user_to_group', { groupID, uidList: ['cid'], reason: 'join' });
    expect(await cid.once('OnJoinedGroupAdded')).toMatchObject({ groupID });
    expect(await ann.once('OnGroupMemberAdded')).toMatchObject({ userID: 'cid' });

    await newPage(ann, bob, cid);
    const message = { sendID: 'ann', recvID: groupID, content: { text: 'all' }, contentType: 101, sessionType: 2 };
    await world.v1('/manager/send_msg', message);
    for (const client of [ann, bob, cid]) {
      expect(await client.text('all')).toMatchObject({ groupID, sendID: 'ann', sessionType: 3 });
    }

    await newPage(ann, bob, cid);
    await world.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: 'cid', nickName: '' }], reason: 'out' });
    expect(await cid.once('OnJoinedGroupDeleted')).toEqual({ groupID });
    expect(await bob.once('OnGroupMemberDeleted')).toMatchObject({ userID: 'cid' });
  });

  it('a profile in v1', async () => {
    await world.v1('/friend/import_friend', { uid: 'bob', ownerUid: 'ann' });
    await newPage(ann, bob, cid);
    await world.v1('/user/update_user_info', { uid: 'bob', name: 'Robert', icon: 'http://face/robert' });
    expect(await ann.once('OnFriendInfoChanged')).toMatchObject({ userID: 'bob', nickname: 'Robert' });
    expect(await bob.once('OnSelfInfoUpdated')).toMatchObject({ userID: 'bob', nickname: 'Robert' });
    await cid.never('OnFriendInfoChanged');
  });

  it('a user registered in v2 logs in with the token of v2', async () => {
    const asked = { secret: 'openIM123', platform: 5, userID: 'dora', nickname: 'Dora' };
    await world.v2('/auth/user_register', asked);
    const { data } = await world.v2('/auth/user_token', { secret: 'openIM123', platform: 5, userID: 'dora' });
    const dora = await world.connect('dora', data.token);
    await dora.event('OnSyncServerFinish');
    await say(ann, { to: 'dora' }, 'welcome');
    expect(await dora.text('welcome')).toMatchObject({ sendID: 'ann' });
    await dora.close();
  });

  it('a message in v3, to one and to many', async () => {
    const message = {
      sendID: 'openIM123456',
      senderNickname: 'The shop',
      senderPlatformID: 10,
      content: { content: 'sale' },
      contentType: 101,
      sessionType: 1,
    };
    await world.v3('/msg/send_msg', { ...message, recvID: 'bob' });
    expect(await bob.text('sale')).toMatchObject({ sendID: 'openIM123456', senderNickname: 'The shop' });

    await newPage(ann, bob, cid);
    await world.v3('/msg/batch_send_msg', {
      ...message,
      content: { content: 'to many' },
      recvIDs: ['ann', 'bob', 'cid'],
    });
    for (const client of [ann, bob, cid]) await client.text('to many');
  });

  it('a business notification in v3', async () => {
    await world.v3('/msg/send_business_notification', {
      key: 'order',
      data: '{"id":7}',
      sendUserID: 'openIM123456',
      recvUserID: 'cid',
    });
    expect(await cid.once('OnRecvCustomBusinessMessage')).toMatchObject({ key: 'order', data: '{"id":7}' });
    expect([ann.names(), bob.names()]).toEqual([[], []]);
  });

  it('friends, groups and revoking in v3', async () => {
    await world.v3('/friend/import_friend', { ownerUserID: 'cid', friendUserIDs: ['bob'] });
    const isLine = ([{ contentType }]: any[]) => contentType === 1201;
    for (const client of [bob, cid]) await client.once('OnRecvNewMessages', isLine);

    await newPage(ann, bob, cid);
    const { data } = await world.v3('/group/create_group', {
      ownerUserID: 'cid',
      memberUserIDs: ['bob'],
      adminUserIDs: ['ann'],
      groupInfo: { groupName: 'from v3', groupType: 2 },
    });
    const { groupID } = data.groupInfo;
    for (const client of [ann, bob, cid]) expect(await client.once('OnJoinedGroupAdded')).toMatchObject({ groupID });

    await newPage(ann, bob, cid);
    const [said] = await say(bob, { to: 'cid' }, 'oh no');
    const { seq } = await cid.text('oh no');
    await newPage(ann, bob, cid);
    await world.v3('/msg/revoke_msg', { conversationID: chatOf('bob', 'cid'), seq, userID: 'bob' });
    for (const client of [bob, cid]) {
      expect(await client.once('OnNewRecvMessageRevoked')).toMatchObject({ clientMsgID: said.clientMsgID, seq });
    }
    expect(ann.names()).toEqual([]);
  });

  it('each call once, however many there are at the same time', async () => {
    const texts = Array.from({ length: 40 }, () => randomUUID());
    const sending = texts.map((text, index) =>
      world.v1('/manager/send_msg', {
        sendID: index % 2 ? 'ann' : 'bob',
        recvID: 'cid',
        content: { text },
        contentType: 101,
        sessionType: 1,
      }),
    );
    await Promise.all(sending);
    await quiet(ann, bob, cid);
    const heard = cid.messages().map(({ textElem }) => textElem.content);
    expect(heard.toSorted()).toEqual(texts.toSorted());
    for (const sendID of ['ann', 'bob']) {
      const seqs = cid.messages().flatMap((message) => (message.sendID === sendID ? [message.seq] : []));
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    }
  });
});
