import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Client, newPage, say } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

withOfficialSdk('A group of the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  let cid: Client;
  let groupID: string;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob, cid] = await world.users('ann', 'bob', 'cid');
    const created = await ann.call('createGroup', { memberUserIDs: ['bob', 'cid'], groupInfo: { groupName: 'old' } });
    groupID = created.groupID;
    await newPage(ann, bob, cid);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob, cid);
    expect(takeStrays()).toEqual([]);
  });

  const isLine = (contentType: number) => (messages: any[]) => messages.some((one) => one.contentType === contentType);

  it('gives the group a new name, which shows in the list of conversations', async () => {
    await ann.call('setGroupInfo', { groupID, groupName: 'new' });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({ groupID, groupName: 'new' });
      await client.once('OnRecvNewMessages', isLine(1520));
      await client.event('OnConversationChanged', ([{ showName }]) => showName === 'new');
    }
  });

  it('makes an announcement, which every member is pointed to', async () => {
    await ann.call('setGroupInfo', { groupID, notification: 'meet at 8' });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({
        groupID,
        notification: 'meet at 8',
        notificationUserID: 'ann',
      });
      const [line] = await client.once('OnRecvNewMessages', isLine(1519));
      expect(JSON.parse(line.notificationElem.detail)).toMatchObject({ group: { notification: 'meet at 8' } });
      await client.event('OnConversationChanged', ([{ groupAtType }]) => groupAtType === 4);
    }
  });

  it('its looks and rules change without a line', async () => {
    await ann.call('setGroupInfo', {
      groupID,
      introduction: 'about',
      faceURL: 'http://face/g',
      lookMemberInfo: 1,
      ex: 'e',
    });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({
        introduction: 'about',
        faceURL: 'http://face/g',
        lookMemberInfo: 1,
        ex: 'e',
      });
      expect(client.messages()).toEqual([]);
    }
  });

  it('members call themselves as they like', async () => {
    await bob.call('setGroupMemberInfo', { groupID, userID: 'bob', nickname: 'Bobby', faceURL: 'http://b', ex: 'me' });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberInfoChanged')).toMatchObject({
        groupID,
        userID: 'bob',
        nickname: 'Bobby',
        faceURL: 'http://b',
        ex: 'me',
        roleLevel: 20,
      });
      expect(client.messages()).toEqual([]);
    }
    await say(bob, { groupID }, 'see?');
    expect(await ann.text('see?')).toMatchObject({ senderNickname: 'Bobby' });
  });

  it('the owner appoints and dismisses administrators', async () => {
    for (const roleLevel of [60, 20]) {
      await newPage(ann, bob, cid);
      await ann.call('setGroupMemberInfo', { groupID, userID: 'bob', roleLevel });
      for (const client of [ann, bob, cid]) {
        expect(await client.once('OnGroupMemberInfoChanged')).toMatchObject({ userID: 'bob', roleLevel });
      }
    }
    await expect(bob.call('setGroupMemberInfo', { groupID, userID: 'cid', roleLevel: 60 })).rejects.toThrow(
      'NoPermissionError',
    );
  });

  it('a muted member cannot write until he is let', async () => {
    await ann.call('changeGroupMemberMute', { groupID, userID: 'bob', mutedSeconds: 600 });
    for (const client of [ann, bob, cid]) {
      const { userID, muteEndTime } = await client.once('OnGroupMemberInfoChanged');
      expect(userID).toBe('bob');
      expect(Math.abs(muteEndTime - Date.now() - 600_000)).toBeLessThan(30_000);
      await client.once('OnRecvNewMessages', isLine(1512));
    }
    await newPage(ann, bob, cid);
    await expect(say(bob, { groupID }, 'mmh')).rejects.toMatchObject({ errCode: 1402 });
    await say(cid, { groupID }, 'he is silent');
    await ann.text('he is silent');
    expect(ann.messages()).toHaveLength(1);

    await newPage(ann, bob, cid);
    await ann.call('changeGroupMemberMute', { groupID, userID: 'bob', mutedSeconds: 0 });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupMemberInfoChanged')).toMatchObject({ userID: 'bob', muteEndTime: 0 });
    }
    await say(bob, { groupID }, 'at last');
    await ann.text('at last');
  });

  it('a muted group is the owner’s alone', async () => {
    await ann.call('changeGroupMute', { groupID, isMute: true });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({ groupID, status: 3 });
      await client.once('OnRecvNewMessages', isLine(1514));
    }
    await newPage(ann, bob, cid);
    await expect(say(bob, { groupID }, 'mmh')).rejects.toMatchObject({ errCode: 1403 });
    await say(ann, { groupID }, 'silence');
    for (const client of [bob, cid]) await client.text('silence');

    await newPage(ann, bob, cid);
    await ann.call('changeGroupMute', { groupID, isMute: false });
    for (const client of [ann, bob, cid]) {
      expect(await client.once('OnGroupInfoChanged')).toMatchObject({ groupID, status: 0 });
    }
    await say(bob, { groupID }, 'finally');
    await cid.text('finally');
  });
});
