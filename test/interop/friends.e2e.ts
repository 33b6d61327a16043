import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, quiet } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

withOfficialSdk('Friends of the official SDK', (database) => {
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

  const friendsOf = async (client: Client): Promise<string[]> => {
    const friends: { userID: string }[] = await client.call('getFriendListPage', { offset: 0, count: 100 });
    return friends.map(({ userID }) => userID);
  };

  it('apply, and both hear of it once', async () => {
    await ann.call('addFriend', { toUserID: 'bob', reqMsg: 'it is me' });
    const request = { fromUserID: 'ann', toUserID: 'bob', reqMsg: 'it is me', handleResult: 0, fromNickname: 'Ann' };
    expect(await bob.once('OnFriendApplicationAdded')).toMatchObject(request);
    expect(await ann.once('OnFriendApplicationAdded')).toMatchObject(request);
    expect(cid.names()).toEqual([]);
    expect(await bob.call('getFriendApplicationListAsRecipient', { offset: 0, count: 10 })).toMatchObject([request]);
    expect(await ann.call('getFriendApplicationListAsApplicant', { offset: 0, count: 10 })).toMatchObject([request]);
  });

  it('accept, and a line opens their chat', async () => {
    await bob.call('acceptFriendApplication', { toUserID: 'ann', handleMsg: 'hello' });
    const accepted = { fromUserID: 'ann', toUserID: 'bob', handleResult: 1 };
    expect(await ann.once('OnFriendApplicationAccepted')).toMatchObject(accepted);
    expect(await bob.once('OnFriendApplicationAccepted')).toMatchObject(accepted);
    expect(await bob.once('OnFriendAdded')).toMatchObject({ userID: 'ann', nickname: 'Ann', ownerUserID: 'bob' });
    for (const client of [ann, bob]) {
      expect(client.messages()).toMatchObject([
        { contentType: 1201, seq: 1, sendID: 'bob', recvID: 'ann', sessionType: 1 },
      ]);
      expect(await client.once('OnNewConversation')).toMatchObject([{ conversationID: chatOf('ann', 'bob') }]);
    }
    expect(await friendsOf(ann)).toEqual(['bob']);
    expect(await friendsOf(bob)).toEqual(['ann']);
    expect(await ann.call('checkFriend', ['bob', 'cid'])).toEqual([
      { userID: 'bob', result: 1 },
      { userID: 'cid', result: 0 },
    ]);
  });

  it('refuse, and the applicant hears it', async () => {
    await cid.call('addFriend', { toUserID: 'ann', reqMsg: 'please' });
    await ann.once('OnFriendApplicationAdded');
    await newPage(ann, cid);
    await ann.call('refuseFriendApplication', { toUserID: 'cid', handleMsg: 'no' });
    const refused = { fromUserID: 'cid', toUserID: 'ann', handleResult: -1 };
    expect(await cid.once('OnFriendApplicationRejected')).toMatchObject(refused);
    expect(await ann.once('OnFriendApplicationRejected')).toMatchObject(refused);
    expect(cid.messages()).toEqual([]);
    expect(await friendsOf(cid)).toEqual([]);
  });

  it('name each other as they like, and their other devices follow', async () => {
    const phone = await world.login('ann', { platformID: 2 });
    await newPage(ann, bob, phone);
    await ann.call('updateFriends', { friendUserIDs: ['bob'], remark: 'Bobby', isPinned: true, ex: 'school' });
    const renamed = { userID: 'bob', remark: 'Bobby', isPinned: true, ex: 'school', nickname: 'Bob' };
    expect(await phone.once('OnFriendInfoChanged')).toMatchObject(renamed);
    expect(await ann.once('OnFriendInfoChanged')).toMatchObject(renamed);
    expect(bob.names()).toEqual([]);
    expect(await ann.call('getSpecifiedFriendsInfo', ['bob'])).toMatchObject([{ userID: 'bob', remark: 'Bobby' }]);
    await phone.close();
  });

  it('block each other: what the blocked one writes is refused', async () => {
    await ann.call('addBlack', { toUserID: 'bob', ex: 'noise' });
    expect(await ann.once('OnBlackAdded')).toMatchObject({ userID: 'bob', nickname: 'Bob', ex: 'noise' });
    await bob.never('OnBlackAdded');
    expect(await ann.call('getBlackList', { offset: 0, count: 10 })).toMatchObject([{ userID: 'bob' }]);

    const message = await bob.call('createTextMessage', 'hear me');
    const sending = bob.call('sendMessage', { recvID: 'ann', groupID: '', message });
    await expect(sending).rejects.toMatchObject({ errCode: 1302 });
    await quiet(ann, bob);
    expect(ann.messages()).toEqual([]);

    await newPage(ann, bob);
    await ann.call('removeBlack', 'bob');
    expect(await ann.once('OnBlackDeleted')).toEqual({ userID: 'bob' });
    await bob.call('sendMessage', { recvID: 'ann', groupID: '', message: await bob.call('createTextMessage', 'now') });
    expect(await ann.text('now')).toMatchObject({ sendID: 'bob' });
  });

  it('part, which only the one who leaves hears', async () => {
    await ann.call('deleteFriend', 'bob');
    expect(await ann.once('OnFriendDeleted')).toEqual({ userID: 'bob' });
    await bob.never('OnFriendDeleted');
    expect(await friendsOf(ann)).toEqual([]);
    expect(await friendsOf(bob)).toEqual(['ann']);
  });

  it('are made by the AppServer, and find the line in their chat', async () => {
    await world.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'cid' });
    for (const client of [ann, cid]) {
      await client.once('OnRecvNewMessages');
      expect(client.messages()).toMatchObject([{ contentType: 1201, seq: 1, sessionType: 1 }]);
    }
    expect(await friendsOf(ann)).toEqual(['cid']);
    expect(await friendsOf(cid)).toEqual(['ann']);
  });
});
