import { expect, it } from 'vitest';
import { SOON } from '../support/client.js';
import type { World } from '../support/world.js';

const CONNECTED = { OnConnecting: [undefined], OnConnectSuccess: [undefined] };

/** Logging in and out. */
export function loggingIn(world: () => World): void {
  it('connects, synchronises an empty account, and knows who it is', async () => {
    await world().register('lea');
    const lea = await world().open('lea');
    await lea.login(await world().tokenOf('lea'));

    await lea.hears({ ...CONNECTED, OnSyncServerStart: [true], OnSyncServerFinish: [true] });
    expect(await lea.call('getLoginStatus')).toBe(3);
    expect(await lea.call('getSelfUserInfo')).toMatchObject({ userID: 'lea', nickname: 'lea' });
    expect(await lea.call('getAllConversationList')).toEqual([]);
    await lea.close();
  });

  it('finds at its first login what happened before', async () => {
    await world().register('lou', 'liv', 'lya');
    const lou = await world().open('lou');
    await lou.login(await world().tokenOf('lou'));
    await lou.journal.waitFor('OnSyncServerFinish');
    await world().does('/friend/import_friend', { ownerUserID: 'liv', friendUserIDs: ['lya'] });
    const { groupInfo } = await world().does('/group/create_group', {
      ownerUserID: 'lou',
      memberUserIDs: ['liv'],
      groupInfo: { groupName: 'team', groupType: 2 },
    });
    for (let n = 1; n <= 25; n += 1) await lou.text({ recvID: 'liv' }, `text ${n}`);

    const fresh = await world().open('liv');
    await fresh.login(await world().tokenOf('liv'));
    await fresh.journal.waitFor('OnSyncServerFinish');
    const conversations: any[] = await fresh.call('getAllConversationList');
    expect(conversations.map(({ conversationID, unreadCount }) => [conversationID, unreadCount]).sort()).toEqual([
      [`sg_${groupInfo.groupID}`, 1],
      ['si_liv_lou', 25],
      ['si_liv_lya', 1],
    ]);
    expect(await fresh.call('getFriendList')).toMatchObject([{ userID: 'lya', nickname: 'lya' }]);
    expect(await fresh.call('getJoinedGroupList')).toMatchObject([{ groupName: 'team', memberCount: 2 }]);
    expect(await fresh.call('getTotalUnreadMsgCount')).toBe(27);
    const texts = (await fresh.history('si_liv_lou', 10)).map(({ textElem }) => textElem.content);
    expect(texts).toEqual(Array.from({ length: 25 }, (_, index) => `text ${index + 1}`));
    await Promise.all([lou.close(), fresh.close()]);
  });

  it('goes on from its own database when the tab is opened again', async () => {
    const [len, lin] = await world().enter('len', 'lin');
    await lin.text({ recvID: 'len' }, 'before');
    await len.hears({ OnNewConversation: [[{ conversationID: 'si_len_lin' }]], OnRecvNewMessages: [{}] });

    await len.load();
    for (let n = 1; n <= 3; n += 1) await lin.text({ recvID: 'len' }, `meanwhile ${n}`);
    await len.login(await world().tokenOf('len'));
    await len.journal.waitFor('OnSyncServerFinish');
    expect(await len.conversation({ recvID: 'lin' })).toMatchObject({ unreadCount: 4 });
    const texts = (await len.history('si_len_lin')).map(({ textElem }) => textElem.content);
    expect(texts).toEqual(['before', 'meanwhile 1', 'meanwhile 2', 'meanwhile 3']);
    await Promise.all([len.close(), lin.close()]);
  });

  it('logs out, is offline to others, and logs in again', async () => {
    const [lis] = await world().enter('lis');
    const status = async (): Promise<unknown> =>
      (await world().does('/user/get_users_online_status', { userIDs: ['lis'] }))[0]?.status;
    expect(await status()).toBe(1);
    await lis.call('logout');
    await expect.poll(status, SOON).toBe(0);
    await lis.login(await world().tokenOf('lis'));
    await lis.journal.waitFor('OnSyncServerFinish');
    expect(await status()).toBe(1);
    await lis.close();
  });

  it.each([
    ['of nobody', 'lea', () => 'no.token.atall'],
    ['of somebody else', 'lara', () => world().tokenOf('lea')],
    ['of another platform', 'lea', () => world().tokenOf('lea', 2)],
  ])('says that a token %s is none', async (_, userID, token) => {
    const lara = await world().open(userID);
    await lara.login(await token());
    await lara.journal.waitFor('OnUserTokenInvalid');
    await lara.close();
  });

  it('says that a token was ended by force_logout', async () => {
    await world().register('luca');
    const token = await world().tokenOf('luca');
    await world().does('/auth/force_logout', { userID: 'luca', platformID: 5 });
    const luca = await world().open('luca');
    await luca.login(token);
    await luca.journal.waitFor('OnKickedOffline');
    await luca.close();
  });
}
