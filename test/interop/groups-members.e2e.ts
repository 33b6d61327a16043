import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, quiet, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

withOfficialSdk('Who is in a group of the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  let dan: Client;
  let everybody: Client[];
  let groupID: string;
  beforeAll(async () => {
    world = await World.start(database);
    everybody = await world.users('ann', 'bob', 'cid', 'dan');
    [ann, bob, cid, dan] = everybody as [Client, Client, Client, Client];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(...everybody);
    expect(takeStrays()).toEqual([]);
  });

  const membersOf = async (client: Client): Promise<[string, number][]> => {
    const list = await client.call('getGroupMemberList', { groupID, filter: 0, offset: 0, count: 100 });
    return list.map(({ userID, roleLevel }: any) => [userID, roleLevel]);
  };
  const isLine = (contentType: number) => (messages: any[]) => messages.some((one) => one.contentType === contentType);

  it('is founded, and every member hears of it once', async () => {
    const created = await ann.call('createGroup', {
      memberUserIDs: ['bob'],
      groupInfo: { groupName: 'Climbers', introduction: 'up', faceURL: 'http://face/group', ex: 'x' },
    });
    groupID = created.groupID;
    expect(created).toMatchObject({
      ownerUserID: 'ann',
      groupName: 'Climbers',
      memberCount: 2,
      groupType: 2,
      status: 0,
    });
    for (const client of [ann, bob]) {
      expect(await client.once('OnJoinedGroupAdded')).toMatchObject({ groupID, groupName: 'Climbers', memberCount: 2 });
      const [line] = await client.once('OnRecvNewMessages');
      expect(line).toMatchObject({ contentType: 1501, seq: 1, groupID, sendID: 'ann', sessionType: 3 });
      expect(JSON.parse(line.notificationElem.detail)).toMatchObject({
        group: { groupID },
        groupOwnerUser: { userID: 'ann' },
      });
      expect(await client.once('OnNewConversation')).toMatchObject([{ conversationID: `sg_${groupID}` }]);
      expect(await client.call('isJoinGroup', groupID)).toBe(true);
    }
    expect([cid.names(), dan.names()]).toEqual([[], []]);
    expect(await membersOf(bob)).toEqual([
      ['ann', 100],
      ['bob', 20],
    ]);
  });

  it('grows by an invitation', async () => {
    await bob.call('inviteUserToGroup', { groupID, reason: 'come', userIDList: ['cid'] });
    expect(await cid.once('OnJoinedGroupAdded')).toMatchObject({ groupID, memberCount: 3 });
    for (const client of [ann, bob]) {
      expect(await client.once('OnGroupMemberAdded')).toMatchObject({ userID: 'cid', groupID, inviterUserID: 'bob' });
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({ groupID, memberCount: 3 });
    }
    for (const client of [ann, bob, cid]) await client.once('OnRecvNewMessages', isLine(1509));
    await say(cid, { groupID }, 'thanks');
    for (const client of [ann, bob]) await client.text('thanks');
  });

  it('lets in who asks and is accepted', async () => {
    await ann.call('setGroupInfo', { groupID, needVerification: 1 });
    for (const client of [ann, bob, cid]) await client.event('OnGroupInfoChanged');
    await newPage(...everybody);
    await dan.call('joinGroup', { groupID, reqMsg: 'let me in', joinSource: 3 });
    const application = {
      groupID,
      userID: 'dan',
      reqMsg: 'let me in',
      handleResult: 0,
      joinSource: 3,
      nickname: 'Dan',
    };
    expect(await ann.once('OnGroupApplicationAdded')).toMatchObject(application);
    expect(await dan.once('OnGroupApplicationAdded')).toMatchObject(application);
    expect([bob.names(), cid.names()]).toEqual([[], []]);
    expect(await ann.call('getGroupApplicationListAsRecipient', { offset: 0, count: 10 })).toMatchObject([application]);
    expect(await dan.call('getGroupApplicationListAsApplicant', { offset: 0, count: 10 })).toMatchObject([application]);

    await newPage(...everybody);
    await ann.call('acceptGroupApplication', { groupID, fromUserID: 'dan', handleMsg: 'welcome' });
    expect(await dan.once('OnGroupApplicationAccepted')).toMatchObject({ groupID, userID: 'dan', handleResult: 1 });
    expect(await dan.once('OnJoinedGroupAdded')).toMatchObject({ groupID, memberCount: 4 });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberAdded')).toMatchObject({ userID: 'dan', groupID });
    }
    await say(dan, { groupID }, 'hello all');
    for (const client of [ann, bob, cid]) await client.text('hello all');
  });

  it('loses who is kicked, who hears nothing more', async () => {
    await ann.call('kickGroupMember', { groupID, reason: 'rude', userIDList: ['dan'] });
    expect(await dan.once('OnJoinedGroupDeleted')).toEqual({ groupID });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberDeleted')).toMatchObject({ userID: 'dan', groupID });
      await client.once('OnRecvNewMessages', isLine(1508));
    }
    await newPage(...everybody);
    await say(bob, { groupID }, 'is he gone?');
    await ann.text('is he gone?');
    await quiet(...everybody);
    expect(dan.names()).toEqual([]);
    await expect(say(dan, { groupID }, 'let me back')).rejects.toThrow('NoPermissionError');
  });

  it('keeps out who asks and is refused', async () => {
    await dan.call('joinGroup', { groupID, reqMsg: 'sorry', joinSource: 3 });
    await ann.once('OnGroupApplicationAdded');
    await newPage(...everybody);
    await ann.call('refuseGroupApplication', { groupID, fromUserID: 'dan', handleMsg: 'no' });
    expect(await dan.once('OnGroupApplicationRejected')).toMatchObject({ groupID, userID: 'dan', handleResult: -1 });
    await quiet(...everybody);
    expect(dan.names('OnJoinedGroupAdded', 'OnRecvNewMessages')).toEqual([]);
    expect([bob.names(), cid.names()]).toEqual([[], []]);
  });

  it('lets everybody in at once when it wants to', async () => {
    await ann.call('setGroupInfo', { groupID, needVerification: 2 });
    for (const client of [ann, bob, cid]) await client.event('OnGroupInfoChanged');
    await newPage(...everybody);
    await dan.call('joinGroup', { groupID, reqMsg: '', joinSource: 4 });
    expect(await dan.once('OnJoinedGroupAdded')).toMatchObject({ groupID });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberAdded')).toMatchObject({ userID: 'dan', joinSource: 4 });
      await client.once('OnRecvNewMessages', isLine(1510));
    }
  });

  it('loses who leaves', async () => {
    await dan.call('quitGroup', groupID);
    expect(await dan.once('OnJoinedGroupDeleted')).toEqual({ groupID });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberDeleted')).toMatchObject({ userID: 'dan', groupID });
    }
    expect(await membersOf(ann)).toEqual([
      ['ann', 100],
      ['bob', 20],
      ['cid', 20],
    ]);
  });

  it('goes to a new owner', async () => {
    await ann.call('transferGroupOwner', { groupID, newOwnerUserID: 'bob' });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({ groupID, ownerUserID: 'bob' });
      expect(await client.once('OnGroupMemberInfoChanged', ({ userID }) => userID === 'bob')).toMatchObject({
        roleLevel: 100,
      });
      expect(await client.once('OnGroupMemberInfoChanged', ({ userID }) => userID === 'ann')).toMatchObject({
        roleLevel: 20,
      });
      await client.once('OnRecvNewMessages', isLine(1507));
    }
    await expect(ann.call('kickGroupMember', { groupID, reason: '', userIDList: ['cid'] })).rejects.toThrow(
      'NoPermissionError',
    );
  });

  it('ends for all when it is dismissed', async () => {
    await bob.call('dismissGroup', groupID);
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupDismissed')).toMatchObject({ groupID, status: 2 });
      await client.once('OnRecvNewMessages', isLine(1511));
      expect(await client.call('getJoinedGroupListPage', { offset: 0, count: 10 })).toEqual([]);
    }
    expect(dan.names()).toEqual([]);
    await expect(say(bob, { groupID }, 'anybody?')).rejects.toThrow('NoPermissionError');
  });
});
