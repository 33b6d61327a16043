import { beforeAll, expect, it } from 'vitest';
import { type Client, SOON } from '../support/client.js';
import type { World } from '../support/world.js';

const TIP = (contentType: number) => ({ contentType, sessionType: 3 });

/** The life of a group, seen by its members. */
export function groups(world: () => World): void {
  let gil: Client;
  let gus: Client;
  let guy: Client;
  beforeAll(async () => {
    [gil, gus, guy] = await world().enter('gil', 'gus', 'guy');
  });

  /** Ann's group with these members, everything about its making heard. */
  async function found(groupName: string, ...memberUserIDs: string[]): Promise<string> {
    const { groupID } = await gil.call('createGroup', { memberUserIDs, groupInfo: { groupType: 2, groupName } });
    const made = { groupID, groupName, ownerUserID: 'gil', memberCount: memberUserIDs.length + 1 };
    const members = [gus, guy].filter(({ userID }) => memberUserIDs.includes(userID));
    for (const client of [gil, ...members]) {
      await client.hears({
        OnJoinedGroupAdded: [made],
        OnNewConversation: [[{ conversationID: `sg_${groupID}`, showName: groupName }]],
        OnRecvNewMessages: [{ ...TIP(1501), groupID, seq: 1 }],
      });
    }
    return groupID;
  }

  it('is founded: every member hears of it once, and strangers nothing', async () => {
    const groupID = await found('team', 'gus');
    await guy.hears({});
    for (const client of [gil, gus]) {
      const members: any[] = await client.call('getGroupMemberList', { groupID, filter: 0, offset: 0, count: 10 });
      expect(members.map(({ userID, roleLevel }) => [userID, roleLevel])).toEqual([
        ['gil', 100],
        ['gus', 20],
      ]);
    }
  });

  it('is written in by all', async () => {
    const groupID = await found('chat', 'gus', 'guy');
    for (const [author, others] of [
      [gil, [gus, guy]],
      [gus, [gil, guy]],
      [guy, [gil, gus]],
    ] as const) {
      const content = `from ${author.userID}`;
      const { clientMsgID } = await author.text({ groupID }, content);
      const seen = { clientMsgID, groupID, sendID: author.userID, sessionType: 3, textElem: { content } };
      for (const other of others) await other.hears({ OnRecvNewMessages: [seen] });
      await author.hears({});
    }
    const seqs = async (client: Client): Promise<unknown[]> =>
      (await client.history(`sg_${groupID}`)).map(({ seq, sendID }) => [seq, sendID]);
    for (const client of [gil, gus, guy]) {
      await expect
        .poll(() => seqs(client), SOON)
        .toEqual([
          [1, 'gil'],
          [2, 'gil'],
          [3, 'gus'],
          [4, 'guy'],
        ]);
    }
  });

  it('mentions a member', async () => {
    const groupID = await found('mentions', 'gus', 'guy');
    const at = { text: '@gus look', atUserIDList: ['gus'], atUsersInfo: [{ atUserID: 'gus', groupNickname: 'gus' }] };
    await gil.send({ groupID }, 'createTextAtMessage', at);
    await gus.hears({ OnRecvNewMessages: [{ contentType: 106, atTextElem: { atUserList: ['gus'] } }] });
    await guy.hears({
      OnRecvNewMessages: [{ contentType: 106, atTextElem: { atUserList: ['gus'] } }],
    });
    await gil.hears({});
    await expect.poll(async () => (await gus.conversation({ groupID })).groupAtType, SOON).toBe(1);
    expect(await guy.conversation({ groupID })).toMatchObject({ groupAtType: 0 });
  });

  it('grows by invitation, and shrinks by kicking', async () => {
    const groupID = await found('changing', 'gus');
    await gil.call('inviteUserToGroup', { groupID, reason: 'come', userIDList: ['guy'] });
    for (const client of [gil, gus]) {
      await client.hears({
        OnGroupMemberAdded: [{ groupID, userID: 'guy', roleLevel: 20, inviterUserID: 'gil' }],
        OnGroupInfoChanged: [{ groupID, memberCount: 3 }],
        OnRecvNewMessages: [TIP(1509)],
      });
    }
    await guy.hears({
      OnJoinedGroupAdded: [{ groupID, groupName: 'changing', memberCount: 3 }],
      OnNewConversation: [[{ conversationID: `sg_${groupID}` }]],
      // New members see what was before.
      OnRecvNewMessages: [TIP(1501), TIP(1509)],
    });

    await gil.call('kickGroupMember', { groupID, reason: 'go', userIDList: ['guy'] });
    for (const client of [gil, gus]) {
      await client.hears({
        OnGroupMemberDeleted: [{ groupID, userID: 'guy' }],
        OnGroupInfoChanged: [{ groupID, memberCount: 2 }],
        OnRecvNewMessages: [TIP(1508)],
      });
    }
    await guy.hears({ OnJoinedGroupDeleted: [{ groupID }], OnRecvNewMessages: [TIP(1508)] });
    await gil.text({ groupID }, 'among us');
    await gus.hears({ OnRecvNewMessages: [{ textElem: { content: 'among us' } }] });
    await guy.hears({});
    await expect(guy.text({ groupID }, 'let me in')).rejects.toMatchObject({ errCode: expect.any(Number) });
    guy.journal.forget();
  });

  it('is left by a member', async () => {
    const groupID = await found('leaving', 'gus', 'guy');
    await guy.call('quitGroup', groupID);
    for (const client of [gil, gus]) {
      await client.hears({
        OnGroupMemberDeleted: [{ groupID, userID: 'guy' }],
        OnGroupInfoChanged: [{ groupID, memberCount: 2 }],
        OnRecvNewMessages: [TIP(1504)],
      });
    }
    await guy.hears({ OnJoinedGroupDeleted: [{ groupID }], OnRecvNewMessages: [TIP(1504)] });
  });

  it('is asked to be let in, which its owner grants', async () => {
    const groupID = await found('closed', 'gus');
    await guy.call('joinGroup', { groupID, reqMsg: 'please', joinSource: 3 });
    await gil.hears({ OnGroupApplicationAdded: [{ groupID, userID: 'guy', reqMsg: 'please', handleResult: 0 }] });
    await guy.hears({ OnGroupApplicationAdded: [{ groupID, userID: 'guy' }] });
    await gus.hears({});
    await gil.call('acceptGroupApplication', { groupID, fromUserID: 'guy', handleMsg: 'welcome' });
    const granted = { groupID, userID: 'guy', handleResult: 1 };
    for (const client of [gil, gus]) {
      await client.hears({
        ...(client === gil ? { OnGroupApplicationAccepted: [granted] } : {}),
        OnGroupMemberAdded: [{ groupID, userID: 'guy' }],
        OnGroupInfoChanged: [{ groupID, memberCount: 3 }],
        OnRecvNewMessages: [TIP(1510)],
      });
    }
    await guy.hears({
      OnGroupApplicationAccepted: [granted],
      OnJoinedGroupAdded: [{ groupID, memberCount: 3 }],
      OnNewConversation: [[{ conversationID: `sg_${groupID}` }]],
      OnRecvNewMessages: [TIP(1501), TIP(1510)],
    });
  });

  it('refuses who asks', async () => {
    const groupID = await found('no', 'gus');
    await guy.call('joinGroup', { groupID, reqMsg: 'please', joinSource: 3 });
    await gil.hears({ OnGroupApplicationAdded: [{ groupID }] });
    await guy.hears({ OnGroupApplicationAdded: [{ groupID }] });
    await gil.call('refuseGroupApplication', { groupID, fromUserID: 'guy', handleMsg: 'no' });
    const refused = { groupID, userID: 'guy', handleResult: -1, handledMsg: 'no' };
    await gil.hears({ OnGroupApplicationRejected: [refused] });
    await guy.hears({ OnGroupApplicationRejected: [refused] });
    await gus.hears({});
  });

  it('is described anew, changes hands, and mutes', async () => {
    const groupID = await found('before', 'gus');
    const everybody = async (expected: Parameters<Client['hears']>[0]): Promise<void> => {
      for (const client of [gil, gus]) await client.hears(expected);
    };
    await gil.call('setGroupInfo', { groupID, groupName: 'after' });
    await everybody({ OnGroupInfoChanged: [{ groupID, groupName: 'after' }], OnRecvNewMessages: [TIP(1520)] });
    await gil.call('setGroupInfo', { groupID, notification: 'read this' });
    await everybody({ OnGroupInfoChanged: [{ groupID, notification: 'read this' }], OnRecvNewMessages: [TIP(1519)] });
    await gil.call('setGroupInfo', { groupID, introduction: 'about us' });
    await everybody({ OnGroupInfoChanged: [{ groupID, introduction: 'about us' }] });

    await gil.call('setGroupMemberInfo', { groupID, userID: 'gus', nickname: 'Bobby' });
    await everybody({ OnGroupMemberInfoChanged: [{ groupID, userID: 'gus', nickname: 'Bobby' }] });
    await gil.call('setGroupMemberInfo', { groupID, userID: 'gus', roleLevel: 60 });
    await everybody({ OnGroupMemberInfoChanged: [{ groupID, userID: 'gus', roleLevel: 60 }] });
    await gil.call('setGroupMemberInfo', { groupID, userID: 'gus', roleLevel: 20 });
    await everybody({ OnGroupMemberInfoChanged: [{ groupID, userID: 'gus', roleLevel: 20 }] });

    await gil.call('changeGroupMemberMute', { groupID, userID: 'gus', mutedSeconds: 60 });
    await everybody({ OnGroupMemberInfoChanged: [{ userID: 'gus' }], OnRecvNewMessages: [TIP(1512)] });
    await expect(gus.text({ groupID }, 'mmh')).rejects.toMatchObject({ errCode: 1402 });
    gus.journal.forget();
    await gil.call('changeGroupMemberMute', { groupID, userID: 'gus', mutedSeconds: 0 });
    await everybody({
      OnGroupMemberInfoChanged: [{ userID: 'gus', muteEndTime: 0 }],
      OnRecvNewMessages: [TIP(1513)],
    });
    await world().does('/group/mute_group', { groupID });
    await everybody({ OnGroupInfoChanged: [{ groupID, status: 3 }], OnRecvNewMessages: [TIP(1514)] });
    await world().does('/group/cancel_mute_group', { groupID });
    await everybody({ OnGroupInfoChanged: [{ groupID, status: 0 }], OnRecvNewMessages: [TIP(1515)] });

    await gil.call('transferGroupOwner', { groupID, newOwnerUserID: 'gus' });
    for (const client of [gil, gus]) {
      await client.journal.waitFor('OnGroupInfoChanged', ({ ownerUserID }) => ownerUserID === 'gus');
      const members: any[] = await client.call('getGroupMemberList', { groupID, filter: 0, offset: 0, count: 10 });
      expect(members.map(({ userID, roleLevel }) => [userID, roleLevel]).sort()).toEqual([
        ['gil', 20],
        ['gus', 100],
      ]);
      await client.hears({
        OnGroupInfoChanged: [{ groupID, ownerUserID: 'gus' }],
        OnGroupMemberInfoChanged: [{}, {}],
        OnRecvNewMessages: [TIP(1507)],
      });
    }
  });

  it('is dismissed', async () => {
    const groupID = await found('gone', 'gus');
    await gil.call('dismissGroup', groupID);
    for (const client of [gil, gus]) {
      await client.hears({
        OnGroupDismissed: [{ groupID }],
        OnJoinedGroupDeleted: [{ groupID }],
        OnRecvNewMessages: [TIP(1511)],
      });
      expect((await client.call('getJoinedGroupList')).map((group: any) => group.groupID)).not.toContain(groupID);
    }
    await expect(gus.text({ groupID }, 'hello?')).rejects.toMatchObject({ errCode: expect.any(Number) });
    gus.journal.forget();
  });
}
