import { expect, it } from 'vitest';
import { SOON } from '../support/client.js';
import type { World } from '../support/world.js';

/** Who is online, on how many devices. */
export function devices(world: () => World): void {
  it('tells who watches when a user comes and goes', async () => {
    const [dan, deb] = await world().enter('dan', 'deb');
    expect(await dan.call('subscribeUsersStatus', ['deb', 'nobody'])).toBeDefined();
    await dan.journal.waitFor('OnUserStatusChanged', ({ userID }) => userID === 'deb');
    dan.journal.forget();
    await deb.call('logout');
    await dan.hears({ OnUserStatusChanged: [{ userID: 'deb', status: 0, platformIDs: [] }] });
    await deb.login(await world().tokenOf('deb'));
    await dan.hears({ OnUserStatusChanged: [{ userID: 'deb', status: 1, platformIDs: [5] }] });
    deb.line.goDown();
    await dan.hears({ OnUserStatusChanged: [{ userID: 'deb', status: 0, platformIDs: [] }] });
    deb.line.goUp();
    await dan.hears({ OnUserStatusChanged: [{ userID: 'deb', status: 1, platformIDs: [5] }] });
    await dan.call('unsubscribeUsersStatus', ['deb']);
    await deb.call('logout');
    await dan.hears({});
    await Promise.all([dan.close(), deb.close()]);
  });

  it('hears everything in the background too, and catches up in the foreground', async () => {
    const [dee, dot] = await world().enter('dee', 'dot');
    await dot.call('setAppBackgroundStatus', true);
    await dee.text({ recvID: 'dot' }, 'in the background');
    await dot.hears({
      OnNewConversation: [[{ conversationID: 'si_dee_dot' }]],
      OnRecvOfflineNewMessages: [{ textElem: { content: 'in the background' } }],
    });
    await dot.call('setAppBackgroundStatus', false);
    dot.journal.forget();
    await dee.text({ recvID: 'dot' }, 'in the foreground');
    await dot.hears({ OnRecvNewMessages: [{ textElem: { content: 'in the foreground' } }] });
    await Promise.all([dee.close(), dot.close()]);
  });

  it('shows on a second device what is done on the first', async () => {
    const [dom, dov] = await world().enter('dom', 'dov');
    const phone = await world().open('dom');
    await phone.login(await world().tokenOf('dom', 2), 2);
    await phone.journal.waitFor('OnSyncServerFinish');
    phone.journal.forget();
    const sent = await dom.text({ recvID: 'dov' }, 'from my desk');
    await dov.hears({ OnNewConversation: [[{}]], OnRecvNewMessages: [{ clientMsgID: sent.clientMsgID }] });
    await phone.hears({
      OnNewConversation: [[{ conversationID: 'si_dom_dov' }]],
      OnRecvNewMessages: [{ clientMsgID: sent.clientMsgID, sendID: 'dom', textElem: { content: 'from my desk' } }],
    });
    expect(await phone.conversation({ recvID: 'dov' })).toMatchObject({ unreadCount: 0 });
    await dov.text({ recvID: 'dom' }, 'got it');
    for (const device of [dom, phone])
      await device.journal.waitFor('OnRecvNewMessages', ({ sendID }) => sendID === 'dov');
    expect(await phone.conversation({ recvID: 'dov' })).toMatchObject({ unreadCount: 1 });
    await dom.call('markConversationMessageAsRead', 'si_dom_dov');
    await expect.poll(async () => (await phone.conversation({ recvID: 'dov' })).unreadCount, SOON).toBe(0);
    await dom.call('setConversation', { conversationID: 'si_dom_dov', isPinned: true, recvMsgOpt: 2, ex: 'mine' });
    await expect
      .poll(() => phone.conversation({ recvID: 'dov' }), SOON)
      .toMatchObject({ isPinned: true, recvMsgOpt: 2, ex: 'mine' });
    await dom.call('setSelfInfo', { nickname: 'Gustav', ex: 'x' });
    await phone.journal.waitFor('OnSelfInfoUpdated', ({ nickname }) => nickname === 'Gustav');
    await Promise.all([dom.close(), phone.close(), dov.close()]);
  });

  it('is kicked by a newer login on its platform, and stays away', async () => {
    const [dina] = await world().enter('dina');
    const newer = await world().open('dina');
    await newer.login(await world().tokenOf('dina'));
    await newer.journal.waitFor('OnSyncServerFinish');
    await dina.hears({ OnKickedOffline: [undefined] });
    await newer.hears({
      OnConnecting: [undefined],
      OnConnectSuccess: [undefined],
      OnSyncServerStart: [true],
      OnSyncServerFinish: [true],
    });
    await Promise.all([dina.close(), newer.close()]);
  });

  it('is kicked by force_logout', async () => {
    const [dora] = await world().enter('dora');
    await world().does('/auth/force_logout', { userID: 'dora', platformID: 5 });
    await dora.hears({ OnKickedOffline: [undefined] });
    await dora.close();
  });
}
