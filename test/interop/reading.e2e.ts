import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

const CHAT = chatOf('ann', 'bob');

withOfficialSdk('Reading with the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
    // A chat that both know already: the SDK does not count the first message of one it does not know.
    await say(ann, { to: 'bob' }, 'first');
    await bob.text('first');
    await bob.call('markConversationMessageAsRead', CHAT);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  it('counts what is unread', async () => {
    await newPage(ann, bob);
    await say(ann, { to: 'bob' }, 'one', 'two', 'three');
    await bob.text('three');
    expect(bob.all('OnTotalUnreadMessageCountChanged')).toEqual([1, 2, 3]);
    expect(await bob.call('getTotalUnreadMsgCount')).toBe(3);
    expect(await bob.call('getOneConversation', { sourceID: 'ann', sessionType: 1 })).toMatchObject({ unreadCount: 3 });
    expect(ann.all('OnTotalUnreadMessageCountChanged')).toEqual([]);
  });

  it('tells the sender once, with all that was read', async () => {
    await bob.call('markConversationMessageAsRead', CHAT);
    const [receipt, ...more] = await ann.once('OnRecvC2CReadReceipt');
    expect(more).toEqual([]);
    expect(receipt).toMatchObject({ userID: 'bob', groupID: '', sessionType: 1 });
    expect(receipt.msgIDList).toHaveLength(3);
    const { messageList } = await ann.call('getAdvancedHistoryMessageList', {
      conversationID: CHAT,
      startClientMsgID: '',
      count: 3,
    });
    expect(receipt.msgIDList).toEqual(messageList.map(({ clientMsgID }: any) => clientMsgID));
    await quiet(bob);
    expect(bob.all('OnRecvC2CReadReceipt')).toEqual([]);
    expect(await bob.call('getTotalUnreadMsgCount')).toBe(0);
    await expect(bob.call('markConversationMessageAsRead', CHAT)).rejects.toThrow('hasReadSeq equal max');
  });

  it('is known to whoever logs in later', async () => {
    await say(ann, { to: 'bob' }, 'unread as yet');
    await bob.text('unread as yet');
    const [annsPhone, bobsPhone] = [
      await world.login('ann', { platformID: 2 }),
      await world.login('bob', { platformID: 2 }),
    ];
    const asked = { conversationID: CHAT, startClientMsgID: '', count: 3 };
    const { messageList } = await annsPhone.call('getAdvancedHistoryMessageList', asked);
    expect(messageList.map(({ isRead }: any) => isRead)).toEqual([true, true, false]);
    expect(await bobsPhone.call('getTotalUnreadMsgCount')).toBe(1);
    expect(await annsPhone.call('getTotalUnreadMsgCount')).toBe(0);
    await bobsPhone.call('markConversationMessageAsRead', CHAT);
    expect((await annsPhone.once('OnRecvC2CReadReceipt'))[0].msgIDList).toEqual([messageList[2].clientMsgID]);
    expect((await ann.once('OnRecvC2CReadReceipt'))[0].msgIDList).toEqual([messageList[2].clientMsgID]);
    await Promise.all([annsPhone.close(), bobsPhone.close()]);
  });

  it('says nothing to anybody in a group', async () => {
    const { groupID } = await ann.call('createGroup', { memberUserIDs: ['bob'], groupInfo: { groupName: 'two' } });
    await bob.event('OnJoinedGroupAdded');
    await newPage(ann, bob);
    await say(ann, { groupID }, 'to all');
    await bob.text('to all');
    await newPage(ann, bob);
    await bob.call('markConversationMessageAsRead', `sg_${groupID}`);
    await quiet(ann, bob);
    expect(ann.names()).toEqual([]);
    expect(bob.all('OnRecvC2CReadReceipt')).toEqual([]);
    const again = await world.login('bob', { platformID: 2 });
    expect(await again.call('getTotalUnreadMsgCount')).toBe(0);
    await again.close();
  });

  it('shows who is typing, and leaves no trace of it', async () => {
    await ann.call('changeInputStates', { conversationID: CHAT, focus: true });
    const typing = { conversationID: CHAT, userID: 'ann', platformIDs: [5] };
    expect(await bob.once('OnConversationUserInputStatusChanged')).toEqual(typing);
    expect(await bob.call('getInputStates', { conversationID: CHAT, userID: 'ann' })).toEqual([5]);
    await ann.call('changeInputStates', { conversationID: CHAT, focus: false });
    await quiet(ann, bob, cid);
    expect(bob.all('OnConversationUserInputStatusChanged')).toHaveLength(2);
    expect([ann.names(), cid.names()]).toEqual([[], []]);
    expect(bob.messages()).toEqual([]);
    const before = await bob.call('getAdvancedHistoryMessageList', {
      conversationID: CHAT,
      startClientMsgID: '',
      count: 1,
    });
    expect(before.messageList).toMatchObject([{ textElem: { content: 'unread as yet' } }]);
  });
});
