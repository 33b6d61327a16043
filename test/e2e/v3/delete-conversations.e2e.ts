import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heard, write, writeToGroup } from '../../support/conversations.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const DAY = 86_400_000;
const CHANGED = 1300;

describeOnEachDatabase('v3 conversations that end', (database) => {
  let im: Im;
  let admin: string;
  let round = 0;
  let ann: string;
  let bob: string;
  let chat: string;

  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());
  beforeEach(async () => {
    round += 1;
    ann = `ann${round}`;
    bob = `bob${round}`;
    chat = `si_${ann}_${bob}`;
    await im.register(ann, bob);
  });

  const remove = async (body: object): Promise<any> =>
    (await im.v3('/conversation/delete_conversations', { ownerUserID: ann, ...body }, await im.tokenOf(ann))).body;
  const listOf = async (ownerUserID: string): Promise<any[]> =>
    (await im.v3('/conversation/get_all_conversations', { ownerUserID }, await im.tokenOf(ownerUserID))).body.data
      .conversations ?? [];
  const idsOf = async (userID: string): Promise<string[]> => (await listOf(userID)).map((one) => one.conversationID);
  const textsFor = async (userID: string, conversationID: string): Promise<string[]> => {
    const seqRanges = [{ conversationID, begin: 1, end: 100, num: 100 }];
    const { body } = await im.v3('/msg/pull_msg_by_seq', { userID, seqRanges, order: 0 }, await im.tokenOf(userID));
    const messages: any[] = body.data.msgs?.[conversationID]?.Msgs ?? [];
    return messages
      .filter(({ contentType }) => contentType === 101)
      .map(({ content }) => JSON.parse(Buffer.from(content, 'base64').toString()).content);
  };
  const states = async (ownerID: string): Promise<Record<string, number>> => {
    const rows = await im.rows('im_version_changes', { collection: 'conversations', ownerID });
    return Object.fromEntries(rows.map(({ elementID, state }) => [elementID, Number(state)]));
  };

  describe('deleting', () => {
    it('takes them from the list of their owner alone, and tells nobody', async () => {
      await write(im, ann, bob, 'hi');
      const told = await heard(im, [CHANGED, 1704], async () => {
        expect(await remove({ conversationIDs: [chat, 'unknown'] })).toEqual(SUCCESS);
      });
      expect(told).toEqual([]);
      expect(await idsOf(ann)).toEqual([]);
      expect(await idsOf(bob)).toEqual([chat]);
      expect(await states(ann)).toEqual({ [chat]: 2 });
      expect(await im.rows('im_messages', { conversationID: chat })).toHaveLength(1);
    });

    it('by age spares what is younger, and what has no messages', async () => {
      await im.register(`old${round}`);
      await write(im, ann, bob, 'new');
      await write(im, ann, `old${round}`, 'old', Date.now() - 3 * DAY);
      const conversation = { conversationID: `si_${ann}_${ann}`, conversationType: 1, userID: ann, isPinned: true };
      await im.v3('/conversation/set_conversations', { userIDs: [ann], conversation }, await im.tokenOf(ann));
      expect(await remove({ needDeleteTime: 4 })).toEqual(SUCCESS);
      expect(await idsOf(ann)).toHaveLength(3);
      expect(await remove({ needDeleteTime: 2 })).toEqual(SUCCESS);
      expect((await idsOf(ann)).sort()).toEqual([`si_${ann}_${ann}`, chat].sort());
    });

    it('is undone by the next message, with what could be read before', async () => {
      await write(im, ann, bob, 'one');
      await remove({ conversationIDs: [chat] });
      expect(await textsFor(ann, chat)).toEqual([]);
      await write(im, bob, ann, 'two');
      expect(await idsOf(ann)).toEqual([chat]);
      expect(await textsFor(ann, chat)).toEqual(['one', 'two']);
      expect(await states(ann)).toEqual({ [chat]: 1 });
      expect(await im.rows('im_closed_conversations', { ownerUserID: ann })).toEqual([]);
    });

    it('brings nothing hidden back to light', async () => {
      await write(im, ann, bob, 'hidden');
      const clear = { userID: ann, conversationIDs: [chat] };
      expect((await im.v3('/msg/clear_conversation_msg', clear, await im.tokenOf(ann))).body).toEqual(SUCCESS);
      await remove({ conversationIDs: [chat] });
      const conversation = { conversationID: chat, conversationType: 1, userID: bob, isPinned: true };
      await im.v3('/conversation/set_conversations', { userIDs: [ann], conversation }, await im.tokenOf(ann));
      expect((await listOf(ann))[0]).toMatchObject({ conversationID: chat, minSeq: 2, isPinned: true });
      await write(im, bob, ann, 'shown');
      expect(await textsFor(ann, chat)).toEqual(['shown']);
    });
  });

  it('is not lost among messages that come at the same time', async () => {
    await write(im, ann, bob, 'first');
    for (let run = 0; run < 10; run += 1) {
      await Promise.all([
        remove({ conversationIDs: [chat] }),
        ...[1, 2, 3].map((nr) => write(im, bob, ann, `${run}-${nr}`)),
      ]);
      const open = (await idsOf(ann)).length;
      const closed = (await im.rows('im_closed_conversations', { ownerUserID: ann })).length;
      expect(open + closed).toBe(1);
      await write(im, bob, ann, 'after');
      expect(await idsOf(ann)).toEqual([chat]);
    }
  });

  describe('a group', () => {
    const kick = async (groupID: string, userID: string): Promise<any> =>
      (await im.v1('/group/kick_group', { groupID, uidListInfo: [{ userId: userID }] }, admin)).body;
    const invite = async (groupID: string, userID: string): Promise<any> =>
      (await im.v1('/group/invite_user_to_group', { groupID, uidList: [userID], reason: '' }, admin)).body;

    it('that is joined is told to who joined, as an insert; joining again as an update', async () => {
      const groupID = await im.group(bob);
      const joined = await heard(im, [CHANGED], () => invite(groupID, ann));
      expect(joined.map(({ detail }) => detail)).toEqual([{ userID: ann, conversationIDList: [`sg_${groupID}`] }]);
      expect(await states(ann)).toEqual({ [`sg_${groupID}`]: 1 });

      const left = await heard(im, [CHANGED], () => kick(groupID, ann));
      expect(left.map(({ detail }) => detail)).toEqual([{ userID: ann, conversationIDList: [`sg_${groupID}`] }]);
      expect(await states(ann)).toEqual({ [`sg_${groupID}`]: 3 });
      expect((await listOf(ann))[0].maxSeq).toBeGreaterThan(0);

      const again = await heard(im, [CHANGED], () => invite(groupID, ann));
      expect(again).toHaveLength(1);
      expect((await listOf(ann))[0].maxSeq).toBe(0);
    });

    it('that is created tells nobody of its conversation', async () => {
      expect(await heard(im, [CHANGED], () => im.group(ann, bob))).toEqual([]);
      expect(await idsOf(ann)).toHaveLength(1);
    });

    it('does not come back to who deleted it and left, and does to a member', async () => {
      const groupID = await im.group(bob, ann);
      await remove({ conversationIDs: [`sg_${groupID}`] });
      await writeToGroup(im, bob, groupID, 'for members');
      expect(await idsOf(ann)).toEqual([`sg_${groupID}`]);
      await kick(groupID, ann);
      await remove({ conversationIDs: [`sg_${groupID}`] });
      await writeToGroup(im, bob, groupID, 'not for ann');
      expect(await idsOf(ann)).toEqual([]);
      const conversation = { conversationID: `sg_${groupID}`, conversationType: 3, groupID, isPinned: true };
      const set = { userIDs: [ann], conversation };
      expect((await im.v3('/conversation/set_conversations', set, await im.tokenOf(ann))).body.errCode).toBe(1203);
      await invite(groupID, ann);
      expect(await textsFor(ann, `sg_${groupID}`)).toEqual(['for members', 'not for ann']);
    });

    it('is left by who deleted its conversation too', async () => {
      const groupID = await im.group(bob, ann);
      await kick(groupID, ann);
      await remove({ conversationIDs: [`sg_${groupID}`] });
      await writeToGroup(im, bob, groupID, 'not for ann');
      expect(await idsOf(ann)).toEqual([]);
    });
  });

  it('of a group in which nobody has written does not come to who was deleted, nor to a new account', async () => {
    const groupID = `quiet${round}`;
    const quietly = { sendMessage: false };
    const group = { groupInfo: { groupID, groupName: 'quiet', groupType: 2 }, ownerUserID: bob, ...quietly };
    expect((await im.v3('/group/create_group', group, admin)).body.errCode).toBe(0);
    const joining = { groupID, invitedUserIDs: [ann], ...quietly };
    expect((await im.v3('/group/invite_user_to_group', joining, admin)).body.errCode).toBe(0);
    expect(await idsOf(ann)).toEqual([`sg_${groupID}`]);
    await im.v1('/manager/delete_user', { deleteUidList: [ann] }, admin);
    await writeToGroup(im, bob, groupID, 'for members');
    await im.register(ann);
    expect(await idsOf(ann)).toEqual([]);
    expect(await textsFor(ann, `sg_${groupID}`)).toEqual([]);
  });

  it('are gone for a new account of a deleted user, and begin a new version log', async () => {
    await write(im, ann, bob, 'for the old one');
    const before = await im.rows('im_versions', { collection: 'conversations', ownerID: ann });
    await im.v1('/manager/delete_user', { deleteUidList: [ann] }, admin);
    expect(await im.rows('im_versions', { collection: 'conversations', ownerID: ann })).toEqual([]);
    expect(await im.rows('im_version_changes', { ownerID: ann })).toEqual([]);
    await im.register(ann);
    expect(await idsOf(ann)).toEqual([]);
    await write(im, bob, ann, 'for the new one');
    expect(await textsFor(ann, chat)).toEqual(['for the new one']);
    const after = await im.rows('im_versions', { collection: 'conversations', ownerID: ann });
    expect(after[0].versionID).not.toBe(before[0].versionID);
  });
});
