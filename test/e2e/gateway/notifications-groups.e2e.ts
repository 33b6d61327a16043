import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Pushed } from '../../support/socket.js';
import { GROUP_LIFE, listening, user } from './notifications-groups.calls.js';

describeOnEachDatabase('Sockets hear of groups:', (database) => {
  let im: Im;
  let audience: Audience;
  let groupID: string;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'olga', 'gus', 'mia', 'ann', 'bob', 'zoe');
    for (const platformID of [2, 5]) await audience.connect('mia', { platformID });
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });

  function bodyFor(body: object & { members?: object[] }): object {
    const members = body.members?.map((member) => ({ groupID, ...member }));
    return { groupID, ...body, ...(members ? { members } : {}) };
  }

  /** The tips say where the list of members stands after the change, as whoever asks for it is told. */
  async function expectVersions(pushed: readonly Pushed[]): Promise<void> {
    const tips = pushed.filter(({ contentType }) => contentType > 1500 && ![1503, 1505, 1506].includes(contentType));
    for (const { detail } of tips) {
      const { groupMemberVersion: version, groupMemberVersionID: versionID } = detail;
      const asked = { groupID, version: version - 1, versionID };
      const body = { userID: 'mia', reqList: [asked] };
      const { respList } = await audience.as('mia', '/group/get_incremental_group_members_batch', body);
      expect(respList[groupID]).toMatchObject({ version, versionID, full: version === 1 });
      if (version > 1) expect(respList[groupID].group).toMatchObject({ groupID });
    }
  }

  it('a new one, with an announcement', async () => {
    const { groupInfo } = await audience.as(
      'olga',
      '/group/create_group',
      {
        ownerUserID: 'olga',
        adminUserIDs: ['gus'],
        memberUserIDs: ['mia'],
        groupInfo: { groupName: 'team', groupType: 2, notification: 'welcome' },
      },
      'create',
    );
    ({ groupID } = groupInfo);
    const heard = await audience.heard();
    expect(inBrief(heard)).toEqual(listening('1501 +1501 1519 +1519', 'olga', 'gus', 'mia'));
    expectAlike(heard, 'create');
    const [signal] = heard['mia'];
    expect(signal.detail).toMatchObject({
      group: { groupID, memberCount: 3, notification: 'welcome', ownerUserID: 'olga' },
      groupOwnerUser: user('olga', { roleLevel: 100 }),
      memberList: ['olga', 'gus', 'mia'].map((userID) => user(userID)),
    });
    await expectVersions(heard['mia']);
  });

  /** All who hear it hear the same, in their own time. */
  function expectAlike(heard: Record<string, Pushed[]>, operationID: string): void {
    const toGroup = Object.values(heard).map((pushed) =>
      pushed.filter(({ message }) => message.sessionType === 3).map(({ message }) => message),
    );
    const most = toGroup.toSorted((a, b) => b.length - a.length)[0];
    for (const some of toGroup) expect(some).toEqual(some.length === 0 ? [] : most);
    for (const { operationID: told } of Object.values(heard).flat()) expect(told).toBe(operationID);
  }

  describe('its life:', () => {
    it.each(Object.entries(GROUP_LIFE))('%s', async (name, { as, path, body, heard: expected, tips }) => {
      const call = `/group/${path}`;
      if (as === 'v1') await audience.legacy('v1', call, bodyFor(body), name);
      else await audience.as(as, call, bodyFor(body), name);
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual(expected);
      expectAlike(heard, name);
      for (const { contentType, detail, conversationID } of Object.values(heard).flat()) {
        expect(detail).toMatchObject(tips[contentType]);
        if (contentType === 1300) expect(detail.conversationIDList).toEqual([`sg_${groupID}`]);
        if (contentType > 1500) expect(detail.group.groupID).toBe(groupID);
        expect(conversationID).toMatch(/^(n|sg)_/);
      }
      await expectVersions(heard['olga']);
    });

    it('a name of a member’s own, in every group where it shows', async () => {
      await audience.as('olga', '/user/update_user_info', { userInfo: { userID: 'olga', nickname: 'Olga' } });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual({ ...listening('1516', 'gus', 'mia', 'ann'), olga: '1303 1516' });
      expect(heard['mia'][0].detail).toMatchObject({ changedUser: user('olga', { nickname: 'Olga' }) });
      await expectVersions(heard['mia']);
    });

    it('its end', async () => {
      await audience.as('mia', '/group/dismiss_group', { groupID });
      const heard = await audience.heard();
      expect(inBrief(heard)).toEqual(listening('1511 +1511 1300', 'olga', 'gus', 'mia', 'ann'));
      expect(heard['gus'][0].detail).toMatchObject({ group: { groupID, status: 2 }, opUser: user('mia') });
    });

    it('nothing more then', async () => {
      const token = await audience.tokenOf('mia');
      await im.v3('/group/invite_user_to_group', { groupID, invitedUserIDs: ['bob'] }, token);
      await im.v3('/group/mute_group', { groupID }, token);
      expect((await audience.of('mia').say({ groupID }, 'anybody?')).errCode).toBe(1204);
      expect(inBrief(await audience.heard())).toEqual({});
    });
  });
});
