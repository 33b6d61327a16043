import { beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import type { World } from '../support/world.js';

/** Friendship and blocking, seen by both. */
export function friends(world: () => World): void {
  let fay: Client;
  let fox: Client;
  beforeAll(async () => {
    [fay, fox] = await world().enter('fay', 'fox');
  });

  const friendsOf = async (client: Client): Promise<string[]> =>
    (await client.call('getFriendList', false)).map(({ userID }: { userID: string }) => userID);

  it('are asked for, and may refuse', async () => {
    await fay.call('addFriend', { toUserID: 'fox', reqMsg: 'hi, it is fay' });
    const application = { fromUserID: 'fay', toUserID: 'fox', reqMsg: 'hi, it is fay', handleResult: 0 };
    await fox.hears({ OnFriendApplicationAdded: [application] });
    await fay.hears({ OnFriendApplicationAdded: [application] });
    expect(await fox.call('getFriendApplicationListAsRecipient')).toMatchObject([application]);
    expect(await fay.call('getFriendApplicationListAsApplicant')).toMatchObject([application]);

    await fox.call('refuseFriendApplication', { toUserID: 'fay', handleMsg: 'who?' });
    const refused = { ...application, handleResult: -1, handleMsg: 'who?' };
    await fay.hears({ OnFriendApplicationRejected: [refused] });
    await fox.hears({ OnFriendApplicationRejected: [refused] });
    expect([await friendsOf(fay), await friendsOf(fox)]).toEqual([[], []]);
  });

  it('are made when the other accepts, and get a chat that says so', async () => {
    await fay.call('addFriend', { toUserID: 'fox', reqMsg: 'fay from work' });
    await fox.hears({ OnFriendApplicationAdded: [{ fromUserID: 'fay' }] });
    await fay.hears({ OnFriendApplicationAdded: [{ fromUserID: 'fay' }] });
    await fox.call('acceptFriendApplication', { toUserID: 'fay', handleMsg: 'sure' });
    const accepted = { fromUserID: 'fay', toUserID: 'fox', handleResult: 1, handleMsg: 'sure' };
    await fay.hears({
      OnFriendApplicationAccepted: [accepted],
      OnFriendAdded: [{ userID: 'fox' }],
      OnNewConversation: [[{ conversationID: 'si_fay_fox' }]],
      OnRecvNewMessages: [{ contentType: 1201, sendID: 'fox', seq: 1 }],
    });
    await fox.hears({
      OnFriendApplicationAccepted: [accepted],
      OnFriendAdded: [{ userID: 'fay' }],
      OnNewConversation: [[{ conversationID: 'si_fay_fox' }]],
      OnRecvNewMessages: [{ contentType: 1201 }],
    });
    expect([await friendsOf(fay), await friendsOf(fox)]).toEqual([['fox'], ['fay']]);
    expect(await fay.call('checkFriend', ['fox'])).toMatchObject([{ userID: 'fox', result: 1 }]);
  });

  it('get a remark and an extra, and show their new name', async () => {
    await fay.call('updateFriends', { friendUserIDs: ['fox'], remark: 'Bobby', ex: 'colleague' });
    await fay.hears({ OnFriendInfoChanged: [{ userID: 'fox', remark: 'Bobby', ex: 'colleague' }] });
    await fox.hears({});
    await fox.call('setSelfInfo', { nickname: 'Robert' });
    await fox.hears({ OnSelfInfoUpdated: [{ userID: 'fox', nickname: 'Robert' }] });
    await fay.hears({ OnFriendInfoChanged: [{ userID: 'fox', nickname: 'Robert' }] });
  });

  it('are blocked, which stops their messages, and unblocked', async () => {
    await world().does('/friend/add_black', { ownerUserID: 'fay', blackUserID: 'fox' });
    await fay.hears({ OnBlackAdded: [{ userID: 'fox' }] });
    await fox.hears({});
    await expect(fox.text({ recvID: 'fay' }, 'hey')).rejects.toMatchObject({ errCode: 1302 });
    fox.journal.forget();
    await fay.hears({});
    expect(await fay.call('getBlackList')).toMatchObject([{ userID: 'fox' }]);
    await fay.call('removeBlack', 'fox');
    await fay.hears({ OnBlackDeleted: [{ userID: 'fox' }] });
    await fox.text({ recvID: 'fay' }, 'hey again');
    await fay.hears({ OnRecvNewMessages: [{ textElem: { content: 'hey again' } }] });
    fox.journal.forget();
  });

  it('are let go by one, and stay with the other', async () => {
    await fay.call('deleteFriend', 'fox');
    await fay.hears({ OnFriendDeleted: [{ userID: 'fox' }] });
    await fox.hears({});
    expect([await friendsOf(fay), await friendsOf(fox)]).toEqual([[], ['fay']]);
  });
}
