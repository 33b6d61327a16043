import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heard, write, writeToGroup } from '../../support/conversations.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { statementsOf } from '../../support/statements.js';

const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
const CHANGED = 1300;
const PRIVATE = 1701;

describeOnEachDatabase('v3 set_conversations', (database) => {
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

  const set = async (conversation: object, userIDs: unknown = [ann], token?: string): Promise<any> =>
    (await im.v3('/conversation/set_conversations', { userIDs, conversation }, token ?? (await im.tokenOf(ann)))).body;
  const withBob = (fields: object) => ({ conversationID: chat, conversationType: 1, userID: bob, ...fields });
  const row = async (ownerUserID: string, conversationID = chat): Promise<any> =>
    (await im.rows('im_conversations', { ownerUserID, conversationID }))[0];
  const version = async (ownerID: string): Promise<number> =>
    Number((await im.rows('im_versions', { collection: 'conversations', ownerID }))[0]?.version ?? 0);

  describe('the fields', () => {
    const FIELDS = {
      recvMsgOpt: 2,
      isPinned: true,
      attachedInfo: 'draft',
      ex: '{"a":1}',
      burnDuration: 30,
      groupAtType: 1,
      msgDestructTime: 86_400,
      isMsgDestruct: true,
    };

    it('are all set, in a conversation that was not there too', async () => {
      expect(await set(withBob(FIELDS))).toEqual(SUCCESS);
      const { body } = await im.v3(
        '/conversation/get_conversation',
        { ownerUserID: ann, conversationID: chat },
        await im.tokenOf(ann),
      );
      expect(body.data.conversation).toMatchObject({ ...FIELDS, userID: bob, conversationType: 1 });
      expect(await row(bob)).toBeUndefined();
      expect(
        (await im.v3('/conversation/get_not_notify_conversation_ids', { userID: ann }, await im.tokenOf(ann))).body
          .data,
      ).toEqual({ conversationIDs: [chat] });
    });

    it('that are left out stay, and "", 0 and false are set', async () => {
      await set(withBob(FIELDS));
      expect(await set(withBob({ isPinned: 0, ex: '', burnDuration: 0, recvMsgOpt: null }))).toEqual(SUCCESS);
      expect(await row(ann)).toMatchObject({ ex: '', burnDuration: 0, recvMsgOpt: 2, attachedInfo: 'draft' });
      expect(Number((await row(ann)).isPinned)).toBe(0);
    });

    it('take effect on what is sent next', async () => {
      await write(im, bob, ann);
      await set(withBob({ recvMsgOpt: 1 }));
      await expect(write(im, bob, ann)).rejects.toMatchObject({ code: 'message.receiver-refuses' });
      await set(withBob({ recvMsgOpt: 0 }));
      await expect(write(im, bob, ann)).resolves.toBeUndefined();
    });

    it('without any, nothing happens', async () => {
      expect(await set(withBob({ minSeq: 5, maxSeq: 7 }))).toEqual(SUCCESS);
      expect(await row(ann)).toBeUndefined();
    });
  });

  describe('what was wrong is said, and changes nothing', () => {
    it.each([
      ['no users', { isPinned: true }, [], 'userID is empty'],
      ['no conversation', undefined, ['x'], 'conversation is empty'],
      ['no type', { conversationType: 0 }, undefined, 'conversationType is invalid'],
      ['an unknown type', { conversationType: 7 }, undefined, 'conversationType is invalid'],
      ['no peer', { userID: '' }, undefined, 'userID is empty'],
      ['no group', { conversationType: 3 }, undefined, 'groupID is empty'],
      ['no ID', { conversationID: '' }, undefined, expect.stringContaining('conversationID does not fit')],
      [
        'an ID of others',
        { conversationID: 'si_x_y' },
        undefined,
        expect.stringContaining('conversationID does not fit'),
      ],
      ['recvMsgOpt 3', { recvMsgOpt: 3 }, undefined, expect.stringContaining('recvMsgOpt')],
      ['burnDuration -1', { burnDuration: -1 }, undefined, expect.stringContaining('burnDuration')],
      ['groupAtType 5', { groupAtType: 5 }, undefined, expect.stringContaining('groupAtType')],
      ['isPinned "yes"', { isPinned: 'yes' }, undefined, expect.stringContaining('isPinned')],
      ['isPinned 2', { isPinned: 2 }, undefined, expect.stringContaining('isPinned')],
    ])('%s', async (_name, conversation, userIDs, errDlt) => {
      const asked = conversation && withBob({ isPinned: true, ...conversation });
      expect(await set(asked as object, userIDs ?? [ann])).toEqual({ errCode: 1001, errMsg: 'ArgsError', errDlt });
      expect(await im.rows('im_conversations', { ownerUserID: ann })).toEqual([]);
    });

    it('a peer, an owner or a group that is not there', async () => {
      const nobody = { conversationID: `si_${ann}_nobody`, conversationType: 1, userID: 'nobody', isPinned: true };
      expect(await set(nobody)).toMatchObject({ errCode: 1004 });
      const owner = { conversationID: `si_${bob}_nobody`, conversationType: 1, userID: bob, isPinned: true };
      expect(await set(owner, ['nobody'], admin)).toMatchObject({ errCode: 1004 });
      const old = { conversationID: 'g_1', conversationType: 2, groupID: '1', isPinned: true };
      expect(await set(old)).toMatchObject({ errCode: 1004 });
      expect(await im.rows('im_conversations', { userID: 'nobody' })).toEqual([]);
    });
  });

  describe('a group', () => {
    it('gives its conversation to members alone, to all of them or none', async () => {
      const groupID = await im.group(bob);
      await writeToGroup(im, bob, groupID, 'secret');
      const conversation = { conversationID: `sg_${groupID}`, conversationType: 3, groupID, isPinned: true };
      expect(await set(conversation)).toMatchObject({ errCode: 1203 });
      expect(await set(conversation, [bob, ann], admin)).toMatchObject({ errCode: 1203 });
      expect(await row(ann, `sg_${groupID}`)).toBeUndefined();
      expect(Number((await row(bob, `sg_${groupID}`)).isPinned)).toBe(0);
      expect(await set(conversation, [bob], admin)).toEqual(SUCCESS);
      expect(Number((await row(bob, `sg_${groupID}`)).isPinned)).toBe(1);
    });

    it('knows no private chat', async () => {
      const groupID = await im.group(ann, bob);
      const conversation = { conversationID: `sg_${groupID}`, conversationType: 3, groupID, isPrivateChat: true };
      const told = await heard(im, [CHANGED, PRIVATE], async () => expect(await set(conversation)).toEqual(SUCCESS));
      expect(told).toEqual([]);
      expect(Number((await row(ann, `sg_${groupID}`)).isPrivateChat)).toBe(0);
    });
  });

  describe('who is told', () => {
    it('is each user whose conversation changed, by a signal to himself', async () => {
      const groupID = await im.group(ann, bob);
      const conversationID = `sg_${groupID}`;
      const conversation = { conversationID, conversationType: 3, groupID, recvMsgOpt: 2 };
      await set(conversation);
      const before = { ann: await version(ann), bob: await version(bob) };
      const told = await heard(im, [CHANGED], () => set(conversation, [ann, bob], admin));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({
        sendID: bob,
        recvID: bob,
        sessionType: 1,
        seq: 0,
        conversationID: `n_${bob}_${bob}`,
        detail: { userID: bob, conversationIDList: [conversationID] },
      });
      expect({ ann: await version(ann), bob: await version(bob) }).toEqual({ ann: before.ann, bob: before.bob + 1 });
    });
  });

  describe('private chat', () => {
    it('is set on both sides and shown in the chat', async () => {
      const told = await heard(im, [CHANGED, PRIVATE], async () => {
        expect(await set(withBob({ isPrivateChat: true }))).toEqual(SUCCESS);
      });
      expect(Number((await row(ann)).isPrivateChat)).toBe(1);
      expect(await row(bob)).toMatchObject({ userID: ann, conversationType: 1 });
      expect(Number((await row(bob)).isPrivateChat)).toBe(1);
      // The signal, then the message in the chat.
      expect(told.map(({ conversationID, seq }) => ({ conversationID, seq }))).toEqual([
        { conversationID: `n_${ann}_${bob}`, seq: 0 },
        { conversationID: chat, seq: 1 },
      ]);
      expect(told[1]).toMatchObject({
        contentType: PRIVATE,
        sendID: ann,
        recvID: bob,
        detail: { recvID: bob, sendID: ann, isPrivate: true, conversationID: chat },
      });
    });

    it('is not for who is blocked', async () => {
      await im.v1('/friend/add_blacklist', { uid: ann, ownerUid: bob }, admin);
      expect(await set(withBob({ isPrivateChat: true, isPinned: true }))).toMatchObject({ errCode: 1302 });
      expect([await row(ann), await row(bob)]).toEqual([undefined, undefined]);
      expect(await set(withBob({ isPinned: true }))).toEqual(SUCCESS);
    });

    it('with oneself is one conversation', async () => {
      const own = { conversationID: `si_${ann}_${ann}`, conversationType: 1, userID: ann, isPrivateChat: true };
      expect(await set(own)).toEqual(SUCCESS);
      expect(await row(ann, `si_${ann}_${ann}`)).toMatchObject({ userID: ann });
      expect(await im.rows('im_messages', { conversationID: `si_${ann}_${ann}` })).toHaveLength(1);
    });

    it('with a notification account is shown in their chat', async () => {
      const conversation = {
        conversationID: `sn_${ann}_${bob}`,
        conversationType: 4,
        userID: bob,
        isPrivateChat: true,
      };
      expect(await set(conversation)).toEqual(SUCCESS);
      expect(await row(ann, `sn_${ann}_${bob}`)).toMatchObject({ conversationType: 4, userID: bob });
      expect(await im.rows('im_messages', { conversationID: `sn_${ann}_${bob}` })).toHaveLength(1);
    });

    it('beside other fields sets these for the user alone', async () => {
      await write(im, ann, bob);
      const told = await heard(im, [CHANGED], () => set(withBob({ isPrivateChat: true, isPinned: true })));
      expect(told.map(({ detail }) => detail)).toEqual([{ userID: ann, conversationIDList: [chat] }]);
      expect(Number((await row(ann)).isPinned)).toBe(1);
      expect(Number((await row(bob)).isPinned)).toBe(0);
      expect(await set(withBob({ isPrivateChat: false }))).toEqual(SUCCESS);
      expect([Number((await row(ann)).isPrivateChat), Number((await row(bob)).isPrivateChat)]).toEqual([0, 0]);
    });
  });

  it('twenty at once leave what the last of them said', async () => {
    await write(im, ann, bob);
    const before = await version(ann);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, burnDuration) => set(withBob({ burnDuration: burnDuration + 1 }))),
    );
    expect(answers).toEqual(answers.map(() => SUCCESS));
    expect(await version(ann)).toBe(before + 20);
  });

  it('update_conversations_by_user sets ex in all of his own single chats, and in nobody else’s', async () => {
    const groupID = await im.group(ann, bob);
    await write(im, ann, bob);
    const before = { ann: await version(ann), bob: await version(bob) };
    const update = async (body: object) =>
      (await im.v3('/conversation/update_conversations_by_user', body, await im.tokenOf(ann))).body;
    expect(await update({ userID: ann })).toEqual(SUCCESS);
    expect((await row(ann)).ex).toBe('');
    expect(await update({ userID: ann, ex: 'mine' })).toEqual(SUCCESS);
    expect((await row(ann)).ex).toBe('mine');
    expect((await row(bob)).ex).toBe('');
    expect((await row(ann, `sg_${groupID}`)).ex).toBe('');
    expect({ ann: await version(ann), bob: await version(bob) }).toEqual({ ann: before.ann + 1, bob: before.bob });
  });

  it('update_conversations_by_user changes the rows it notes in the version log, and no others', async () => {
    await write(im, ann, bob);
    const token = await im.tokenOf(ann);
    const update = (ex: string) => im.v3('/conversation/update_conversations_by_user', { userID: ann, ex }, token);
    const statements = await statementsOf(im, () => update('mine'));
    // What is written in between must not change without a note: rows are held, and changed by their IDs.
    const held = statements.find((sql) => sql.startsWith('SELECT') && sql.includes('im_conversations'));
    if (database.name !== 'SQLite') expect(held).toContain('FOR UPDATE');
    const changes = statements.filter((sql) => /^UPDATE .im_conversations/.test(sql));
    expect(changes).toEqual([expect.stringMatching(/conversationID. IN/)]);
    const before = await version(ann);
    const again = await statementsOf(im, () => update('mine'));
    expect(again.filter((sql) => /^UPDATE .im_conversations/.test(sql))).toEqual([]);
    expect(await version(ann)).toBe(before);
  });
});
