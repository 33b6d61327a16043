import { beforeAll, expect, it } from 'vitest';
import { type Client, SOON } from '../support/client.js';
import type { World } from '../support/world.js';

/** What an AppServer does through v1, v2 and v3, as clients hear it. */
export function appServer(world: () => World): void {
  let abe: Client;
  let ava: Client;
  let v1Token: string;
  beforeAll(async () => {
    [abe, ava] = await world().enter('abe', 'ava');
    await abe.text({ recvID: 'ava' }, 'first');
    await abe.hears({ OnNewConversation: [[{ conversationID: 'si_abe_ava' }]] });
    await ava.hears({ OnNewConversation: [[{ conversationID: 'si_abe_ava' }]], OnRecvNewMessages: [{}] });
    const { body } = await world().v1('/auth/user_token', { secret: 'tuoyun', platform: 1, uid: 'openIM123456' }, '');
    v1Token = body.data.token;
  });

  const v1 = async (path: string, body: object): Promise<any> => {
    const answer = await world().v1(path, body, v1Token);
    expect(answer.body, answer.text).toMatchObject({ errCode: 0 });
    return answer.body;
  };

  it('is heard when a v2 account sends its first message', async () => {
    const account = { secret: 'tuoyun', platform: 5, userID: 'veetwo', nickname: 'Vee' };
    const { body } = await world().v1('/auth/user_register', account, '');
    expect(body, JSON.stringify(body)).toMatchObject({ errCode: 0 });
    const vee = await world().open('veetwo');
    await vee.login(body.data.token);
    await vee.journal.waitFor('OnSyncServerFinish');
    await vee.text({ recvID: 'abe' }, 'hello from v2');
    await abe.hears({
      OnNewConversation: [[{ userID: 'veetwo', showName: 'Vee' }]],
      OnRecvNewMessages: [{ sendID: 'veetwo', senderNickname: 'Vee', textElem: { content: 'hello from v2' } }],
    });
    await vee.close();
  });

  it('is heard when v1 sends a message, to a user and to a group', async () => {
    const text = { senderPlatformID: 1, senderNickName: 'abe', senderFaceURL: '', contentType: 101 };
    const { msgID } = await v1('/manager/send_msg', {
      ...text,
      sendID: 'abe',
      recvID: 'ava',
      content: { text: 'by v1' },
      sessionType: 1,
    });
    const seen = { clientMsgID: msgID, sendID: 'abe', recvID: 'ava', contentType: 101, textElem: { content: 'by v1' } };
    for (const client of [abe, ava]) {
      await client.hears({ OnRecvNewMessages: [seen] });
    }
    const { data } = await v1('/group/create_group', {
      memberList: [
        { uid: 'abe', setRole: 1 },
        { uid: 'ava', setRole: 0 },
      ],
      groupName: 'by v1',
    });
    const { groupID } = data;
    for (const client of [abe, ava]) {
      await client.hears({
        OnJoinedGroupAdded: [{ groupID, groupName: 'by v1', memberCount: 2 }],
        OnNewConversation: [[{ conversationID: `sg_${groupID}` }]],
        OnRecvNewMessages: [{ contentType: 1501 }],
      });
    }
    const toGroup = { ...text, sendID: 'ava', recvID: groupID, content: { text: 'to all' }, sessionType: 2 };
    await v1('/manager/send_msg', toGroup);
    for (const client of [abe, ava]) {
      await client.hears({ OnRecvNewMessages: [{ groupID, sendID: 'ava', textElem: { content: 'to all' } }] });
    }
  });

  it('is heard when v1 imports a friend and changes a profile', async () => {
    await v1('/friend/import_friend', { uid: 'abe', ownerUid: 'ava' });
    for (const [client, friend] of [
      [abe, 'ava'],
      [ava, 'abe'],
    ] as const) {
      await client.hears({ OnFriendAdded: [{ userID: friend }], OnRecvNewMessages: [{ contentType: 1201 }] });
    }
    await v1('/user/update_user_info', { uid: 'abe', name: 'Abraham' });
    await abe.hears({ OnSelfInfoUpdated: [{ userID: 'abe', nickname: 'Abraham' }] });
    await ava.hears({ OnFriendInfoChanged: [{ userID: 'abe', nickname: 'Abraham' }] });
  });

  it('is heard when v1 brings somebody into a group, and removes him', async () => {
    const { data } = await v1('/group/create_group', {
      memberList: [{ uid: 'abe', setRole: 1 }],
      groupName: 'changing',
    });
    const { groupID } = data;
    await abe.hears({ OnJoinedGroupAdded: [{ groupID }], OnNewConversation: [[{}]], OnRecvNewMessages: [{}] });
    await v1('/group/invite_user_to_group', { groupID, uidList: ['ava'], reason: '' });
    await abe.hears({
      OnGroupMemberAdded: [{ groupID, userID: 'ava' }],
      OnGroupInfoChanged: [{ groupID, memberCount: 2 }],
      OnRecvNewMessages: [{ contentType: 1509 }],
    });
    await ava.hears({
      OnJoinedGroupAdded: [{ groupID, memberCount: 2 }],
      OnNewConversation: [[{ conversationID: `sg_${groupID}` }]],
      OnRecvNewMessages: [{ contentType: 1501 }, { contentType: 1509 }],
    });
    await v1('/group/kick_group', { groupID, uidListInfo: [{ userId: 'ava' }] });
    await abe.hears({
      OnGroupMemberDeleted: [{ groupID, userID: 'ava' }],
      OnGroupInfoChanged: [{ groupID, memberCount: 1 }],
      OnRecvNewMessages: [{ contentType: 1508 }],
    });
    await ava.hears({ OnJoinedGroupDeleted: [{ groupID }], OnRecvNewMessages: [{ contentType: 1508 }] });
  });

  it('is heard when v3 sends, as a user and as a notification account', async () => {
    await world().does('/msg/send_msg', {
      sendID: 'abe',
      recvID: 'ava',
      senderNickname: 'abe',
      senderFaceURL: '',
      senderPlatformID: 1,
      content: { content: 'by v3' },
      contentType: 101,
      sessionType: 1,
    });
    for (const client of [abe, ava]) await client.hears({ OnRecvNewMessages: [{ textElem: { content: 'by v3' } }] });

    await world().does('/user/add_notification_account', {
      userID: 'news',
      nickName: 'News',
      faceURL: 'http://x/n.png',
      appMangerLevel: 3,
    });
    await world().does('/msg/send_msg', {
      sendID: 'news',
      recvID: 'ava',
      senderNickname: 'News',
      senderFaceURL: 'http://x/n.png',
      senderPlatformID: 1,
      content: {
        notificationName: 'News',
        notificationFaceURL: 'http://x/n.png',
        notificationType: 1,
        text: 'something happened',
        url: 'http://x',
        mixType: 0,
      },
      contentType: 1400,
      sessionType: 4,
    });
    await ava.hears({
      OnNewConversation: [[{ conversationID: 'sn_ava_news', conversationType: 4 }]],
      OnRecvNewMessages: [{ contentType: 1400, sessionType: 4, sendID: 'news' }],
    });
    await abe.hears({});
  });

  it('is heard when v3 sends a business notification', async () => {
    await world().does('/msg/send_business_notification', {
      key: 'order',
      data: '{"id":7}',
      sendUserID: 'abe',
      recvUserID: 'ava',
    });
    await ava.hears({ OnRecvCustomBusinessMessage: [{ key: 'order', data: '{"id":7}' }] });
    abe.journal.forget();
  });

  it('is heard when v3 revokes and deletes for everybody', async () => {
    const first = await abe.text({ recvID: 'ava' }, 'to be revoked');
    const second = await abe.text({ recvID: 'ava' }, 'to be deleted');
    await ava.hears({ OnRecvNewMessages: [{}, {}] });
    const [{ seq }, last] = (await ava.history('si_abe_ava')).slice(-2);
    await world().does('/msg/revoke_msg', { conversationID: 'si_abe_ava', seq, userID: 'abe' });
    for (const client of [abe, ava]) {
      await client.hears({ OnNewRecvMessageRevoked: [{ clientMsgID: first.clientMsgID }] });
    }
    await world().does('/msg/delete_msgs', {
      conversationID: 'si_abe_ava',
      seqs: [last.seq],
      userID: 'abe',
      deleteSyncOpt: { IsSyncSelf: true, IsSyncOther: true },
    });
    for (const client of [abe, ava]) await client.hears({ OnMsgDeleted: [{ clientMsgID: second.clientMsgID }] });
  });

  it('is heard when v3 sets conversations', async () => {
    await world().does('/conversation/set_conversations', {
      userIDs: ['ava'],
      conversation: { conversationID: 'si_abe_ava', conversationType: 1, userID: 'abe', isPinned: true, recvMsgOpt: 1 },
    });
    await expect.poll(() => ava.conversation({ recvID: 'abe' }), SOON).toMatchObject({ isPinned: true, recvMsgOpt: 1 });
    expect(await abe.conversation({ recvID: 'ava' })).toMatchObject({ isPinned: false, recvMsgOpt: 0 });
  });
}
